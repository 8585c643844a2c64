//! The names a VGG16's parameters go by: Keras's layer names, or torchvision's and timm's `features.N`.

use crate::vgg16::{Kind, LAYERS, Layer};

/// Name of a convolution's weight in the files this library writes.
pub(super) fn weight(ordinal: usize) -> String {
    format!("{}.weight", layer_name(ordinal))
}

/// Name of a convolution's bias in the files this library writes.
pub(super) fn bias(ordinal: usize) -> String {
    format!("{}.bias", layer_name(ordinal))
}

/// Name of a convolution's file in the folders this library writes; `sha256` is the file's, hex.
pub(super) fn shard(ordinal: usize, sha256: &str) -> String {
    format!("{}-{sha256:.8}.safetensors", layer_name(ordinal))
}

/// Whether a file's name is one that [`shard`] gives.
#[cfg(feature = "cli")]
pub(super) fn is_shard(file: &str) -> bool {
    let hash = file.strip_suffix(".safetensors").and_then(|name| name.rsplit_once('-'));
    hash.is_some_and(|(layer, hash)| {
        let hex = hash.len() == 8 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
        hex && LAYERS.iter().any(|row| row.name == layer)
    })
}

/// Keras's name of the convolution of this ordinal.
pub(super) fn layer_name(ordinal: usize) -> &'static str {
    Layer::convolution(ordinal).map_or("unknown", |layer| layer.name)
}

/// Which half of a convolution's parameters a tensor holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Weight,
    Bias,
}

/// The order of a kernel's four dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KernelOrder {
    /// PyTorch's: output, input, height, width.
    Oihw,
    /// Keras's: height, width, input, output.
    Hwio,
}

/// Whose names they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Keras,
    Torchvision,
}

/// torchvision's name of a parameter, where the family is torchvision's.
pub(crate) fn torchvision_name(family: Family, ordinal: usize, part: Part) -> Option<String> {
    let Kind::Convolution { torch_index, .. } = Layer::convolution(ordinal)?.kind else {
        return None;
    };
    let parameter = match part {
        Part::Weight => "weight",
        Part::Bias => "bias",
    };
    (family == Family::Torchvision).then(|| format!("features.{torch_index}.{parameter}"))
}

/// What a tensor's name says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) ordinal: usize,
    pub(crate) part: Part,
    pub(crate) order: KernelOrder,
    pub(crate) family: Family,
}

/// What a tensor name stands for; `None` for tensors that are not a convolution's.
///
/// torchvision's names may carry a prefix (`module.features.0.weight`) or lack `features` (`0.weight`, a bare
/// `Sequential`). Keras's may be paths: `block1_conv1/block1_conv1_W_1:0`, `block1_conv1/block1_conv1/kernel:0`,
/// `block1_conv1.kernel`; this library writes `block1_conv1.weight`.
pub(crate) fn parse(tensor: &str) -> Option<Named> {
    let tensor = tensor.strip_suffix(":0").unwrap_or(tensor);
    let (owner, parameter) = tensor.rsplit_once(['.', '/'])?;
    keras(owner, parameter).or_else(|| torchvision(owner, parameter))
}

/// Whether one of Keras's layer names stands anywhere in a tensor's name, as it does after a conversion too.
#[cfg(feature = "import")]
pub(super) fn mentions_keras(tensor: &str) -> bool {
    LAYERS.iter().any(|layer| tensor.contains(layer.name))
}

fn keras(owner: &str, parameter: &str) -> Option<Named> {
    let layer = owner.rsplit(['.', '/']).next()?;
    let ordinal = LAYERS.iter().find_map(|row| match row.kind {
        Kind::Convolution { ordinal, .. } if row.name == layer => Some(ordinal),
        _ => None,
    })?;
    let short = parameter.strip_prefix(layer).unwrap_or(parameter);
    let (part, order) = match short {
        "weight" => (Part::Weight, KernelOrder::Oihw),
        "kernel" | "_W_1" | "_W" => (Part::Weight, KernelOrder::Hwio),
        "bias" | "_b_1" | "_b" => (Part::Bias, KernelOrder::Hwio),
        _ => return None,
    };
    Some(Named {
        ordinal,
        part,
        order,
        family: Family::Keras,
    })
}

fn torchvision(owner: &str, parameter: &str) -> Option<Named> {
    let part = match parameter {
        "weight" => Part::Weight,
        "bias" => Part::Bias,
        _ => return None,
    };
    let number = match owner.rsplit_once('.') {
        Some((prefix, number)) if prefix == "features" || prefix.ends_with(".features") => number,
        None => owner,
        Some(_) => return None,
    };
    let ordinal = LAYERS.iter().find_map(|row| match row.kind {
        Kind::Convolution {
            ordinal, torch_index, ..
        } if number == torch_index.to_string() => Some(ordinal),
        _ => None,
    })?;
    Some(Named {
        ordinal,
        part,
        order: KernelOrder::Oihw,
        family: Family::Torchvision,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_of_names_is_understood() {
        let cases = [
            ("block3_conv1.weight", 4, Part::Weight, KernelOrder::Oihw),
            ("block3_conv1.kernel", 4, Part::Weight, KernelOrder::Hwio),
            ("block1_conv1/block1_conv1_W_1:0", 0, Part::Weight, KernelOrder::Hwio),
            (
                "block5_conv3/block5_conv3/kernel:0",
                12,
                Part::Weight,
                KernelOrder::Hwio,
            ),
            (
                "layers/block2_conv1/block2_conv1/kernel",
                2,
                Part::Weight,
                KernelOrder::Hwio,
            ),
            ("features.10.weight", 4, Part::Weight, KernelOrder::Oihw),
            ("module.features.28.weight", 12, Part::Weight, KernelOrder::Oihw),
            ("0.weight", 0, Part::Weight, KernelOrder::Oihw),
        ];
        for (name, ordinal, part, order) in cases {
            let named = parse(name).expect(name);
            assert_eq!(
                (named.ordinal, named.part, named.order),
                (ordinal, part, order),
                "{name}"
            );
        }
        for (name, ordinal) in [
            ("features.10.bias", 4),
            ("block1_conv2/block1_conv2_b_1:0", 1),
            ("block1_conv1/bias:0", 0),
        ] {
            let named = parse(name).expect(name);
            assert_eq!((named.ordinal, named.part), (ordinal, Part::Bias), "{name}");
        }
    }

    #[cfg(feature = "cli")]
    #[test]
    fn only_our_own_files_are_told_to_be_ours() {
        assert!(is_shard(&shard(4, "0123456789abcdef")));
        assert_eq!(shard(4, "0123456789abcdef"), "block3_conv1-01234567.safetensors");
        for other in [
            "model-00001-of-00013.safetensors",
            "block3_conv1.safetensors",
            "block3_conv1-0123456.safetensors",
            "block9_conv1-01234567.safetensors",
            "block3_conv1-0123456x.safetensors",
            "block3_conv1-01234567.h5",
            "model.safetensors.index.json",
        ] {
            assert!(!is_shard(other), "{other}");
        }
    }

    #[test]
    fn other_tensors_are_nobody() {
        for other in [
            "classifier.0.weight",
            "features.1.weight",
            "features.010.weight",
            "block3_conv1",
            "block1_pool.weight",
            "classifier.features.weight",
            "fc1/fc1_W_1:0",
            "block1_conv1/block1_conv2_W_1:0",
            "",
            ":0",
            "/",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
