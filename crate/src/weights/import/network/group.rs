//! The layers of one network in a file, put together by their tensors' names.

use std::collections::{BTreeMap, BTreeSet};

use super::name::{Layer, Name, Role};
use crate::weights::import::parameter::Tensor;
use crate::weights::names::{self, KernelOrder, Part};

/// Layers that are in the same network and named in the same way.
#[derive(Debug)]
pub(super) struct Group {
    /// The network's path; empty where it is in nothing.
    network: String,
    /// Only what has a kernel: in the order of the names' numbers, or else in the file's.
    pub(super) convolutions: Vec<Convolution>,
    /// How many layers of the network have a batch normalisation's statistics.
    statistics: usize,
}

/// A layer's tensors, by position in the file's list.
#[derive(Debug, Clone)]
pub(super) struct Convolution {
    pub(super) layer: Layer,
    tensors: Vec<(Role, usize)>,
    /// The order of dimensions where the kernel's shape leaves it open.
    order: KernelOrder,
}

/// The way in which layers are named.
fn style(layer: &Layer) -> (u8, &'static str) {
    match layer {
        Layer::Place(..) => (0, ""),
        Layer::Index(_) => (1, ""),
        Layer::Numbered(class, _) => (2, class),
        Layer::Other(_) => (3, ""),
    }
}

impl Group {
    /// Every group of a file that has a kernel.
    pub(super) fn all(tensors: &[Tensor]) -> Vec<Self> {
        let mut groups: BTreeMap<_, BTreeMap<Layer, Convolution>> = BTreeMap::new();
        let mut statistics: BTreeMap<String, BTreeSet<Layer>> = BTreeMap::new();
        for (index, tensor) in tensors.iter().enumerate() {
            let Some(name) = Name::parse(&tensor.path) else {
                continue;
            };
            if name.role == Role::Statistic {
                statistics.entry(name.network).or_default().insert(name.layer);
                continue;
            }
            let group = groups.entry((name.network, style(&name.layer))).or_default();
            let layer = group.entry(name.layer.clone()).or_insert_with(|| Convolution {
                layer: name.layer,
                tensors: Vec::new(),
                order: name.order,
            });
            layer.tensors.push((name.role, index));
        }
        let groups = groups.into_iter().map(|((network, _), layers)| {
            let normalised = statistics.get(&network);
            let is_statistic = |layer: &Layer| normalised.is_some_and(|layers| layers.contains(layer));
            let mut convolutions: Vec<Convolution> = layers
                .into_values()
                .filter(|layer| layer.has_kernel(tensors) && !is_statistic(&layer.layer))
                .collect();
            if matches!(
                convolutions.first(),
                Some(Convolution {
                    layer: Layer::Other(_),
                    ..
                })
            ) {
                convolutions.sort_by_key(|layer| layer.weight());
            }
            Self {
                statistics: normalised.map_or(0, BTreeSet::len),
                convolutions,
                network,
            }
        });
        groups.filter(|group| !group.convolutions.is_empty()).collect()
    }

    /// What the network is called: its path, `.` where it is in nothing.
    pub(super) fn title(&self) -> String {
        match self.network.as_str() {
            "" => ".".to_owned(),
            path => path.to_owned(),
        }
    }

    /// Whether another group is of the same network, or of one within.
    pub(super) fn contains(&self, other: &Self) -> bool {
        let within = other.network.strip_prefix(&self.network);
        let within = within.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.network.is_empty());
        within && !std::ptr::eq(self, other)
    }

    /// Whether a batch normalisation follows its convolutions. A head that was added may have one or two.
    pub(super) fn is_normalised(&self) -> bool {
        self.statistics >= self.convolutions.len()
    }
}

/// The order of the dimensions of some kernels: that of all whose shape tells it, else that of their names.
pub(super) fn order(convolutions: &[Convolution], tensors: &[Tensor]) -> KernelOrder {
    let shapes = convolutions.iter().filter_map(|layer| layer.shape(tensors));
    let mut told = shapes.filter_map(told_order);
    let named = convolutions.first().map_or(KernelOrder::Oihw, |layer| layer.order);
    match told.next() {
        Some(first) if told.all(|order| order == first) => first,
        _ => named,
    }
}

/// The order that only one of is possible: the sides of a kernel are equal, and there are two of them.
fn told_order(shape: &[u64]) -> Option<KernelOrder> {
    const LARGEST_SIDE: u64 = 11;
    let &[first, second, third, fourth] = shape else {
        return None;
    };
    let is_kernel = |one: u64, other: u64| one == other && one <= LARGEST_SIDE;
    match (is_kernel(first, second), is_kernel(third, fourth)) {
        (true, false) => Some(KernelOrder::Hwio),
        (false, true) => Some(KernelOrder::Oihw),
        _ => None,
    }
}

impl Convolution {
    /// Position of the kernel.
    pub(super) fn weight(&self) -> Option<usize> {
        self.values()
            .find(|&(_, part)| part == Part::Weight)
            .map(|(index, _)| index)
    }

    /// Positions of the parameters.
    pub(super) fn values(&self) -> impl Iterator<Item = (usize, Part)> {
        self.tensors.iter().filter_map(|&(role, index)| match role {
            Role::Parameter(part) | Role::Original(part) => Some((index, part)),
            Role::Mask(_) | Role::Statistic => None,
        })
    }

    /// Whether the parameter at this position is one of which another tensor masks numbers.
    pub(super) fn is_masked(&self, index: usize) -> bool {
        let is_original = |&(role, at): &(Role, usize)| at == index && matches!(role, Role::Original(_));
        self.tensors.iter().any(is_original)
    }

    /// Position of the tensor that masks a parameter.
    pub(super) fn mask(&self, part: Part) -> Option<usize> {
        let mask = self.tensors.iter().find(|(role, _)| *role == Role::Mask(part));
        mask.map(|&(_, index)| index)
    }

    /// The kernel's shape as the file has it.
    pub(super) fn shape<'a>(&self, tensors: &'a [Tensor]) -> Option<&'a [u64]> {
        let tensor = self.weight().and_then(|index| tensors.get(index));
        tensor.map(|tensor| tensor.shape.as_slice())
    }

    /// Output channels, input channels, height and width.
    pub(super) fn sides(&self, tensors: &[Tensor], order: KernelOrder) -> Option<[u64; 4]> {
        match (self.shape(tensors)?, order) {
            (&[outputs, inputs, height, width], KernelOrder::Oihw)
            | (&[height, width, inputs, outputs], KernelOrder::Hwio) => Some([outputs, inputs, height, width]),
            _ => None,
        }
    }

    /// Whether the layer is a convolution: its weight has four dimensions, or a name that only a convolution of VGG16 has,
    /// so that a wrong shape is told.
    fn has_kernel(&self, tensors: &[Tensor]) -> bool {
        let Some(weight) = self.weight().and_then(|index| tensors.get(index)) else {
            return matches!(self.layer, Layer::Place(..));
        };
        let is_named = || matches!(self.layer, Layer::Place(..)) || names::parse(&weight.name).is_some();
        weight.shape.len() == 4 || (weight.shape.len() != 1 && is_named())
    }
}
