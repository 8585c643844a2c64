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
mod theano;
mod tree;

use std::ops::Range;

use super::parameter::{Tensor, Tensors, Turning};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;
use dataset::Stored;
use keras::Parameter;
use library::Library;
use tree::Tree;

/// An opened file: the layers' parameters in it, and where each is.
struct Hdf5File {
    library: Library,
    tensors: Vec<Tensor>,
    /// Of each tensor, where its values are, or what is wrong with that.
    stored: Vec<Result<Stored, WeightsError>>,
    turning: Turning,
}

/// Opens a file.
pub(super) fn open(input: &InputFile) -> Result<Box<dyn Tensors>, WeightsError> {
    let library = Library::open(input)?;
    let tree = Tree::of(&library)?;
    let parameters = keras::parameters(&library, &tree)?;
    let by_names = parameters.iter().any(Parameter::has_place);
    let opened = parameters.into_iter().map(|parameter| {
        let opened = parameter.open(&library, by_names);
        let tensor = Tensor {
            name: parameter.found.path.clone(),
            path: parameter.path,
            shape: opened.shape,
            element: opened.element,
        };
        (tensor, opened.stored)
    });
    let (tensors, stored) = opened.unzip();
    Ok(Box::new(Hdf5File {
        turning: theano::turning(&library),
        library,
        tensors,
        stored,
    }))
}

impl Tensors for Hdf5File {
    fn list(&self) -> &[Tensor] {
        &self.tensors
    }

    fn check(&self, index: usize) -> Result<(), WeightsError> {
        self.stored[index].as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn values(&self, index: usize) -> Result<Vec<f32>, WeightsError> {
        let stored = self.stored[index].as_ref().map_err(Clone::clone)?;
        stored.values(&self.library, &self.tensors[index])
    }

    fn range(&self, index: usize) -> Option<Range<u64>> {
        self.stored.get(index)?.as_ref().ok()?.range()
    }

    fn turning(&self) -> Turning {
        self.turning
    }
}
