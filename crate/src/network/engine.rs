//! The ways to compute, behind one face: kernels of our own on the CPU and on a GPU, and burn's operations in 64-bit floats.

use std::sync::Arc;

#[cfg(feature = "cpu")]
use super::cpu;
#[cfg(feature = "double")]
use super::double;
use super::feature_map::FeatureMap;
#[cfg(feature = "gpu")]
use super::gpu;
use super::pending::Pending;
use crate::device::{self, Compute};
use crate::error::Result;
use crate::image::Squashed;
use crate::objective::Evaluation;
use crate::settings::{Preprocessing, Settings};
use crate::vgg16::Layer;
use crate::weights::packed::Packed;

/// One image after one more step, and what was measured before it.
#[derive(Debug)]
pub(crate) struct Measured {
    /// The image, to be seen.
    pub(crate) squashed: Squashed,
    /// Mean activation before the step.
    pub(crate) objective: f64,
    /// Sum of the gradient's squares over the whole image.
    pub(crate) square_sum: f64,
    /// Whether the gradient was exactly zero.
    pub(crate) dead: bool,
}

#[cfg(any(feature = "double", feature = "gpu"))]
impl Measured {
    /// Whether a gradient of which these were read back was exactly zero. The greatest of values that are no numbers may be
    /// zero.
    pub(super) const fn is_dead(square_sum: f64, greatest: f64) -> bool {
        greatest == 0.0 && !square_sum.is_nan()
    }
}

/// Weights, where they are computed with.
#[derive(Debug, Clone)]
pub(super) enum Engine {
    #[cfg(feature = "cpu")]
    Cpu(cpu::Network),
    #[cfg(feature = "gpu")]
    Gpu(gpu::Network),
    #[cfg(feature = "double")]
    Double(double::Network),
}

/// An objective of some channels.
#[derive(Debug)]
pub(crate) enum Objective {
    #[cfg(feature = "cpu")]
    Cpu(cpu::MeanActivation),
    #[cfg(feature = "gpu")]
    Gpu(Box<gpu::MeanActivation>),
    #[cfg(feature = "double")]
    Double(Box<double::MeanActivation>),
}

/// A batch of channels climbing together.
#[derive(Debug)]
pub(crate) enum Climb {
    #[cfg(feature = "cpu")]
    Cpu(cpu::Climb),
    #[cfg(feature = "gpu")]
    Gpu(Box<gpu::Climb>),
    #[cfg(feature = "double")]
    Double(Box<double::Climb>),
}

impl Engine {
    pub(super) fn new(compute: &Compute) -> Self {
        match &compute.0 {
            #[cfg(feature = "cpu")]
            device::Kind::Cpu => Self::Cpu(cpu::Network::default()),
            #[cfg(feature = "gpu")]
            device::Kind::Gpu(compute) => Self::Gpu(gpu::Network::new(compute.clone())),
            #[cfg(feature = "double")]
            device::Kind::Double(compute) => Self::Double(double::Network::new(compute.clone())),
        }
    }

    pub(super) fn push(&mut self, convolution: &Arc<Packed>) {
        match self {
            #[cfg(feature = "cpu")]
            Self::Cpu(network) => network.push(Arc::clone(convolution)),
            #[cfg(feature = "gpu")]
            Self::Gpu(network) => network.push(&convolution.convolution()),
            #[cfg(feature = "double")]
            Self::Double(network) => network.push(&convolution.convolution()),
        }
    }

    pub(super) fn feature_map(
        &self,
        layer: &Layer,
        channel: usize,
        preprocessing: Preprocessing,
        image: &[f32],
        size: (usize, usize),
    ) -> Pending<FeatureMap> {
        match self {
            #[cfg(feature = "cpu")]
            Self::Cpu(network) => Pending::done(network.feature_map(layer, channel, preprocessing, image, size)),
            #[cfg(feature = "gpu")]
            Self::Gpu(network) => {
                Pending::later(network.feature_map(layer, channel, preprocessing, image, size).read())
            }
            #[cfg(feature = "double")]
            Self::Double(network) => {
                Pending::later(network.feature_map(layer, channel, preprocessing, image, size).read())
            }
        }
    }

    pub(super) fn objective(&self, settings: &Settings) -> Objective {
        match self {
            #[cfg(feature = "cpu")]
            Self::Cpu(network) => Objective::Cpu(cpu::MeanActivation::new(network, settings)),
            #[cfg(feature = "gpu")]
            Self::Gpu(network) => Objective::Gpu(Box::new(gpu::MeanActivation::new(network, settings))),
            #[cfg(feature = "double")]
            Self::Double(network) => Objective::Double(Box::new(double::MeanActivation::new(network, settings))),
        }
    }

    pub(super) fn climb(&self, settings: &Settings, images: &[Vec<f32>]) -> Climb {
        match self {
            #[cfg(feature = "cpu")]
            Self::Cpu(network) => Climb::Cpu(cpu::Climb::new(network, settings, images)),
            #[cfg(feature = "gpu")]
            Self::Gpu(network) => Climb::Gpu(Box::new(gpu::Climb::new(network, settings, images))),
            #[cfg(feature = "double")]
            Self::Double(network) => Climb::Double(Box::new(double::Climb::new(network, settings, images))),
        }
    }
}

impl Objective {
    /// Objective and gradient at images (each HWC), one per channel.
    pub(crate) async fn evaluate(&mut self, images: &[&[f32]]) -> Result<Vec<Evaluation>> {
        match self {
            #[cfg(feature = "cpu")]
            Self::Cpu(objective) => Ok(objective.evaluate(images)),
            #[cfg(feature = "gpu")]
            Self::Gpu(objective) => objective.read(images).await,
            #[cfg(feature = "double")]
            Self::Double(objective) => objective.read(images).await,
        }
    }
}

impl Climb {
    /// Hands one step to the device.
    pub(crate) fn advance(&mut self) -> Pending<Vec<Measured>> {
        match self {
            #[cfg(feature = "cpu")]
            Self::Cpu(climb) => Pending::done(climb.advance()),
            #[cfg(feature = "gpu")]
            Self::Gpu(climb) => Pending::later(climb.advance().read()),
            #[cfg(feature = "double")]
            Self::Double(climb) => Pending::later(climb.advance().read()),
        }
    }

    /// The images after the steps handed over so far, HWC.
    pub(crate) fn images(&self) -> Pending<Vec<Vec<f32>>> {
        match self {
            #[cfg(feature = "cpu")]
            Self::Cpu(climb) => Pending::done(climb.images()),
            #[cfg(feature = "gpu")]
            Self::Gpu(climb) => Pending::later(climb.images().read()),
            #[cfg(feature = "double")]
            Self::Double(climb) => Pending::later(climb.images().read()),
        }
    }

    /// Bytes held for the images, where that is known.
    pub(crate) fn bytes(&self) -> Option<usize> {
        match self {
            #[cfg(feature = "cpu")]
            Self::Cpu(climb) => Some(climb.bytes()),
            #[cfg(feature = "gpu")]
            Self::Gpu(_) => None,
            #[cfg(feature = "double")]
            Self::Double(_) => None,
        }
    }
}
