//! How much memory a climb will take, before it is begun. What is summed up here stands beside what takes it.

use super::head::HeadMaps;
use super::map::Map;
use super::simd::padded;
use super::spread::Row;
use super::stage::{Activation, Stage};
use super::winograd::Room;
use crate::image::CHANNELS;
use crate::vgg16::{Layer, pooled_before};

/// The network cut at a layer. Channels are the convolutions' outputs, from block1_conv1 on.
#[derive(Debug, Clone, Copy)]
pub(in crate::network) struct Estimate<'a> {
    pub(in crate::network) layer: &'a Layer,
    pub(in crate::network) channels: &'a [usize],
}

impl Estimate<'_> {
    /// Bytes that the network takes beside the weights as they were loaded, once all have been prepared.
    pub(in crate::network) fn prepared(self) -> usize {
        let stages = self.stages();
        stages.map(|(ordinal, between)| Stage::bytes_of(ordinal, between)).sum()
    }

    /// Bytes of one pass for images of this height and width.
    pub(in crate::network) fn pass(self, (height, width): (usize, usize)) -> usize {
        let last = self.last();
        let (mut size, mut bytes, mut room) = ((height, width), 0, Room::default());
        if last > 0 {
            let channels = padded(self.channels[0]);
            bytes += Row::bytes_of(width, CHANNELS, channels) + Activation::bytes_of(size, channels, false);
        }
        for (ordinal, (inputs, outputs)) in self.stages() {
            let pooled = pooled_before(ordinal + 1);
            room = room.or(Stage::room(ordinal, (inputs, outputs), size));
            bytes += Activation::bytes_of(size, outputs, pooled);
            size = if pooled { (size.0 / 2, size.1 / 2) } else { size };
        }
        let input = if last > 0 { CHANNELS } else { padded(CHANNELS) };
        let gradient = height * width * CHANNELS * size_of::<f32>();
        let head = HeadMaps::bytes_of(size, padded(self.inputs(last)), !self.layer.is_convolution());
        bytes + room.bytes() + Map::bytes_of(height, width, input) + gradient + head
    }

    fn last(self) -> usize {
        self.layer.last_convolution()
    }

    fn inputs(self, ordinal: usize) -> usize {
        ordinal.checked_sub(1).map_or(CHANNELS, |before| self.channels[before])
    }

    /// Each stage's ordinal and its channels in and out, those that pad included.
    fn stages(self) -> impl Iterator<Item = (usize, (usize, usize))> {
        let between = move |ordinal| (padded(self.inputs(ordinal)), padded(self.channels[ordinal]));
        (1..self.last()).map(move |ordinal| (ordinal, between(ordinal)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::twin::SIZES;
    use super::super::{Cut, Network, Pass};
    use super::*;
    use crate::settings::Preprocessing;
    use crate::vgg16::LAYERS;
    use crate::weights::packed::Packed;
    use crate::weights::untrained;

    fn cut(network: &Network, layer: &Layer) -> Cut {
        network.cut(layer, Preprocessing::None)
    }

    #[test]
    fn a_pass_takes_what_was_said() {
        let convolutions = untrained::convolutions(3, 16);
        let channels: Vec<_> = convolutions
            .iter()
            .map(|convolution| convolution.out_channels)
            .collect();
        let mut network = Network::default();
        for convolution in &convolutions {
            network.push(Arc::new(Packed::new(convolution)));
        }
        let sizes = SIZES.into_iter().chain([(150, 150), (64, 97)]);
        let mut compared = 0;
        for (layer, size) in LAYERS
            .iter()
            .flat_map(|layer| sizes.clone().map(move |size| (layer, size)))
        {
            if layer.output_size(size.0, size.1).is_err() {
                continue;
            }
            let estimate = Estimate {
                layer,
                channels: &channels,
            };
            let pass = Pass::new(&cut(&network, layer), size);
            assert_eq!(estimate.pass(size), pass.bytes(), "{} at {size:?}", layer.name);
            compared += 1;
        }
        assert!(compared > 80, "{compared}");
    }
}
