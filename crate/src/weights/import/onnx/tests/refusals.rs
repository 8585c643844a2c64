//! Models that are no VGG16, and models that are broken.

use super::encode::{
    bytes, conv, initializers, integer, integers, model, node, plain_initializers, plain_nodes, tensor, text, with_node,
};
use super::{assert_reads, message, open};
use crate::weights::untrained;
use proptest::prelude::*;

#[test]
fn what_is_not_vgg16_is_refused_by_the_name_of_its_node() {
    let strided = [integers("pads", &[1; 4]), integers("strides", &[2, 2])];
    let dilated = [integers("pads", &[2; 4]), integers("dilations", &[2, 2])];
    let group = bytes(5, &[text(1, "group"), integer(3, 2), integer(20, 2)].concat());
    let wide = [integers("kernel_shape", &[5, 5]), integers("pads", &[2; 4])];
    let cases: [(usize, Vec<u8>, &[&str]); 13] = [
        (
            2,
            node("Conv", &["r0", "w1", "b1"], "c1", &strided),
            &["/c1", "strides [2, 2]"],
        ),
        (
            2,
            node("Conv", &["r0", "w1", "b1"], "c1", &dilated),
            &["/c1", "dilations [2, 2]"],
        ),
        (
            2,
            node("Conv", &["r0", "w1", "b1"], "c1", &[integers("pads", &[1; 4]), group]),
            &["/c1", "2 groups"],
        ),
        (
            2,
            node("Conv", &["r0", "w1", "b1"], "c1", &[]),
            &["/c1", "padding [0, 0, 0, 0]"],
        ),
        (
            2,
            node("Conv", &["r0", "w1", "b1"], "c1", &wide),
            &["/c1", "5 x 5 kernel"],
        ),
        (2, conv(&["c0", "w1", "b1"], "c1"), &["/c1", "no Relu"]),
        (
            2,
            conv(&["image", "w1", "b1"], "c1"),
            &["/c1", "does not follow", "/c0"],
        ),
        (2, conv(&["r0", "w1"], "c1"), &["/c1", "block1_conv2.bias"]),
        (2, conv(&["r0", "r0", "b1"], "c1"), &["a.onnx"]),
        (
            1,
            node("BatchNormalization", &["c0"], "r0", &[]),
            &["BatchNormalization", "/r0"],
        ),
        (1, node("Add", &["c0", "image"], "r0", &[]), &["Add", "/r0"]),
        (
            4,
            node("Relu", &["r1"], "p1", &[]),
            &["/c2", "block2_conv1", "0 MaxPool nodes", "has 1"],
        ),
        (
            4,
            node("MaxPool", &["r1"], "p1", &[]),
            &["/p1", "kernel_shape", "[2, 2]"],
        ),
    ];
    for (at, other, texts) in cases {
        let message = message(with_node(at, other));
        assert!(texts.iter().all(|text| message.contains(text)), "{texts:?}: {message}");
    }
}

#[test]
fn names_that_are_vgg16s_must_agree_with_the_graph() {
    let layer = &untrained::convolutions(3, 32)[0];
    let named = |weight: &str, bias: &str| {
        model(
            &[
                &[conv(&["image", weight, bias], "c0")][..],
                &initializers(layer, weight, bias),
            ]
            .concat(),
        )
    };
    assert_reads(named("features.0.weight", "features.0.bias"), 1);
    let message = message(named("features.2.weight", "features.0.bias"));
    assert!(
        message.contains("features.2.weight") && message.contains("block1_conv1"),
        "{message}"
    );
}

#[test]
fn a_weight_that_is_computed_or_absent_is_refused_with_its_origin() {
    let layer = &untrained::convolutions(3, 32)[0];
    let kernel = [integers("kernel_shape", &[3, 3]), integers("pads", &[1; 4])];
    let nodes = [
        node("DequantizeLinear", &["w0"], "wide", &[]),
        node("Conv", &["image", "wide", "b0"], "c0", &kernel),
    ];
    let computed = message(model(&[&nodes[..], &initializers(layer, "w0", "b0")].concat()));
    assert!(
        computed.contains("DequantizeLinear") && computed.contains("/wide"),
        "{computed}"
    );
    let absent = message(model(&nodes[1..]));
    assert!(absent.contains("\"wide\" is not in the file"), "{absent}");
    // Identities in a circle end too.
    let circle = [
        node("Identity", &["x"], "y", &[]),
        node("Identity", &["y"], "x", &[]),
        node("Conv", &["image", "x", "b0"], "c0", &kernel),
    ];
    assert!(message(model(&circle)).contains("/x"));
}

#[test]
fn a_circle_of_nodes_ends() {
    let nodes = vec![
        conv(&["image", "w0", "b0"], "c0"),
        node("Relu", &["r2"], "r1", &[]),
        node("Relu", &["r1"], "r2", &[]),
        conv(&["r2", "w1", "b1"], "c1"),
    ];
    assert!(message(model(&[nodes, plain_initializers()].concat())).contains("Relu"));
}

#[test]
fn the_same_constant_twice_and_bad_shapes_are_refused() {
    let twice = [plain_nodes(), plain_initializers(), plain_initializers()].concat();
    assert_eq!(
        open(model(&twice)).expect_err("twice").code(),
        "weights-duplicate-tensor"
    );
    let shaped = |dims: &[i64]| {
        model(&[
            node(
                "Conv",
                &["image", "w0", "b0"],
                "c0",
                &[integers("kernel_shape", &[3, 3]), integers("pads", &[1; 4])],
            ),
            bytes(5, &tensor("w0", dims, 1, &bytes(9, &[0; 216]))),
            bytes(5, &tensor("b0", &[2], 1, &bytes(9, &[0; 8]))),
        ])
    };
    assert!(open(shaped(&[2, 3, 3, 3])).is_ok());
    let cases: [(&[i64], &str); 5] = [
        (&[2, -3, 3, 3], "the side -3"),
        (&[1 << 32, 1 << 32, 3, 3], "overflows"),
        (&[2, 2, 3, 3], "216 bytes where its shape [2, 2, 3, 3] needs 144"),
        (&[3, 3, 3, 2], "expected [out, in, 3, 3]"),
        (&[54], "expected 4"),
    ];
    for (dims, reason) in cases {
        let message = message(shaped(dims));
        assert!(message.contains(reason), "{dims:?}: {message}");
    }
}

#[test]
fn a_graph_of_too_many_parts_is_refused() {
    let message = message(model(&[node("Relu", &["a"], "b", &[]).repeat(60_000)]));
    assert!(message.contains("more than 100000 parts"), "{message}");
}

#[test]
fn a_model_without_convolutions_lacks_every_layer() {
    assert!(message(model(&[])).contains("every layer of VGG16"));
}

proptest! {
    /// Outside bytes never panic the reader, whatever a good file is changed into.
    #[test]
    fn damaged_models_are_refused_or_read_but_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = model(&[plain_nodes(), plain_initializers()].concat());
        // Structure, not numbers, is what parsers trip over.
        for (at, value) in changes {
            let at = at.index(700);
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(checkpoint) = open(bytes) {
            let _ = (0..3).try_for_each(|ordinal| checkpoint.convolution(ordinal).map(drop));
        }
    }
}
