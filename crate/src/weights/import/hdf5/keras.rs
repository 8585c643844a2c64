//! Which datasets are parameters of layers, in every layout that Keras ever wrote.
//!
//! ```text
//! layer_1/param_0                                    Keras 0.3: 0 is the kernel, 1 the bias
//! convolution2d_4/convolution2d_4_W                  Keras 1, layers without a name of their own
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
//! Where Keras wrote the layer's own name beside numbers, as it does today, the name counts.

use super::allowance::Allowance;
use super::dataset::Opened;
use super::library::Library;
use super::tree::{Found, Tree};
use crate::weights::WeightsError;
use crate::weights::import::network::{Layer, Name, Role, natural};
use crate::weights::names;

/// The attribute in which Keras 3 keeps a layer's own name.
const NAME: &str = "name";

/// The group of a layer's variables in Keras 3.
const VARIABLES: &str = "/vars";

/// Datasets that are opened; VGG16 has 26, and the largest of Keras's networks some 700.
const MOST_OPENED: usize = 1 << 10;

/// A dataset that is a layer's parameter.
pub(super) struct Parameter<'a> {
    pub(super) found: &'a Found,
    /// Its path, with the layer's own name in it.
    pub(super) path: String,
    name: Name,
}

/// The datasets that are parameters of layers.
pub(super) fn parameters<'a>(library: &Library, tree: &'a Tree) -> Result<Vec<Parameter<'a>>, WeightsError> {
    let parameters = tree
        .datasets
        .iter()
        .filter_map(|found| Parameter::of(library, found).transpose());
    let mut parameters: Vec<Parameter<'a>> = parameters.collect::<Result<_, _>>()?;
    // HDF5 lists groups as text sorts, or in no order.
    parameters.sort_by_cached_key(|parameter| natural(&parameter.path));
    if parameters.len() > MOST_OPENED {
        return Err(library.malformed(format!(
            "it has {} parameters of layers, more than any network with a VGG16 in it",
            parameters.len()
        )));
    }
    check_empty_groups(library, tree, &parameters)?;
    Ok(parameters)
}

impl<'a> Parameter<'a> {
    fn of(library: &Library, found: &'a Found) -> Result<Option<Self>, WeightsError> {
        let Some(name) = Name::parse(&found.path) else {
            return Ok(None);
        };
        let plain = Self {
            found,
            path: found.path.clone(),
            name,
        };
        match plain.labelled(library)? {
            Some(labelled) => Ok(Some(labelled)),
            None => Ok(Some(plain)),
        }
    }

    /// The parameter by its layer's own name, where Keras wrote one and it says more than a number.
    fn labelled(&self, library: &Library) -> Result<Option<Self>, WeightsError> {
        let owner = self.found.path.rsplit_once('/').map(|(owner, _)| owner);
        let Some(layer) = owner.and_then(|owner| owner.strip_suffix(VARIABLES)) else {
            return Ok(None);
        };
        if matches!(self.name.layer, Layer::Place(..)) {
            return Ok(None);
        }
        let Some(label) = label(library, self.found)? else {
            return Ok(None);
        };
        let container = layer.rsplit_once('/').map_or("", |(container, _)| container);
        let path = format!("{container}/{label}{VARIABLES}/{}", self.found.name);
        let named = Name::parse(&path).filter(|name| matches!(name.layer, Layer::Place(..)));
        Ok(named.map(|name| Self {
            found: self.found,
            path,
            name,
        }))
    }

    /// What the dataset is. Where some layers have names of VGG16's no others are looked at.
    pub(super) fn open(&self, library: &Library, by_names: bool) -> Opened {
        let is_left = by_names && !self.has_place();
        match self.name.role {
            Role::Statistic => Opened::unread(library, self.found),
            _ if is_left => Opened::unread(library, self.found),
            _ => Opened::new(library, self.found),
        }
    }

    /// Whether the layer's name is one of VGG's.
    pub(super) const fn has_place(&self) -> bool {
        matches!(self.name.layer, Layer::Place(..))
    }
}

/// The name that Keras wrote on the group of a layer's variables, of which this is one.
fn label(library: &Library, found: &Found) -> Result<Option<String>, WeightsError> {
    let attributes = library.call(&found.path, Allowance::OBJECT, || found.parent.attrs())?;
    let name = attributes.get(NAME).and_then(|name| name.as_str());
    Ok(name.map(str::to_owned))
}

/// Refuses a file with a convolution's group but nothing in it, which only a deeper layer's presence would else betray.
fn check_empty_groups(library: &Library, tree: &Tree, parameters: &[Parameter<'_>]) -> Result<(), WeightsError> {
    let of = |path: &str| Name::parse(&format!("{path}/kernel")).map(|name| name.layer);
    let named = |path: &&String| path.rsplit('/').next().is_some_and(names::mentions_keras);
    let is_empty = |layer: &Layer| {
        let is_place = matches!(layer, Layer::Place(..));
        is_place && parameters.iter().all(|parameter| parameter.name.layer != *layer)
    };
    let mut groups = tree.groups.iter().filter(named);
    match groups.find(|path| of(path).as_ref().is_some_and(is_empty)) {
        Some(path) => Err(WeightsError::MissingTensor {
            file: library.input().name().to_owned(),
            tensor: format!(
                "the weights of {}, whose group is empty",
                path.rsplit('/').next().unwrap_or(path)
            ),
        }),
        None => Ok(()),
    }
}
