//! The tensors that were chosen, as VGG16's parameters.

use std::ops::Range;

use crate::weights::WeightsError;
use crate::weights::import::parameter::{Parameter, Parameters, Tensors};
use crate::weights::names::Part;

use super::turning::turn;

/// Where a parameter comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    /// Position in the file's list.
    pub(super) index: usize,
    /// Position of what it is multiplied with.
    pub(super) mask: Option<usize>,
}

/// Chosen tensors of a file.
pub(super) struct Selection {
    tensors: Box<dyn Tensors>,
    parameters: Vec<Parameter>,
    /// Of each parameter.
    sources: Vec<Source>,
    /// Whether kernels are turned by 180 degrees.
    turned: bool,
}

impl Selection {
    pub(super) fn new(tensors: Box<dyn Tensors>, chosen: Vec<(Parameter, Source)>, turned: bool) -> Self {
        let (parameters, sources) = chosen.into_iter().unzip();
        Self {
            tensors,
            parameters,
            sources,
            turned,
        }
    }
}

impl Parameters for Selection {
    fn list(&self) -> &[Parameter] {
        &self.parameters
    }

    fn values(&self, index: usize) -> Result<Vec<f32>, WeightsError> {
        let (parameter, source) = (&self.parameters[index], self.sources[index]);
        let mut values = self.tensors.values(source.index)?;
        if let Some(mask) = source.mask {
            let mask = self.tensors.values(mask)?;
            values.iter_mut().zip(mask).for_each(|(value, mask)| *value *= mask);
        }
        if parameter.part == Part::Weight && self.turned {
            turn(&mut values, parameter.order);
        }
        Ok(values)
    }

    fn range(&self, index: usize) -> Option<Range<u64>> {
        self.tensors.range(self.sources.get(index)?.index)
    }

    fn mask_range(&self, index: usize) -> Option<Range<u64>> {
        self.tensors.range(self.sources.get(index)?.mask?)
    }
}
