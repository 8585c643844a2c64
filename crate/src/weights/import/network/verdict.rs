//! Which network a group of layers is.

use super::chain;
use super::family::{Architecture, FAMILY, VGG16};
use super::group::{self, Convolution, Group};
use super::name::Layer;
use crate::vgg16::CONVOLUTIONS;
use crate::weights::import::parameter::Tensor;
use crate::weights::names::{self, Family, KernelOrder};

/// What a group of layers is.
#[derive(Debug)]
pub(super) enum Verdict {
    /// VGG16, or its beginning.
    Vgg16(Fit),
    /// Another network whose name is known.
    Known {
        network: String,
        /// How one sees that, as a clause.
        seen: String,
    },
    /// No network of the family.
    Unknown {
        /// How many convolutions were looked at.
        count: usize,
        /// How one sees that, as a clause.
        seen: String,
    },
}

/// A group's layers as VGG16's.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    /// With each layer's position among VGG16's convolutions.
    pub(super) layers: Vec<(usize, Convolution)>,
    pub(super) order: KernelOrder,
    /// Whether names say that it is VGG16 even where it ends early.
    pub(super) is_certain: bool,
    /// What was assumed, in sentences.
    pub(super) assumed: Vec<String>,
}

/// The least convolutions by which another network of the family is told, and not a small one of any kind.
const LEAST_KNOWN: usize = 6;

impl Fit {
    /// Whether it has all of VGG16's convolutions.
    pub(super) fn is_whole(&self) -> bool {
        self.layers.len() >= CONVOLUTIONS
    }

    /// Whether the names of one that ends early, with no layer missing, are those of many networks.
    fn could_be_any(&self) -> bool {
        let deepest = self.layers.last().map(|(ordinal, _)| *ordinal);
        !self.is_certain && !self.is_whole() && deepest.is_some_and(|deepest| deepest + 1 == self.layers.len())
    }
}

impl Group {
    /// Compares the group with the family.
    pub(super) fn verdict(&self, tensors: &[Tensor]) -> Verdict {
        match self.convolutions.first().map(|first| &first.layer) {
            Some(Layer::Place(..)) => self.by_names(tensors, &|network| {
                let places = network.places().into_iter();
                places.map(|(block, place)| Layer::Place(block, place)).collect()
            }),
            Some(Layer::Index(_)) => self.by_names(tensors, &|network| {
                let indices = network.indices(self.is_normalised()).into_iter();
                indices.map(Layer::Index).collect()
            }),
            _ => chain::verdict(&self.convolutions, self.is_normalised(), tensors),
        }
    }

    /// Compares the layers' names with those that each network would have.
    fn by_names(&self, tensors: &[Tensor], names: &dyn Fn(&Architecture) -> Vec<Layer>) -> Verdict {
        let found: Vec<&Layer> = self.convolutions.iter().map(|layer| &layer.layer).collect();
        let vgg16 = names(&VGG16);
        if !self.is_normalised()
            && let Some(fit) = self.fit(&vgg16, tensors)
        {
            return match fit.could_be_any() && chain::is_other(&self.convolutions, fit.order, tensors) {
                true => chain::unknown(&self.convolutions, tensors),
                false => Verdict::Vgg16(fit),
            };
        }
        let begins = |network: &&Architecture| names(network).iter().take(found.len()).eq(found.iter().copied());
        let enough = found.len() >= LEAST_KNOWN;
        match FAMILY.iter().find(begins).filter(|_| enough) {
            Some(network) => Verdict::Known {
                network: title(network, self.is_normalised()),
                seen: self.difference(&vgg16, tensors),
            },
            None => chain::unknown(&self.convolutions, tensors),
        }
    }

    /// The group as VGG16: from the first layer on, with few missing, and others only behind the last.
    fn fit(&self, vgg16: &[Layer], tensors: &[Tensor]) -> Option<Fit> {
        let ordinal = |layer: &Layer| vgg16.iter().position(|known| known == layer);
        let (known, others): (Vec<_>, Vec<_>) = self
            .convolutions
            .iter()
            .partition(|convolution| ordinal(&convolution.layer).is_some());
        let layers: Vec<_> = known
            .into_iter()
            .filter_map(|convolution| Some((ordinal(&convolution.layer)?, convolution.clone())))
            .collect();
        let (deepest, _) = layers.last()?;
        let missing = deepest + 1 - layers.len();
        let behind = others.iter().all(|other| is_behind(&other.layer));
        if missing * 4 > layers.len() || !behind || (!others.is_empty() && layers.len() < CONVOLUTIONS) {
            return None;
        }
        let name = |(_, layer): &(usize, Convolution)| layer.weight().and_then(|index| tensors.get(index));
        let named: Vec<&Tensor> = layers.iter().filter_map(name).collect();
        Some(Fit {
            order: group::order(&self.convolutions, tensors),
            is_certain: named.iter().all(|tensor| is_keras(&tensor.path)),
            assumed: assumed(&named),
            layers,
        })
    }

    /// What another network of the family has, or lacks, of VGG16's.
    fn difference(&self, vgg16: &[Layer], tensors: &[Tensor]) -> String {
        if self.is_normalised() {
            return "a batch normalisation follows its convolutions".to_owned();
        }
        let is_more = |convolution: &&Convolution| !vgg16.contains(&convolution.layer);
        let more = self.convolutions.iter().find(is_more).and_then(Convolution::weight);
        match more.and_then(|index| tensors.get(index)) {
            Some(tensor) => format!("it has {} and {} convolutions", tensor.name, self.convolutions.len()),
            None => format!("it has {} convolutions", self.convolutions.len()),
        }
    }
}

/// What a network of the family is called.
pub(super) fn title(network: &Architecture, normalised: bool) -> String {
    match normalised {
        true => format!("a {} with batch normalisation", network.name),
        false => format!("a {}", network.name),
    }
}

/// Whether a layer comes behind all that VGG16, and VGG19, have.
fn is_behind(layer: &Layer) -> bool {
    const LAST_INDEX: u64 = 28;
    match layer {
        Layer::Place(block, _) => *block > 5,
        Layer::Index(index) => *index > LAST_INDEX,
        _ => false,
    }
}

/// Whether a path has one of Keras's names of VGG16's layers in it.
fn is_keras(path: &str) -> bool {
    names::mentions_keras(path)
}

/// What is said of tensors whose names are not the ones that Keras and torchvision give to VGG16's.
fn assumed(tensors: &[&Tensor]) -> Vec<String> {
    let is_plain = |tensor: &&&Tensor| {
        // What torch.nn.utils.prune adds.
        let named = names::parse(tensor.name.strip_suffix("_orig").unwrap_or(&tensor.name));
        is_keras(&tensor.path) || named.is_some_and(|named| named.family == Family::Torchvision)
    };
    let (Some(first), Some(last)) = (tensors.first(), tensors.last()) else {
        return Vec::new();
    };
    match tensors.iter().filter(is_plain).count() == tensors.len() {
        true => Vec::new(),
        false => vec![format!(
            "{} to {} are taken for VGG16's convolutions, by the numbers in their names.",
            first.name, last.name
        )],
    }
}
