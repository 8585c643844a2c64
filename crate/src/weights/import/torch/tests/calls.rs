//! The ways in which torch, from its first versions on, has written the same state dict.

use super::make::{
    self, Tensor, bias, checkpoint, dict, global, integer, integers, legacy, parts, pickle, rebuilt, state_dict,
    storage, text, tuple, weight,
};
use super::{check_refused, read};

#[track_caller]
fn check_read(file: Vec<u8>) {
    let (weight, bias) = make::numbers();
    let layers = read(file).expect("a checkpoint");
    assert_eq!((&layers[0].weight, &layers[0].bias), (&weight, &bias));
}

/// Both tensors, each as `write` writes it.
fn both(write: impl Fn(&Tensor) -> Vec<u8>) -> Vec<u8> {
    dict(&[
        ("features.0.weight", write(&weight())),
        ("features.0.bias", write(&bias())),
    ])
}

fn called(function: Vec<u8>, arguments: &[Vec<u8>]) -> Vec<u8> {
    [function, tuple(arguments), b"R".to_vec()].concat()
}

#[test]
fn tensors_of_torch_before_0_4() {
    let rebuild = |tensor: &Tensor| called(global("torch._utils", "_rebuild_tensor"), &parts(tensor));
    check_read(checkpoint(&both(rebuild)));
    check_read(legacy(&both(rebuild)).file());
}

#[test]
fn tensors_of_torch_before_0_2() {
    let set = |class: (&str, &str), state: &[Vec<u8>]| {
        [global(class.0, class.1), b")R".to_vec(), tuple(state), b"b".to_vec()].concat()
    };
    let tensor = |tensor: &Tensor| set(("torch", "FloatTensor"), &parts(tensor));
    check_read(legacy(&both(tensor)).file());
    let parameter = |part: &Tensor| {
        let state = [
            tensor(part),
            b"N".to_vec(),
            b"}".to_vec(),
            b"\x88".to_vec(),
            b"\x89".to_vec(),
        ];
        set(("torch.nn.parameter", "Parameter"), &state)
    };
    check_read(legacy(&both(parameter)).file());
}

#[test]
fn parameters_of_every_age() {
    let new = |tensor: &Tensor| {
        let hooks = [global("collections", "OrderedDict"), b")R".to_vec()].concat();
        called(
            global("torch._utils", "_rebuild_parameter"),
            &[rebuilt(tensor), b"\x88".to_vec(), hooks],
        )
    };
    check_read(checkpoint(&both(new)));
    let old = |tensor: &Tensor| {
        let class = global("torch.nn.parameter", "Parameter");
        let state = tuple(&[b"\x88".to_vec(), b"\x89".to_vec(), b"}".to_vec()]);
        [called(class, &[rebuilt(tensor)]), state, b"b".to_vec()].concat()
    };
    check_read(checkpoint(&both(old)));
}

#[test]
fn a_tensor_may_have_attributes() {
    let with = |rebuild: Vec<u8>, arguments: Vec<u8>| {
        let attributes = dict(&[("note", text("attributes"))]);
        called(
            global("torch._tensor", "_rebuild_from_type_v2"),
            &[rebuild, global("torch", "Tensor"), arguments, attributes],
        )
    };
    let rebuild = || global("torch._utils", "_rebuild_tensor_v2");
    check_read(checkpoint(&both(|tensor| with(rebuild(), tuple(&parts(tensor))))));
    let inside = with(global("torch._tensor", "_rebuild_from_type_v2"), tuple(&[]));
    check_refused(checkpoint(&inside), "weights-malformed", "out of something else");
}

#[test]
fn a_tensor_may_say_itself_what_its_numbers_are() {
    let untyped = |tensor: &Tensor| {
        let mut arguments = parts(tensor);
        arguments[0] = [
            tuple(&[
                text("storage"),
                global("torch.storage", "UntypedStorage"),
                text(tensor.key),
                text("cpu"),
                integer(4 * tensor.count),
            ]),
            b"Q".to_vec(),
        ]
        .concat();
        arguments.extend([b"\x89".to_vec(), b"}".to_vec(), global("torch", "float32")]);
        called(global("torch._utils", "_rebuild_tensor_v3"), &arguments)
    };
    check_read(checkpoint(&both(untyped)));
}

#[test]
fn a_size_may_be_a_torch_size() {
    let sized = |tensor: &Tensor| {
        let mut arguments = parts(tensor);
        arguments[2] = called(global("torch", "Size"), &[integers(&tensor.shape)]);
        called(global("torch._utils", "_rebuild_tensor_v2"), &arguments)
    };
    check_read(checkpoint(&both(sized)));
}

#[test]
fn an_ordered_dict_may_be_made_of_pairs_and_have_metadata() {
    let pair = |tensor: &Tensor| [b"](".to_vec(), text(tensor.name), rebuilt(tensor), b"e".to_vec()].concat();
    let pairs = [b"](".to_vec(), pair(&weight()), pair(&bias()), b"e".to_vec()].concat();
    let made = called(global("collections", "OrderedDict"), &[pairs]);
    check_read(checkpoint(&made));
    let metadata = [
        dict(&[("_metadata", dict(&[("", dict(&[("version", integer(1))]))]))]),
        b"b".to_vec(),
    ]
    .concat();
    check_read(checkpoint(&[made, metadata].concat()));
}

