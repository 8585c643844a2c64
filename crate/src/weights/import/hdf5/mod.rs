//! HDF5 as Keras writes it, of every age, compressed or not, through the crate hdf5-pure.
//!
//! The file is read by slices: its directory when it is opened, a layer's numbers when they are asked for. What the
//! directory says is not believed before it is bounded: see `allowance` for reading it and `dataset` for the values.

mod allowance;
mod chunks;
mod dataset;
mod element;
mod keras;
mod library;
mod slices;
#[cfg(test)]
mod tests;
mod tree;

use std::ops::Range;

use super::parameter::{Parameter, Parameters};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;
use dataset::Stored;
use library::Library;
use tree::Tree;

/// An opened file: VGG16's parameters in it, and where each is.
struct Hdf5File {
    library: Library,
    parameters: Vec<Parameter>,
    stored: Vec<Stored>,
}

/// Opens a file.
pub(super) fn open(input: &InputFile) -> Result<Box<dyn Parameters>, WeightsError> {
    let library = Library::open(input)?;
    let tree = Tree::of(&library)?;
    let roles = keras::roles(&library, &tree)?;
    let mut parameters = Vec::with_capacity(roles.len());
    let mut stored = Vec::with_capacity(roles.len());
    for role in roles {
        if let Some(found) = tree.datasets.get(role.dataset) {
            let (dataset, parameter) = Stored::open(&library, found, role.named)?;
            stored.push(dataset);
            parameters.push(parameter);
        }
    }
    Ok(Box::new(Hdf5File {
        library,
        parameters,
        stored,
    }))
}

impl Parameters for Hdf5File {
    fn list(&self) -> &[Parameter] {
        &self.parameters
    }

    fn values(&self, index: usize) -> Result<Vec<f32>, WeightsError> {
        let stored = self.stored.get(index).zip(self.parameters.get(index));
        let (stored, parameter) = stored.ok_or_else(|| WeightsError::MissingTensor {
            file: self.library.input().name().to_owned(),
            tensor: format!("dataset {index}"),
        })?;
        stored.values(&self.library, parameter)
    }

    fn range(&self, index: usize) -> Option<Range<u64>> {
        self.stored.get(index)?.range()
    }
}
