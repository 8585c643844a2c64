//! Climbing on the CPU: an image and a pass a channel.

use std::sync::Arc;

use super::head::Head;
use super::passes::Passes;
use super::{Network, Pass, parallel};
use crate::network::Measured;
use crate::settings::{Settings, StepRule};

/// A batch of channels, each with its own image.
#[derive(Debug)]
pub(crate) struct Climb {
    tiles: Vec<Tile>,
    passes: Arc<Passes>,
    step: StepRule,
    learning_rate: f64,
}

#[derive(Debug)]
struct Tile {
    image: Vec<f32>,
    head: Head,
}

impl Climb {
    /// Takes the start images, and all memory that the climb needs.
    pub(in crate::network) fn new(network: &Network, settings: &Settings, images: &[Vec<f32>]) -> Self {
        let tiles = images.iter().cloned().zip(network.heads(settings));
        Self {
            tiles: tiles.map(|(image, head)| Tile { image, head }).collect(),
            passes: network.passes(settings),
            step: settings.step,
            learning_rate: settings.learning_rate,
        }
    }

    /// One step: `image + learning_rate * gradient`, by the step rule.
    pub(crate) fn advance(&mut self) -> Vec<Measured> {
        let (step, learning_rate) = (self.step, self.learning_rate);
        let passes = &self.passes;
        parallel::map(self.tiles.iter_mut(), |tile| {
            passes.lend(|pass| tile.advance(pass, step, learning_rate))
        })
    }

    /// Bytes held for the images, and by the passes that all climbs of the same layer and size share. The weights, shared
    /// by all, are not counted.
    pub(crate) fn bytes(&self) -> usize {
        let images: usize = self.tiles.iter().map(|tile| size_of_val(&tile.image[..])).sum();
        images + self.passes.bytes()
    }
}

impl Tile {
    fn advance(&mut self, pass: &mut Pass, step: StepRule, learning_rate: f64) -> Measured {
        let objective = pass.objective(&self.head, &self.image);
        let gradient = pass.backward(&self.head);
        let square_sum: f64 = gradient.iter().map(|&slope| f64::from(slope).powi(2)).sum();
        let factor = match step {
            StepRule::Gradient => learning_rate,
            StepRule::L2 => learning_rate / square_sum.max(1e-12).sqrt(),
        };
        for (value, slope) in self.image.iter_mut().zip(gradient) {
            *value = (f64::from(*value) + factor * f64::from(*slope)) as f32;
        }
        Measured {
            dead: gradient.iter().all(|&slope| slope == 0.0),
            pixels: self.image.clone(),
            objective,
            square_sum,
        }
    }
}
