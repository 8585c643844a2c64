//! One image's way through the network and back, in memory that is taken once.

use std::sync::Arc;

use super::Cut;
use super::first::First;
use super::head::{Head, HeadMaps};
use super::map::Map;
use super::simd::padded;
use super::sink::{Masked, Plain};
use super::stage::{Activation, Stage};
use super::winograd::Scratch;
use crate::image::CHANNELS;
use crate::network::scaling::Scaling;

/// The network cut at one layer, for images of one size, and everything it computes on one. Which channel of the last
/// convolution is asked for is said each time, so that one pass serves many.
#[derive(Debug)]
pub(crate) struct Pass {
    scaling: Scaling,
    /// The scaled image.
    input: Map,
    /// `None` where block1_conv1 is the last convolution.
    first: Option<First>,
    /// Each reads the output before its own.
    stages: Vec<Arc<Stage>>,
    /// One of the first convolution, then one a stage.
    outputs: Vec<Activation>,
    head: HeadMaps,
    scratch: Scratch,
    /// [height, width, 3]
    gradient: Vec<f32>,
}

impl Pass {
    /// Takes all memory that the pass needs.
    pub(super) fn new(cut: &Cut, (height, width): (usize, usize)) -> Self {
        let first = cut
            .first
            .as_ref()
            .map(|first| First::new(&first.kernels.convolution(), width));
        let mut scratch = Scratch::default();
        let mut outputs: Vec<_> = first.iter().map(|first| first.reserve((height, width))).collect();
        for stage in &cut.stages {
            let size = outputs.last().map_or((height, width), |output| output.map().size());
            outputs.push(stage.reserve(size, &mut scratch));
        }
        let size = outputs.last().map_or((height, width), |output| output.map().size());
        let channels = if first.is_some() { CHANNELS } else { padded(CHANNELS) };
        Self {
            scaling: Scaling::of(cut.preprocessing),
            input: Map::new(height, width, channels),
            head: HeadMaps::new(size, padded(cut.head.kernels.in_channels()), cut.pooled_after),
            first,
            stages: cut.stages.clone(),
            outputs,
            scratch,
            gradient: vec![0.0; height * width * CHANNELS],
        }
    }

    /// The head's feature map of an image (HWC).
    pub(crate) fn forward(&mut self, head: &Head, image: &[f32]) -> &[f32] {
        self.scaling.forward(image, &mut self.input);
        if let (Some(first), [output, ..]) = (&mut self.first, &mut self.outputs[..]) {
            first.forward(&self.input, output);
        }
        for (at, stage) in self.stages.iter().enumerate() {
            let (before, after) = self.outputs.split_at_mut(at + 1);
            stage.forward(before[at].map(), &mut after[0], &mut self.scratch);
        }
        self.head
            .forward(head, self.outputs.last().map_or(&self.input, Activation::map))
    }

    /// Mean of the feature map of an image (HWC).
    pub(super) fn objective(&mut self, head: &Head, image: &[f32]) -> f64 {
        let map = self.forward(head, image);
        map.iter().map(|&activation| f64::from(activation)).sum::<f64>() / map.len() as f64
    }

    /// After [`Self::forward`] with this head: the gradient of the feature map's mean with respect to the image, HWC.
    pub(super) fn backward(&mut self, head: &Head) -> &[f32] {
        match self.outputs.last_mut() {
            Some(Activation::Full(map)) => self.head.backward(head, &mut Masked(map)),
            Some(Activation::Pooled { map, .. }) => self.head.backward(head, &mut Plain(map)),
            None => self.head.backward(head, &mut Plain(&mut self.input)),
        }
        for (at, stage) in self.stages.iter().enumerate().rev() {
            let (before, after) = self.outputs.split_at_mut(at + 1);
            stage.backward(&after[0], &mut before[at], &mut self.scratch);
        }
        match (&self.first, self.outputs.first()) {
            (Some(first), Some(output)) => first.backward(output.map(), &mut self.gradient),
            _ => self.input.read(&mut self.gradient),
        }
        self.scaling.backward(&mut self.gradient);
        &self.gradient
    }

    /// Height and width of the feature map.
    pub(crate) const fn size(&self) -> (usize, usize) {
        self.head.size()
    }

    /// Bytes held for this image; weights are shared with other images and not counted.
    pub(super) fn bytes(&self) -> usize {
        self.input.bytes()
            + self.first.as_ref().map_or(0, First::bytes)
            + self.outputs.iter().map(Activation::bytes).sum::<usize>()
            + self.head.bytes()
            + self.scratch.bytes()
            + size_of_val(&self.gradient[..])
    }
}
