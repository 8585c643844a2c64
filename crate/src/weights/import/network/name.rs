//! What a tensor's name says of it, in every spelling that programs use: network, layer, and what of the layer it is.
//!
//! ```text
//! features.0.weight   module.features.module.0.weight   vgg.0.bias   net.slice1.0.weight   0.weight
//! block1_conv1/block1_conv1/kernel:0   block1_conv1.weight   block1.conv1.weight   conv1_1/weights   conv1_1_W
//! layers/block1_conv1/vars/0   conv2d_3/kernel:0   convolution2d_3/convolution2d_3_W   layer_3/param_0
//! features.0.weight_orig   features.0.weight_mask   features.1.running_mean
//! ```

use crate::weights::names::{KernelOrder, Part};

/// A name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::weights::import) struct Name {
    /// The path of what the layer is in; empty where the layer is in nothing.
    pub(in crate::weights::import) network: String,
    pub(in crate::weights::import) layer: Layer,
    pub(in crate::weights::import) role: Role,
    /// The order of dimensions that a kernel of this name has where its shape leaves it open.
    pub(in crate::weights::import) order: KernelOrder,
}

/// A layer as its name places it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::weights::import) enum Layer {
    /// By block and place in the block: `block1_conv1`, `conv1_1`.
    Place(u64, u64),
    /// By its number in a sequence that counts what is between the convolutions too: `features.0`.
    Index(u64),
    /// By its number among layers of its class: `conv2d_3`.
    Numbered(&'static str, u64),
    /// By a name that says nothing of its place.
    Other(String),
}

/// What of a layer a tensor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::weights::import) enum Role {
    Parameter(Part),
    /// torch.nn.utils.prune's: what the parameter was.
    Original(Part),
    /// torch.nn.utils.prune's: what the original is multiplied with.
    Mask(Part),
    /// Of a batch normalisation.
    Statistic,
}

use KernelOrder::{Hwio, Oihw};
use Part::{Bias, Weight};

/// The last part of a name, and what it makes of a tensor.
const ROLES: [(&str, Role, KernelOrder); 24] = [
    ("weight", Role::Parameter(Weight), Oihw),
    ("bias", Role::Parameter(Bias), Oihw),
    ("kernel", Role::Parameter(Weight), Hwio),
    ("W", Role::Parameter(Weight), Hwio),
    ("_W", Role::Parameter(Weight), Hwio),
    ("_W_1", Role::Parameter(Weight), Hwio),
    ("w", Role::Parameter(Weight), Hwio),
    ("weights", Role::Parameter(Weight), Hwio),
    ("b", Role::Parameter(Bias), Hwio),
    ("_b", Role::Parameter(Bias), Hwio),
    ("_b_1", Role::Parameter(Bias), Hwio),
    ("biases", Role::Parameter(Bias), Hwio),
    ("param_0", Role::Parameter(Weight), Hwio),
    ("param_1", Role::Parameter(Bias), Hwio),
    ("weight_orig", Role::Original(Weight), Oihw),
    ("weight_mask", Role::Mask(Weight), Oihw),
    ("bias_orig", Role::Original(Bias), Oihw),
    ("bias_mask", Role::Mask(Bias), Oihw),
    ("running_mean", Role::Statistic, Oihw),
    ("running_var", Role::Statistic, Oihw),
    ("moving_mean", Role::Statistic, Oihw),
    ("moving_variance", Role::Statistic, Oihw),
    ("gamma", Role::Statistic, Oihw),
    ("beta", Role::Statistic, Oihw),
];

/// Classes whose layers Keras numbers, the last one of Keras 0.3, which numbers all layers.
const CLASSES: [&str; 3] = ["conv2d", "convolution2d", "layer"];

/// More parts than the path of any layer has.
const MOST_PARTS: usize = 32;

impl Name {
    /// Takes a name apart. `None` where its last part is no parameter's.
    pub(in crate::weights::import) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix(":0").unwrap_or(text);
        let parts: Vec<&str> = text.split(['.', '/']).filter(|part| !part.is_empty()).collect();
        if parts.len() > MOST_PARTS {
            return None;
        }
        let (&parameter, owner) = parts.split_last()?;
        if let (Some((&"vars", owner)), Some(role)) = (owner.split_last(), variable(parameter)) {
            return Self::of(owner, None, role, Hwio);
        }
        let short = owner.last().and_then(|layer| parameter.strip_prefix(layer));
        if let Some((role, order)) = role(parameter).or_else(|| role(short?)) {
            return Self::of(owner, None, role, order);
        }
        // `conv1_1_W`: layer and parameter in one.
        let (stem, parameter) = parameter.rsplit_once('_')?;
        let (role, order) = role(parameter)?;
        Self::of(owner, Some(stem), role, order)
    }

    fn of(owner: &[&str], stem: Option<&str>, role: Role, order: KernelOrder) -> Option<Self> {
        let mut parts = owner.to_vec();
        parts.extend(stem);
        let (layer, rest) = layer(&parts)?;
        Some(Self {
            network: rest.join("/"),
            layer,
            role,
            order,
        })
    }
}

fn role(parameter: &str) -> Option<(Role, KernelOrder)> {
    let found = ROLES.iter().find(|(name, ..)| *name == parameter);
    found.map(|&(_, role, order)| (role, order))
}

/// Keras 3's parameters, which it numbers.
fn variable(number: &str) -> Option<Role> {
    match number {
        "0" => Some(Role::Parameter(Weight)),
        "1" => Some(Role::Parameter(Bias)),
        _ => None,
    }
}

