//! The names a VGG16's tensors go by: Keras's layer names, or torchvision's `features.N`.

use crate::vgg16::{Kind, LAYERS, Layer};

/// Name of a convolution's weight in the files this library writes.
pub(super) fn weight(ordinal: usize) -> String {
    format!("{}.weight", layer_name(ordinal))
}

/// Name of a convolution's bias in the files this library writes.
pub(super) fn bias(ordinal: usize) -> String {
    format!("{}.bias", layer_name(ordinal))
}

/// Keras's name of the convolution of this ordinal.
pub(super) fn layer_name(ordinal: usize) -> &'static str {
    Layer::convolution(ordinal).map_or("unknown", |layer| layer.name)
}

/// Which half of a convolution's parameters a tensor holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Weight,
    Bias,
}

/// The convolution and the part a tensor name stands for; `None` for tensors that are not a convolution's.
pub(super) fn parse(tensor: &str) -> Option<(usize, Part)> {
    let (owner, part) = tensor.rsplit_once('.')?;
    let part = match part {
        "weight" => Part::Weight,
        "bias" => Part::Bias,
        _ => return None,
    };
    LAYERS.iter().find_map(|layer| match layer.kind {
        Kind::Convolution {
            ordinal, torch_index, ..
        } if owner == layer.name || owner == format!("features.{torch_index}") => Some((ordinal, part)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_families_of_names_are_understood() {
        assert_eq!(parse("block3_conv1.weight"), Some((4, Part::Weight)));
        assert_eq!(parse("features.10.bias"), Some((4, Part::Bias)));
        for other in [
            "classifier.0.weight",
            "features.1.weight",
            "features.010.weight",
            "block3_conv1",
            "block1_pool.weight",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
