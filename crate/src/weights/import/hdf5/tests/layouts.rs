//! Layouts that the reference files do not have, written here.

use hdf5_pure::{AttrValue, FileBuilder, FinishedGroup, GroupBuilder};

use crate::vgg16::LAYERS;
use crate::weights::bytes::InputFile;
use crate::weights::{Checkpoint, Convolution, WeightsError, untrained};

/// Real enough for a layout: every width divided by 32.
fn weights() -> Vec<Convolution> {
    untrained::convolutions(3, 32)
}

fn names() -> Vec<&'static str> {
    let layers = LAYERS.iter().filter(|layer| layer.is_convolution());
    layers.map(|layer| layer.name).collect()
}

/// PyTorch's order to Keras's.
fn hwio(convolution: &Convolution) -> Vec<f32> {
    let (inputs, outputs) = (convolution.in_channels, convolution.out_channels);
    let tap = |tap: usize| {
        (0..inputs).flat_map(move |input| {
            (0..outputs).map(move |output| convolution.weight[(output * inputs + input) * 9 + tap])
        })
    };
    (0..9).flat_map(tap).collect()
}

/// A group that is in no file yet.
fn builder_of(name: &str) -> GroupBuilder {
    FileBuilder::new().create_group(name)
}

/// Adds a layer's two datasets to a group.
fn fill(group: &mut GroupBuilder, names: [&str; 2], layer: &Convolution) {
    let (inputs, outputs) = (layer.in_channels as u64, layer.out_channels as u64);
    let kernel = group.create_dataset(names[0]);
    kernel.with_f32_data(&hwio(layer)).with_shape(&[3, 3, inputs, outputs]);
    group.create_dataset(names[1]).with_f32_data(&layer.bias);
}

/// Keras 3's group of a layer, named so, its variables' group labelled so.
fn layer_group(group: &str, label: Option<&str>, layer: &Convolution) -> FinishedGroup {
    let mut outer = builder_of(group);
    let mut variables = outer.create_group("vars");
    if let Some(label) = label {
        variables.set_attr("name", AttrValue::VarLenString(label.to_owned()));
    }
    fill(&mut variables, ["0", "1"], layer);
    outer.add_group(variables.finish());
    outer.finish()
}

/// A file of layers in a group.
fn file(container: &str, groups: impl IntoIterator<Item = FinishedGroup>) -> Vec<u8> {
    let mut builder = FileBuilder::new();
    let mut layers = builder.create_group(container);
    for group in groups {
        layers.add_group(group);
    }
    builder.add_group(layers.finish());
    builder.finish().unwrap()
}

fn read(bytes: Vec<u8>) -> Result<Vec<Convolution>, WeightsError> {
    let checkpoint = Checkpoint::open(InputFile::new("made.weights.h5", bytes))?;
    (0..checkpoint.convolutions())
        .map(|ordinal| checkpoint.convolution(ordinal))
        .collect()
}

#[test]
fn layers_by_name_in_either_container() {
    for container in ["layers", "_layer_checkpoint_dependencies"] {
        let layers = names().into_iter().zip(weights());
        let bytes = file(container, layers.map(|(name, layer)| layer_group(name, None, &layer)));
        assert!(read(bytes).unwrap() == weights(), "{container}");
    }
}

#[test]
fn numbers_count_as_numbers_wherever_they_begin() {
    for first in [0, 7, 95] {
        let group = |(index, layer)| match index + first {
            0 => layer_group("conv2d", None, layer),
            number => layer_group(&format!("conv2d_{number}"), None, layer),
        };
        let layers = weights();
        let bytes = file("layers", layers.iter().enumerate().map(group));
        assert!(read(bytes).unwrap() == layers, "{first}");
    }
}

#[test]
fn a_layers_own_name_goes_before_its_number() {
    let layers = weights();
    let own = names().into_iter().zip(&layers).enumerate();
    // Numbered backwards, among convolutions that are not VGG16's.
    let named = own.map(|(index, (name, layer))| layer_group(&format!("conv2d_{}", 40 - index), Some(name), layer));
    let others = [
        layer_group("conv2d", Some("stem"), &layers[0]),
        layer_group("conv2d_77", Some("head"), &layers[3]),
    ];
    let bytes = file("layers", named.chain(others));
    assert!(read(bytes).unwrap() == layers);
}

#[test]
fn a_model_in_a_model_is_found_by_its_many_convolutions() {
    let layers = weights();
    let mut outer = builder_of("functional");
    let mut inner = outer.create_group("layers");
    for (index, layer) in layers.iter().enumerate() {
        inner.add_group(layer_group(&format!("conv2d_{}", index + 1), None, layer));
    }
    outer.add_group(inner.finish());
    let bytes = file("layers", [layer_group("conv2d", None, &layers[0]), outer.finish()]);
    assert!(read(bytes).unwrap() == layers);
}

#[test]
fn numbered_layers_of_older_versions_and_no_optimizer() {
    let layers = weights();
    let layer_group = |(index, layer): (usize, &Convolution)| {
        let name = format!("conv2d_{}", index + 1);
        let mut group = builder_of(&name);
        let mut inner = group.create_group(&name);
        fill(&mut inner, ["kernel:0", "bias:0"], layer);
        group.add_group(inner.finish());
        group.finish()
    };
    let mut builder = FileBuilder::new();
    for container in ["model_weights", "optimizer_weights"] {
        let mut group = builder.create_group(container);
        for layer in layers.iter().enumerate().map(layer_group) {
            group.add_group(layer);
        }
        builder.add_group(group.finish());
    }
    assert!(read(builder.finish().unwrap()).unwrap() == layers);
}

#[test]
fn what_is_no_vgg16_is_refused() {
    let layer = &weights()[1];
    let group = |index| layer_group(&format!("conv2d_{index}"), None, layer);
    let too_many = read(file("layers", (0..14).map(group))).unwrap_err().to_string();
    assert!(too_many.contains("14 convolutions"), "{too_many}");
    let dense = read(file("layers", [layer_group("dense", None, layer)])).unwrap_err();
    assert_eq!(dense.code(), "weights-other-network");
}

#[test]
fn two_models_are_named_and_one_is_chosen() {
    let mut two_models = FileBuilder::new();
    for (container, seed) in [("first", 3), ("second", 4)] {
        let mut layers = two_models.create_group(container);
        for (index, layer) in untrained::convolutions(seed, 32).iter().enumerate() {
            layers.add_group(layer_group(&format!("conv2d_{index}"), None, layer));
        }
        two_models.add_group(layers.finish());
    }
    let input = InputFile::new("made.h5", two_models.finish().unwrap());
    let error = Checkpoint::open(input.clone()).unwrap_err();
    assert_eq!(error.code(), "weights-several-networks");
    assert!(error.to_string().contains("first, second"), "{error}");
    let second = Checkpoint::open_network(input, Some("second")).unwrap();
    assert!(second.convolution(12).unwrap() == untrained::convolutions(4, 32)[12]);
}