/// The layer of a path, and what it is in.
fn layer<'a>(parts: &[&'a str]) -> Option<(Layer, Vec<&'a str>)> {
    if let Some((layer, before)) = placed(parts) {
        let Layer::Place(block, _) = layer else { return None };
        let names = [format!("block{block}"), format!("conv{block}")];
        let is_own = |part: &str| names.iter().any(|name| name == part) || place(part).as_ref() == Some(&layer);
        let kept = before.iter().rposition(|part| !is_own(part)).map_or(0, |last| last + 1);
        return Some((layer, before[..kept].to_vec()));
    }
    let (&last, before) = parts.split_last()?;
    if let Some(index) = number(last) {
        let is_slice = |part: &str| part.strip_prefix("slice").is_some_and(|count| number(count).is_some());
        let network = before.iter().filter(|part| !is_slice(part)).copied().collect();
        return Some((Layer::Index(index), network));
    }
    // Keras 2 writes a layer's name twice.
    let network = before.iter().filter(|part| **part != last).copied().collect();
    let numbered = CLASSES.iter().find_map(|class| numbered(class, last));
    Some((numbered.unwrap_or_else(|| Layer::Other(last.to_owned())), network))
}

/// The last part, or pair of parts, that names a block and a place in it, and the parts before.
fn placed<'a, 'b>(parts: &'b [&'a str]) -> Option<(Layer, &'b [&'a str])> {
    (0..parts.len()).rev().find_map(|at| {
        let before = &parts[..at];
        if let Some(layer) = place(parts[at]) {
            return Some((layer, before));
        }
        let (block, outer) = before.split_last()?;
        let block = number(block.strip_prefix("block")?)?;
        let place = number(parts[at].strip_prefix("conv")?)?;
        Some((Layer::Place(block, place), outer))
    })
}

/// `block1_conv1` or `conv1_1`.
fn place(part: &str) -> Option<Layer> {
    let (block, place) = match part.strip_prefix("block") {
        Some(rest) => rest.split_once("_conv")?,
        None => part.strip_prefix("conv")?.split_once('_')?,
    };
    Some(Layer::Place(number(block)?, number(place)?))
}

/// `conv2d` or `conv2d_3`; the first of a class has no number.
fn numbered(class: &'static str, part: &str) -> Option<Layer> {
    match part.strip_prefix(class)? {
        "" => Some(Layer::Numbered(class, 0)),
        rest => Some(Layer::Numbered(class, number(rest.strip_prefix('_')?)?)),
    }
}

/// Digits alone, and none too many.
fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, Layer, Role) {
        let name = Name::parse(text).expect(text);
        (name.network, name.layer, name.role)
    }

    #[test]
    fn a_layer_is_found_in_every_spelling() {
        for (text, network, layer) in [
            ("features.0.weight", "features", Layer::Index(0)),
            (
                "module.features.module.10.weight",
                "module/features/module",
                Layer::Index(10),
            ),
            ("net.slice2.5.weight", "net", Layer::Index(5)),
            ("vgg.28.weight", "vgg", Layer::Index(28)),
            ("0.weight", "", Layer::Index(0)),
            ("block3_conv4.weight", "", Layer::Place(3, 4)),
            ("a/block1_conv2/block1_conv2/kernel:0", "a", Layer::Place(1, 2)),
            ("block1_conv1/block1_conv1_3/kernel:0", "", Layer::Place(1, 1)),
            ("block1_conv1/block1_conv1_W_1:0", "", Layer::Place(1, 1)),
            ("features.block1.conv2.weight", "features", Layer::Place(1, 2)),
            ("vgg_16/conv1/conv1_1/weights", "vgg_16", Layer::Place(1, 1)),
            ("conv5_3_W", "", Layer::Place(5, 3)),
            ("conv5_3.weight", "", Layer::Place(5, 3)),
            ("layers/conv2d_4/vars/0", "layers", Layer::Numbered("conv2d", 4)),
            ("conv2d/kernel", "", Layer::Numbered("conv2d", 0)),
            (
                "convolution2d_4/convolution2d_4_W",
                "",
                Layer::Numbered("convolution2d", 4),
            ),
            ("layer_31/param_0", "", Layer::Numbered("layer", 31)),
            ("encoder.stem.weight", "encoder", Layer::Other("stem".to_owned())),
        ] {
            let expected = (network.to_owned(), layer, Role::Parameter(Weight));
            assert_eq!(parsed(text), expected, "{text}");
        }
    }

    #[test]
    fn what_of_a_layer_it_is_stands_last() {
        for (text, role) in [
            ("a.0.bias", Role::Parameter(Bias)),
            ("layer_1/param_1", Role::Parameter(Bias)),
            ("conv1_1_b", Role::Parameter(Bias)),
            ("layers/block1_conv1/vars/1", Role::Parameter(Bias)),
            ("a.0.weight_orig", Role::Original(Weight)),
            ("a.0.weight_mask", Role::Mask(Weight)),
            ("a.1.running_var", Role::Statistic),
            ("block1_bn1/gamma:0", Role::Statistic),
        ] {
            assert_eq!(parsed(text).2, role, "{text}");
        }
    }

    #[test]
    fn what_is_no_parameter_has_no_name() {
        for text in [
            "",
            "/",
            ":0",
            "weight",
            "features.0",
            "features.0.num_batches_tracked",
            "block1_conv1/block1_conv2_W_1:0",
            "layers/block1_conv1/vars/2",
        ] {
            assert_eq!(Name::parse(text), None, "{text}");
        }
        assert_eq!(Name::parse(&format!("{}weight", "a.".repeat(40))), None);
    }

    #[test]
    fn numbers_are_plain() {
        for text in [
            "features.010.weight",
            "conv01_1.weight",
            "conv2d_.weight",
            "a.+1.weight",
        ] {
            assert!(matches!(parsed(text).1, Layer::Other(_)), "{text}");
        }
    }
}
