//! Which datasets are VGG16's, in every layout that Keras ever wrote.
//!
//! ```text
//! block1_conv1/block1_conv1_W_1:0                    Keras 1 and keras-applications
//! block1_conv1/block1_conv1/kernel:0                 Keras 2
//! model_weights/...                                  either, in a whole model
//! model_weights/conv2d_4/conv2d_4/kernel             layers without a name of their own
//! layers/block1_conv1/vars/0                         Keras 3: 0 is the kernel, 1 the bias
//! layers/conv2d_4/vars/0                             Keras 3, numbered by class
//! _layer_checkpoint_dependencies/conv2d_4/vars/0     the same in Keras 2.12 and later
//! layers/functional/layers/conv2d_4/vars/0           a model in a model
//! ```
//!
//! Numbers are counted as numbers, not sorted as text, and only their order matters: those of the second model that a
//! session built begin at 13. Where Keras wrote the layer's own name beside them, as it does today, the name counts.

use std::collections::BTreeMap;

use super::allowance::Allowance;
use super::library::Library;
use super::tree::{Found, Tree};
use crate::vgg16::CONVOLUTIONS;
use crate::weights::WeightsError;
use crate::weights::names::{self, Family, KernelOrder, Named, Part};

/// The attribute in which Keras 3 keeps a layer's own name.
const NAME: &str = "name";

/// A dataset of the tree and what it is to VGG16.
pub(super) struct Role {
    /// Position in [`Tree::datasets`].
    pub(super) dataset: usize,
    pub(super) named: Named,
}

/// The datasets that are parameters of VGG16's convolutions, first layer first, so that what is said of a file is said
/// of the first layer it is true of.
pub(super) fn roles(library: &Library, tree: &Tree) -> Result<Vec<Role>, WeightsError> {
    let mut named = Vec::new();
    let mut variables = Vec::new();
    for (dataset, found) in tree.datasets.iter().enumerate() {
        if let Some(role) = names::parse(&found.path) {
            named.push(Role { dataset, named: role });
        } else if let Some(variable) = Variable::parse(dataset, &found.path) {
            let ordinal = match ordinal(variable.layer) {
                None if variable.is_annotated => layer_name(library, found)?.as_deref().and_then(ordinal),
                known => known,
            };
            match ordinal {
                Some(ordinal) => named.push(variable.role(ordinal)),
                None => variables.push(variable),
            }
        }
    }
    let mut roles = if named.is_empty() {
        numbered(library, &variables)?
    } else {
        named
    };
    roles.sort_by_key(Role::place);
    check_empty_groups(library, tree, &roles)?;
    check_duplicates(library, tree, &roles)?;
    Ok(roles)
}

impl Role {
    const fn place(&self) -> (usize, bool) {
        (self.named.ordinal, matches!(self.named.part, Part::Bias))
    }
}

/// The name that Keras wrote on the group of a layer's variables, of which this is one.
fn layer_name(library: &Library, found: &Found) -> Result<Option<String>, WeightsError> {
    let attributes = library.call(&found.path, Allowance::OBJECT, || found.parent.attrs())?;
    let name = attributes.get(NAME).and_then(|name| name.as_str());
    Ok(name.map(str::to_owned))
}

/// A variable of a layer that its path does not say to be VGG16's.
struct Variable<'path> {
    dataset: usize,
    part: Part,
    /// The group that the layer is in, whatever groups of the layer's own are between.
    container: String,
    layer: &'path str,
    /// Whether Keras may have written the layer's name on the group of its variables.
    is_annotated: bool,
}

impl<'path> Variable<'path> {
    fn parse(dataset: usize, path: &'path str) -> Option<Self> {
        let (owner, variable) = path.rsplit_once('/')?;
        let variables = owner.strip_suffix("/vars");
        let layer_path = variables.unwrap_or(owner);
        let (container, layer) = layer_path.rsplit_once('/').unwrap_or(("", layer_path));
        let part = match variables {
            Some(_) => numbered_part(variable),
            None => named_part(variable, layer),
        };
        let container: Vec<&str> = container.split('/').filter(|&group| group != layer).collect();
        Some(Self {
            dataset,
            part: part?,
            container: container.join("/"),
            layer,
            is_annotated: variables.is_some(),
        })
    }

