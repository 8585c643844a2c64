//! PyTorch checkpoints: what `torch.save` writes, today's zip and the older run of pickles.
//!
//! The pickle is parsed, never executed, and only tells which tensors there are; a tensor's numbers are read from the
//! file when they are asked for.

mod archive;
mod contents;
mod legacy;
mod pickle;
mod storages;
#[cfg(test)]
mod tests;
mod view;
pub(super) mod zip;

use std::ops::Range;

use super::parameter::{Tensor, Tensors};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;
use contents::Contents;
use view::View;

/// What messages call the format.
const FORMAT: &str = "PyTorch";

const BIG_ENDIAN: &str = "its numbers are big-endian, which is not read; save it again on a little-endian machine";

/// A checkpoint, opened.
struct TorchFile {
    input: InputFile,
    tensors: Vec<Tensor>,
    /// Of each tensor, where its numbers are, or what is wrong with that.
    views: Vec<Result<View, WeightsError>>,
}

pub(super) fn open(input: &InputFile) -> Result<Box<dyn Tensors>, WeightsError> {
    let contents = match input.head(2)?.as_slice() {
        b"PK" => archive::open(input)?,
        _ => legacy::open(input)?,
    };
    let (tensors, views) = contents.0.into_iter().unzip();
    Ok(Box::new(TorchFile {
        input: input.clone(),
        tensors,
        views,
    }))
}

impl Tensors for TorchFile {
    fn list(&self) -> &[Tensor] {
        &self.tensors
    }

    fn check(&self, index: usize) -> Result<(), WeightsError> {
        self.views[index].as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn values(&self, index: usize) -> Result<Vec<f32>, WeightsError> {
        let tensor = &self.tensors[index];
        let view = self.views[index].as_ref().map_err(Clone::clone)?;
        view.read(&self.input, &tensor.element)?
            .ok_or_else(|| WeightsError::WrongDtype {
                file: self.input.name().to_owned(),
                tensor: tensor.name.clone(),
                dtype: tensor.element.to_string(),
            })
    }

    fn range(&self, index: usize) -> Option<Range<u64>> {
        self.views.get(index)?.as_ref().ok().map(View::range)
    }
}

/// The error of a pickle that is too long to be read.
fn long_pickle(input: &InputFile) -> WeightsError {
    let most = pickle::LONGEST >> 20;
    input.malformed(
        FORMAT,
        format!("its pickle is longer than {most} MiB, far more than a state dict needs"),
    )
}
