//! A writer of models: fields, messages, nodes, and a small VGG16 made of them.

use crate::weights::{Convolution, untrained};

pub(super) fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

pub(super) fn integer(number: u64, value: i64) -> Vec<u8> {
    [varint(number << 3), varint(value.cast_unsigned())].concat()
}

pub(super) fn bytes(number: u64, value: &[u8]) -> Vec<u8> {
    [&varint(number << 3 | 2), &varint(value.len() as u64), value].concat()
}

pub(super) fn text(number: u64, value: &str) -> Vec<u8> {
    bytes(number, value.as_bytes())
}

pub(super) fn little_endian(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

pub(super) fn integers(name: &str, values: &[i64]) -> Vec<u8> {
    let values = values.iter().flat_map(|&value| integer(8, value));
    bytes(5, &[text(1, name), integer(20, 7), values.collect()].concat())
}

pub(super) fn tensor(name: &str, dims: &[i64], data_type: i64, numbers: &[u8]) -> Vec<u8> {
    let dims: Vec<u8> = dims.iter().flat_map(|&side| integer(1, side)).collect();
    [dims, integer(2, data_type), text(8, name), numbers.to_vec()].concat()
}

pub(super) fn node(operator: &str, inputs: &[&str], output: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    let inputs: Vec<u8> = inputs.iter().flat_map(|input| text(1, input)).collect();
    let name = format!("/{output}");
    let attributes = attributes.concat();
    bytes(
        1,
        &[inputs, text(2, output), text(3, &name), text(4, operator), attributes].concat(),
    )
}

pub(super) fn pool(input: &str, output: &str) -> Vec<u8> {
    let attributes = [integers("kernel_shape", &[2, 2]), integers("strides", &[2, 2])];
    node("MaxPool", &[input], output, &attributes)
}

pub(super) fn conv(inputs: &[&str], output: &str) -> Vec<u8> {
    node("Conv", inputs, output, &[integers("pads", &[1; 4])])
}

pub(super) fn model(graph: &[Vec<u8>]) -> Vec<u8> {
    [integer(1, 8), text(2, "by hand"), bytes(7, &graph.concat())].concat()
}

/// The weight and bias of a convolution as initializers, in raw bytes.
pub(super) fn initializers(convolution: &Convolution, weight: &str, bias: &str) -> [Vec<u8>; 2] {
    let (inputs, outputs) = (convolution.in_channels as i64, convolution.out_channels as i64);
    let raw = |values: &[f32]| bytes(9, &little_endian(values));
    [
        bytes(
            5,
            &tensor(weight, &[outputs, inputs, 3, 3], 1, &raw(&convolution.weight)),
        ),
        bytes(5, &tensor(bias, &[outputs], 1, &raw(&convolution.bias))),
    ]
}

/// The nodes of a plain VGG16 to block2_conv1, as PyTorch exports it.
pub(super) fn plain_nodes() -> Vec<Vec<u8>> {
    vec![
        conv(&["image", "w0", "b0"], "c0"),
        node("Relu", &["c0"], "r0", &[]),
        conv(&["r0", "w1", "b1"], "c1"),
        node("Relu", &["c1"], "r1", &[]),
        pool("r1", "p1"),
        conv(&["p1", "w2", "b2"], "c2"),
    ]
}

pub(super) fn plain_initializers() -> Vec<Vec<u8>> {
    let layers = untrained::convolutions(3, 32);
    (0..3)
        .flat_map(|at| initializers(&layers[at], &format!("w{at}"), &format!("b{at}")))
        .collect()
}

/// The plain model's nodes with one of them in another's place.
pub(super) fn with_node(at: usize, other: Vec<u8>) -> Vec<u8> {
    let mut nodes = plain_nodes();
    nodes[at] = other;
    model(&[nodes, plain_initializers()].concat())
}
