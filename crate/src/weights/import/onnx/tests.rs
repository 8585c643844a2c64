//! Models written byte by byte, in every way an exporter may choose.

use crate::weights::bytes::{DiskFile, InputFile};
use crate::weights::untrained;
use crate::weights::{Checkpoint, Convolution, WeightsError};

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn integer(number: u64, value: i64) -> Vec<u8> {
    [varint(number << 3), varint(value.cast_unsigned())].concat()
}

fn bytes(number: u64, value: &[u8]) -> Vec<u8> {
    [&varint(number << 3 | 2), &varint(value.len() as u64), value].concat()
}

fn text(number: u64, value: &str) -> Vec<u8> {
    bytes(number, value.as_bytes())
}

fn little_endian(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn integers(name: &str, values: &[i64]) -> Vec<u8> {
    let values = values.iter().flat_map(|&value| integer(8, value));
    bytes(5, &[text(1, name), integer(20, 7), values.collect()].concat())
}

fn tensor(name: &str, dims: &[i64], data_type: i64, numbers: &[u8]) -> Vec<u8> {
    let dims: Vec<u8> = dims.iter().flat_map(|&side| integer(1, side)).collect();
    [dims, integer(2, data_type), text(8, name), numbers.to_vec()].concat()
}

fn node(operator: &str, inputs: &[&str], output: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    let inputs: Vec<u8> = inputs.iter().flat_map(|input| text(1, input)).collect();
    let name = format!("/{output}");
    let attributes = attributes.concat();
    bytes(
        1,
        &[inputs, text(2, output), text(3, &name), text(4, operator), attributes].concat(),
    )
}

fn pool(input: &str, output: &str) -> Vec<u8> {
    let attributes = [integers("kernel_shape", &[2, 2]), integers("strides", &[2, 2])];
    node("MaxPool", &[input], output, &attributes)
}

fn conv(inputs: &[&str], output: &str) -> Vec<u8> {
    node("Conv", inputs, output, &[integers("pads", &[1; 4])])
}

fn model(graph: &[Vec<u8>]) -> Vec<u8> {
    [integer(1, 8), text(2, "by hand"), bytes(7, &graph.concat())].concat()
}

/// The weight and bias of a convolution as initializers, in raw bytes.
fn initializers(convolution: &Convolution, weight: &str, bias: &str) -> [Vec<u8>; 2] {
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
fn plain_nodes() -> Vec<Vec<u8>> {
    vec![
        conv(&["image", "w0", "b0"], "c0"),
        node("Relu", &["c0"], "r0", &[]),
        conv(&["r0", "w1", "b1"], "c1"),
        node("Relu", &["c1"], "r1", &[]),
        pool("r1", "p1"),
        conv(&["p1", "w2", "b2"], "c2"),
    ]
}

fn plain_initializers() -> Vec<Vec<u8>> {
    let layers = untrained::convolutions(3, 32);
    (0..3)
        .flat_map(|at| initializers(&layers[at], &format!("w{at}"), &format!("b{at}")))
        .collect()
}

fn open(bytes: Vec<u8>) -> Result<Checkpoint, WeightsError> {
    Checkpoint::open(InputFile::new("a.onnx", bytes))
}

fn message(bytes: Vec<u8>) -> String {
    let message = open(bytes).expect_err("not a VGG16").to_string();
    assert!(message.contains("a.onnx"), "{message}");
    message
}

/// The plain model's nodes with one of them in another's place.
fn with_node(at: usize, other: Vec<u8>) -> Vec<u8> {
    let mut nodes = plain_nodes();
    nodes[at] = other;
    model(&[nodes, plain_initializers()].concat())
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

/// A model whose numbers are in the file `location`, from byte 3 on.
fn external(location: &str) -> Vec<u8> {
    let entry = |key: &str, value: &str| bytes(13, &[text(1, key), text(2, value)].concat());
    let numbers = |offset: &str, length: &str| {
        [
            entry("location", location),
            entry("offset", offset),
            entry("length", length),
            integer(14, 1),
        ]
        .concat()
    };
    model(&[
        conv(&["image", "w0", "b0"], "c0"),
        bytes(5, &tensor("w0", &[2, 3, 3, 3], 1, &numbers("3", "216"))),
        bytes(5, &tensor("b0", &[2], 1, &numbers("219", "8"))),
    ])
}

fn open_beside(folder: &std::path::Path, location: &str) -> Result<Checkpoint, WeightsError> {
    let path = folder.join("model.onnx");
    std::fs::write(&path, external(location)).expect("written");
    let file = DiskFile::open(&path).expect("opened");
    Checkpoint::open(InputFile::new(path.display().to_string(), file))
}

#[test]
fn numbers_in_a_file_beside_the_model_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let layer = &untrained::convolutions(3, 32)[0];
    let data = [&[0; 3][..], &little_endian(&layer.weight), &little_endian(&layer.bias)].concat();
    std::fs::write(folder.path().join("model.onnx.data"), &data).expect("written");
    let checkpoint = open_beside(folder.path(), "model.onnx.data").expect("good");
    assert_eq!(checkpoint.convolution(0).expect("read"), *layer);
    std::fs::write(folder.path().join("short"), &data[..200]).expect("written");
    let error = open_beside(folder.path(), "short").expect_err("cut");
    assert!(
        error.code() == "weights-truncated" && error.to_string().contains("short"),
        "{error}"
    );
    let error = open_beside(folder.path(), "absent.bin").expect_err("missing");
    assert!(
        error.code() == "weights-not-found" && error.to_string().contains("absent.bin"),
        "{error}"
    );
    let memory = message(external("model.onnx.data"));
    assert!(memory.contains("model.onnx.data"), "{memory}");
}

#[cfg(unix)]
#[test]
fn no_file_outside_the_models_folder_is_opened() {
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("data"), vec![0; 300]).expect("written");
    let folder = outside.path().join("model");
    std::fs::create_dir(&folder).expect("made");
    std::os::unix::fs::symlink(outside.path().join("data"), folder.join("link")).expect("linked");
    let absolute = outside.path().join("data").display().to_string();
    for location in [
        "../data",
        "..",
        "",
        "/etc/passwd",
        &absolute,
        "a/../../data",
        "..\\data",
        "link",
    ] {
        let error = open_beside(&folder, location).expect_err(location);
        assert_eq!(error.code(), "weights-malformed", "{error}");
        assert!(
            error.to_string().contains(location) && error.to_string().contains("folder"),
            "{error}"
        );
    }
}

mod damage {
    use super::*;
    use proptest::prelude::*;

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
}
