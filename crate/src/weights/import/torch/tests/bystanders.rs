//! Checkpoints that hold more than tensors give their tensors, and nothing in them is executed.

use super::make::{self, dict, global, integer, numbers, only, rebuilt, state_dict, text, tuple};
use super::{check_refused, read};

/// A checkpoint of one convolution beside something.
fn beside(bystander: Vec<u8>) -> Vec<u8> {
    let tensors = state_dict(&[make::weight(), make::bias()]);
    make::checkpoint(&dict(&[("args", bystander), ("state_dict", tensors)]))
}

/// An object made by calling a class with arguments, and given a state.
fn object(module: &str, name: &str, arguments: &[Vec<u8>], state: &[u8]) -> Vec<u8> {
    [
        global(module, name),
        tuple(arguments),
        b"R".to_vec(),
        state.to_vec(),
        b"b".to_vec(),
    ]
    .concat()
}

#[test]
fn what_lies_beside_the_tensors_does_not_matter() {
    let state = dict(&[("lr", integer(1)), ("arch", text("vgg16"))]);
    let dtype = object(
        "numpy",
        "dtype",
        &[text("f8"), b"\x89".to_vec(), b"\x88".to_vec()],
        &tuple(&[integer(3)]),
    );
    let bytes = [
        global("_codecs", "encode"),
        tuple(&[text("00000000"), text("latin1")]),
        b"R".to_vec(),
    ]
    .concat();
    let scalar = [
        global("numpy.core.multiarray", "scalar"),
        tuple(&[dtype, bytes]),
        b"R".to_vec(),
    ]
    .concat();
    let old_set = [global("__builtin__", "set"), tuple(&[b"]".to_vec()]), b"R".to_vec()].concat();
    let named_arguments = [
        global("pathlib", "PosixPath"),
        b")".to_vec(),
        b"}".to_vec(),
        b"\x92".to_vec(),
    ]
    .concat();
    for (what, bystander) in [
        ("a namespace", object("argparse", "Namespace", &[], &state)),
        ("an optimiser", object("torch.optim.sgd", "SGD", &[], &state)),
        ("a schedule", object("torch.optim.lr_scheduler", "StepLR", &[], &state)),
        ("a number of NumPy's", scalar),
        (
            "a set",
            [b"\x8f(".to_vec(), text("a"), text("b"), b"\x90".to_vec()].concat(),
        ),
        ("a set of protocol 2", old_set),
        ("a frozen set", [b"(".to_vec(), text("a"), b"\x91".to_vec()].concat()),
        (
            "bytes that change",
            [b"\x96".to_vec(), 3_u64.to_le_bytes().to_vec(), b"abc".to_vec()].concat(),
        ),
        ("a path", named_arguments),
    ] {
        let found = read(beside(bystander)).expect(what);
        let (weight, bias) = numbers();
        assert_eq!((&found[0].weight, &found[0].bias), (&weight, &bias), "{what}");
    }
}

#[test]
fn what_acts_is_refused_wherever_it_is() {
    for (module, name) in [("os", "system"), ("builtins", "getattr"), ("torch.optim.sgd", "system")] {
        let called = [global(module, name), tuple(&[text("true")]), b"R".to_vec()].concat();
        check_refused(beside(called), "weights-unsafe-pickle", &format!("{module}.{name}"));
    }
}

#[test]
fn a_set_takes_only_what_is_added_to_a_set() {
    check_refused(
        only(b"}(N\x90"),
        "weights-malformed",
        "adds to something that is no set",
    );
    check_refused(only(b"\x8fN\x90"), "weights-malformed", "never made");
}

#[test]
fn a_whole_model_is_told_from_an_attack() {
    let model = |module: &str, name: &str| {
        let state = dict(&[("_modules", dict(&[("features", rebuilt(&make::weight()))]))]);
        make::checkpoint(&object(module, name, &[], &state))
    };
    for (module, name) in [
        ("torchvision.models.vgg", "VGG"),
        ("__main__", "Net"),
        ("torch.nn.modules.container", "Sequential"),
    ] {
        let class = format!("{module}.{name}");
        check_refused(model(module, name), "weights-whole-model", &class);
        check_refused(
            model(module, name),
            "weights-whole-model",
            "torch.save(model.state_dict()",
        );
    }
    for (module, name) in [("os", "system"), ("subprocess", "Popen"), ("builtins", "eval")] {
        check_refused(
            model(module, name),
            "weights-unsafe-pickle",
            &format!("{module}.{name}"),
        );
    }
}