/// Protocol 4 and 5 have frames, short texts, a memo without numbers, and globals from the stack.
#[test]
fn newer_protocols_are_read() {
    let [weight, bias] = [weight(), bias()].map(|tensor| newer(&rebuilt(&tensor)));
    for protocol in [4, 5] {
        let body = [
            b"}(".to_vec(),
            short("features.0.weight"),
            weight.clone(),
            short("features.0.bias"),
            bias.clone(),
            b"u.".to_vec(),
        ]
        .concat();
        let frame = [&[0x80, protocol, 0x95][..], &(body.len() as u64).to_le_bytes()].concat();
        let whole = [frame, body].concat();
        check_read(make::zip(&make::entries(&whole, &make::storages())));
    }
}

fn short(text: &str) -> Vec<u8> {
    [&[0x8c, text.len() as u8], text.as_bytes(), &[0x94]].concat()
}

/// A tensor's call, its first global written as protocol 4 does.
fn newer(call: &[u8]) -> Vec<u8> {
    let old = global("torch._utils", "_rebuild_tensor_v2");
    let rest = call.strip_prefix(old.as_slice()).expect("a call");
    [
        short("torch._utils"),
        short("_rebuild_tensor_v2"),
        b"\x93\x94".to_vec(),
        rest.to_vec(),
    ]
    .concat()
}

#[test]
fn strings_of_python_2_and_long_texts_are_texts() {
    for (opcode, length_bytes) in [(b'U', 1), (b'T', 4), (0x8d, 8)] {
        let entry = |tensor: Tensor| {
            let length = (tensor.name.len() as u64).to_le_bytes();
            let name = [&[opcode], &length[..length_bytes], tensor.name.as_bytes()].concat();
            [name, rebuilt(&tensor)].concat()
        };
        let object = [b"}(".to_vec(), entry(weight()), entry(bias()), b"u".to_vec()].concat();
        check_read(checkpoint(&object));
    }
}

#[test]
fn what_a_training_checkpoint_holds_besides_is_passed_over() {
    let counter = called(global("collections", "Counter"), &[b"}".to_vec()]);
    let state = [
        b"}(".to_vec(),
        integer(0),
        b"}".to_vec(),
        integer(1),
        b"}".to_vec(),
        b"u".to_vec(),
    ]
    .concat();
    let losses = [
        b"](".to_vec(),
        b"G\x3f\xf0\0\0\0\0\0\0".to_vec(),
        b"K\x05M\x05\x05e".to_vec(),
    ]
    .concat();
    let extra = [
        ("scheduler", counter),
        ("optimizer", dict(&[("state", state)])),
        ("losses", losses),
        ("note", b"C\x02ab".to_vec()),
        ("seed", b"\x8a\x05\x01\x02\x03\x04\x05".to_vec()),
        ("nothing", b"\x8a\x00".to_vec()),
        ("dtype", global("torch", "float32")),
        ("device", called(global("torch", "device"), &[text("cuda")])),
        ("model", state_dict(&[weight(), bias()])),
    ];
    check_read(checkpoint(&dict(&extra)));
}

#[test]
fn tensors_that_cannot_be_read_are_refused_in_words() {
    let quantized = called(global("torch._utils", "_rebuild_qtensor"), &parts(&weight()));
    check_refused(
        checkpoint(&dict(&[("features.0.weight", quantized)])),
        "weights-malformed",
        "quantized",
    );
    let view = tuple(&[text("9"), integer(0), integer(54)]);
    let id = [
        text("storage"),
        global("torch", "FloatStorage"),
        text("0"),
        text("cpu"),
        integer(54),
        view,
    ];
    check_refused(
        checkpoint(&[tuple(&id), b"Q".to_vec()].concat()),
        "weights-malformed",
        "keeps a storage inside another",
    );
    for arguments in [vec![], vec![integer(1)], parts(&weight())[..3].to_vec()] {
        let call = called(global("torch._utils", "_rebuild_tensor_v2"), &arguments);
        check_refused(checkpoint(&call), "weights-malformed", "out of something else");
    }
    for id in [
        integer(1),
        b")".to_vec(),
        tuple(&[text("module"), global("torch", "FloatStorage")]),
    ] {
        check_refused(
            checkpoint(&[id, b"Q".to_vec()].concat()),
            "weights-malformed",
            "names a storage in another way",
        );
    }
    let unnamed = storage("FloatStorage", &"9".repeat(256), 54);
    check_refused(
        checkpoint(&unnamed),
        "weights-malformed",
        "names a storage in another way",
    );
}

#[test]
fn a_call_of_what_is_no_function_is_refused() {
    let object = pickle(&[integer(1), b")R".to_vec()].concat());
    check_refused(
        make::only(&object),
        "weights-malformed",
        "calls something that is no function",
    );
    for (module, name) in [("torch", "FloatStorage"), ("torch", "float32")] {
        let call = called(global(module, name), &[]);
        check_refused(checkpoint(&call), "weights-malformed", "out of something else");
    }
}
