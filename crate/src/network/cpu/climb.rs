//! Climbing on the CPU: an image and a pass a channel.

use std::sync::Arc;

use super::head::Head;
use super::passes::Passes;
use super::{Network, Pass, parallel};
use crate::image::squash;
use crate::network::Measured;
use crate::settings::{Settings, StepRule};
use crate::step::{Adam, LEAST_SQUARE_SUM};

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
    /// For Adam alone.
    moments: Option<Moments>,
}

/// What Adam remembers: a value's slopes and their squares, of late.
#[derive(Debug)]
struct Moments {
    steps: usize,
    first: Vec<f32>,
    second: Vec<f32>,
}

impl Climb {
    /// Takes the start images, and all memory that the climb needs.
    pub(in crate::network) fn new(network: &Network, settings: &Settings, images: &[Vec<f32>]) -> Self {
        let tiles = images.iter().cloned().zip(network.heads(settings));
        Self {
            tiles: tiles
                .map(|(image, head)| Tile::new(image, head, settings.step))
                .collect(),
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

    /// Copies of the images.
    pub(crate) fn images(&self) -> Vec<Vec<f32>> {
        self.tiles.iter().map(|tile| tile.image.clone()).collect()
    }

    /// Bytes held for the images, and by the passes that all climbs of the same layer and size share. The weights, shared
    /// by all, are not counted.
    pub(crate) fn bytes(&self) -> usize {
        self.tiles.iter().map(Tile::bytes).sum::<usize>() + self.passes.bytes()
    }
}

impl Tile {
    fn new(image: Vec<f32>, head: Head, step: StepRule) -> Self {
        Self {
            moments: (step == StepRule::Adam).then(|| Moments::new(image.len())),
            image,
            head,
        }
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.image[..]) + self.moments.as_ref().map_or(0, Moments::bytes)
    }

    fn advance(&mut self, pass: &mut Pass, step: StepRule, learning_rate: f64) -> Measured {
        let objective = pass.objective(&self.head, &self.image);
        let gradient = pass.backward(&self.head);
        let square_sum: f64 = gradient.iter().map(|&slope| f64::from(slope).powi(2)).sum();
        match &mut self.moments {
            Some(moments) => moments.climb(&mut self.image, gradient, learning_rate),
            None => climb(
                &mut self.image,
                gradient,
                learning_rate * factor(step, gradient.len(), square_sum),
            ),
        }
        Measured {
            dead: gradient.iter().all(|&slope| slope == 0.0),
            squashed: squash(&self.image),
            objective,
            square_sum,
        }
    }
}

/// What a gradient is multiplied with before the learning rate is.
fn factor(step: StepRule, values: usize, square_sum: f64) -> f64 {
    step.length(values)
        .map_or(1.0, |length| length / square_sum.max(LEAST_SQUARE_SUM).sqrt())
}

fn climb(image: &mut [f32], gradient: &[f32], factor: f64) {
    for (value, slope) in image.iter_mut().zip(gradient) {
        *value = (f64::from(*value) + factor * f64::from(*slope)) as f32;
    }
}

impl Moments {
    fn new(values: usize) -> Self {
        Self {
            steps: 0,
            first: vec![0.0; values],
            second: vec![0.0; values],
        }
    }

    fn climb(&mut self, image: &mut [f32], gradient: &[f32], learning_rate: f64) {
        self.steps += 1;
        let adam = Adam::step(self.steps);
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((value, slope), (first, second)) in image.iter_mut().zip(gradient).zip(moments) {
            let direction = adam.direction(f64::from(*slope), first, second);
            *value = (f64::from(*value) + learning_rate * direction) as f32;
        }
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.first[..]) + size_of_val(&self.second[..])
    }
}
