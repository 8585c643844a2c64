//! Models written byte by byte, in every way an exporter may choose.

mod encode;
mod external;
mod refusals;

use crate::weights::bytes::InputFile;
use crate::weights::{Checkpoint, WeightsError, untrained};
use encode::{bytes, conv, integer, little_endian, model, node, plain_initializers, plain_nodes, tensor, text, varint};

fn open(bytes: Vec<u8>) -> Result<Checkpoint, WeightsError> {
    Checkpoint::open(InputFile::new("a.onnx", bytes))
}

fn message(bytes: Vec<u8>) -> String {
    let message = open(bytes).expect_err("not a VGG16").to_string();
    assert!(message.contains("a.onnx"), "{message}");
    message
}

fn assert_reads(bytes: Vec<u8>, count: usize) {
    let checkpoint = open(bytes).expect("good");
    assert_eq!(checkpoint.convolutions(), count);
    for (ordinal, expected) in untrained::convolutions(3, 32)[..count].iter().enumerate() {
        assert_eq!(checkpoint.convolution(ordinal).expect("read"), *expected);
    }
}

#[test]
fn a_plain_model_is_read_whatever_stands_first() {
    assert_reads(model(&[plain_nodes(), plain_initializers()].concat()), 3);
    assert_reads(model(&[plain_initializers(), plain_nodes()].concat()), 3);
    let split = [
        integer(1, 8),
        bytes(7, &plain_nodes().concat()),
        bytes(7, &plain_initializers().concat()),
    ];
    assert_reads(split.concat(), 3);
}

#[test]
fn parameters_through_identity_and_constant_nodes_and_a_bias_added_later_are_found() {
    let layers = untrained::convolutions(3, 32);
    let raw = |values: &[f32]| bytes(9, &little_endian(values));
    let value = tensor("", &[2, 3, 3, 3], 1, &raw(&layers[0].weight));
    let value = bytes(5, &[text(1, "value"), bytes(5, &value), integer(20, 4)].concat());
    let nodes = vec![
        node("Constant", &[], "constant", &[value]),
        node("Identity", &["constant"], "weight", &[]),
        node("Sub", &["image", "mean"], "centred", &[]),
        conv(&["centred", "weight"], "c0"),
        node("Add", &["spread", "c0"], "s0", &[]),
        node("Relu", &["s0"], "r0", &[]),
    ];
    let bias = bytes(5, &tensor("spread", &[1, 2, 1, 1], 1, &raw(&layers[0].bias)));
    assert_reads(model(&[nodes, vec![bias]].concat()), 1);
}

#[test]
fn numbers_in_typed_fields_of_every_width_are_read() {
    let layer = &untrained::convolutions(3, 32)[0];
    let file = |data_type, numbers: &dyn Fn(&[f32]) -> Vec<u8>| {
        model(&[
            conv(&["image", "w0", "b0"], "c0"),
            bytes(5, &tensor("w0", &[2, 3, 3, 3], data_type, &numbers(&layer.weight))),
            bytes(5, &tensor("b0", &[2], data_type, &numbers(&layer.bias))),
        ])
    };
    let double = |values: &[f32]| {
        values
            .iter()
            .flat_map(|&value| f64::from(value).to_le_bytes())
            .collect::<Vec<u8>>()
    };
    let bits = |values: &[u16]| {
        values
            .iter()
            .flat_map(|&bits| varint(u64::from(bits)))
            .collect::<Vec<u8>>()
    };
    let f16 = |values: &[f32]| {
        values
            .iter()
            .map(|&value| half::f16::from_f32(value).to_bits())
            .collect::<Vec<_>>()
    };
    let bf16 = |values: &[f32]| {
        values
            .iter()
            .map(|&value| half::bf16::from_f32(value).to_bits())
            .collect::<Vec<_>>()
    };
    let weight = |bytes| open(bytes).expect("good").convolution(0).expect("read").weight;
    assert_eq!(
        weight(file(1, &|values| bytes(4, &little_endian(values)))),
        layer.weight
    );
    // The same numbers in two parts.
    let parts = |values: &[f32]| {
        [
            bytes(4, &little_endian(&values[..1])),
            bytes(4, &little_endian(&values[1..])),
        ]
        .concat()
    };
    assert_eq!(weight(file(1, &parts)), layer.weight);
    assert_eq!(weight(file(11, &|values| bytes(10, &double(values)))), layer.weight);
    assert_eq!(weight(file(11, &|values| bytes(9, &double(values)))), layer.weight);
    let rounded: Vec<f32> = layer
        .weight
        .iter()
        .map(|&value| half::f16::from_f32(value).to_f32())
        .collect();
    assert_eq!(weight(file(10, &|values| bytes(5, &bits(&f16(values))))), rounded);
    let rounded: Vec<f32> = layer
        .weight
        .iter()
        .map(|&value| half::bf16::from_f32(value).to_f32())
        .collect();
    assert_eq!(weight(file(16, &|values| bytes(5, &bits(&bf16(values))))), rounded);
    let wide = open(file(10, &|_| bytes(5, &varint(70_000).repeat(54)))).expect("only numbers are wrong");
    assert!(
        wide.convolution(0)
            .expect_err("17 bits")
            .to_string()
            .contains("16 bits")
    );
    for wrong in [1, 53, 55, 1000] {
        let read = open(file(1, &|_| bytes(4, &vec![0; wrong * 4]))).and_then(|file| file.convolution(0));
        assert_eq!(read.expect_err("too few or too many").code(), "weights-malformed");
    }
    let error = open(file(7, &|values| bytes(9, &double(values)))).expect_err("integers");
    assert!(
        error.code() == "weights-wrong-dtype" && error.to_string().contains("INT64"),
        "{error}"
    );
}