    const fn role(&self, ordinal: usize) -> Role {
        Role {
            dataset: self.dataset,
            named: Named {
                ordinal,
                part: self.part,
                order: KernelOrder::Hwio,
                family: Family::Keras,
            },
        }
    }

    /// The number Keras gave the layer, where it is a convolution of no name of its own.
    fn number(&self) -> Option<u64> {
        match self.layer.strip_prefix("conv2d")? {
            "" => Some(0),
            number => number.strip_prefix('_')?.parse().ok(),
        }
    }
}

/// Keras 3's.
fn numbered_part(variable: &str) -> Option<Part> {
    match variable {
        "0" => Some(Part::Weight),
        "1" => Some(Part::Bias),
        _ => None,
    }
}

/// That of older versions.
fn named_part(variable: &str, layer: &str) -> Option<Part> {
    let variable = variable.strip_suffix(":0").unwrap_or(variable);
    match variable.strip_prefix(layer).unwrap_or(variable) {
        "kernel" | "_W_1" | "_W" => Some(Part::Weight),
        "bias" | "_b_1" | "_b" => Some(Part::Bias),
        _ => None,
    }
}

/// Position of the convolution of this name.
fn ordinal(layer: &str) -> Option<usize> {
    names::parse(&format!("{layer}/kernel"))
        .filter(|named| named.family == Family::Keras)
        .map(|named| named.ordinal)
}

/// Numbered convolutions in the order of their numbers, from the group that has most of them.
fn numbered(library: &Library, variables: &[Variable<'_>]) -> Result<Vec<Role>, WeightsError> {
    let mut containers: BTreeMap<&str, BTreeMap<u64, Vec<&Variable<'_>>>> = BTreeMap::new();
    for variable in variables {
        if let Some(number) = variable.number() {
            let container = containers.entry(&variable.container).or_default();
            container.entry(number).or_default().push(variable);
        }
    }
    let most = containers.values().map(BTreeMap::len).max().unwrap_or(0);
    if most > CONVOLUTIONS {
        return Err(library.malformed(format!("it has {most} convolutions where VGG16 has {CONVOLUTIONS}")));
    }
    // Two models of one size in a file both stay, to be refused as the same tensors twice.
    let largest = containers.into_values().filter(|container| container.len() == most);
    let layers = largest.flat_map(|container| container.into_values().enumerate());
    let roles = layers.flat_map(|(ordinal, layer)| layer.into_iter().map(move |variable| variable.role(ordinal)));
    Ok(roles.collect())
}

/// Refuses a file with a convolution's group but nothing in it, which only a deeper layer's presence would else betray.
fn check_empty_groups(library: &Library, tree: &Tree, roles: &[Role]) -> Result<(), WeightsError> {
    let mut groups = tree.groups.iter().filter_map(|path| ordinal(path.rsplit('/').next()?));
    match groups.find(|&ordinal| roles.iter().all(|role| role.named.ordinal != ordinal)) {
        Some(ordinal) => Err(WeightsError::MissingTensor {
            file: library.input().name().to_owned(),
            tensor: format!("the weights of {}, whose group is empty", names::layer_name(ordinal)),
        }),
        None => Ok(()),
    }
}

/// Refuses a parameter that is there twice, however often: no more than VGG16's parameters are to be opened.
fn check_duplicates(library: &Library, tree: &Tree, roles: &[Role]) -> Result<(), WeightsError> {
    let mut pairs = roles.iter().zip(roles.iter().skip(1));
    let twice = pairs.find(|(first, second)| first.place() == second.place());
    match twice.and_then(|(_, second)| tree.datasets.get(second.dataset)) {
        Some(found) => Err(WeightsError::DuplicateTensor {
            file: library.input().name().to_owned(),
            tensor: found.path.clone(),
        }),
        None => Ok(()),
    }
}
