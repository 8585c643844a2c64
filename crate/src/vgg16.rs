//! VGG16's convolutional part as one table (Simonyan & Zisserman 2015, configuration D; Keras's names).
//!
//! Every convolution is 3 x 3, stride 1, zero padding 1, with bias and ReLU; every pooling is 2 x 2, stride 2,
//! "valid": an odd last row or column is dropped.

use crate::error::{Error, Result};

/// What a layer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 3 x 3 convolution, bias and ReLU.
    Convolution {
        /// Channels of the layer's input.
        in_channels: usize,
        /// Position among the convolutions, from 0.
        ordinal: usize,
        /// N in torchvision's `features.N.weight`.
        torch_index: usize,
    },
    /// 2 x 2 max-pooling with stride 2.
    Pooling,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    /// Keras's name, such as `block3_conv1`.
    pub name: &'static str,
    /// Convolution or pooling.
    pub kind: Kind,
    /// Channels of the output in the published network.
    pub channels: usize,
    /// How many input pixels lie between neighbouring output positions, in one direction.
    pub downsampling: usize,
    /// Side, in input pixels, of the square one output position depends on.
    pub receptive_field: usize,
}

const fn convolution(
    name: &'static str,
    (in_channels, channels): (usize, usize),
    ordinal: usize,
    torch_index: usize,
    (downsampling, receptive_field): (usize, usize),
) -> Layer {
    Layer {
        name,
        kind: Kind::Convolution {
            in_channels,
            ordinal,
            torch_index,
        },
        channels,
        downsampling,
        receptive_field,
    }
}

const fn pooling(name: &'static str, channels: usize, (downsampling, receptive_field): (usize, usize)) -> Layer {
    Layer {
        name,
        kind: Kind::Pooling,
        channels,
        downsampling,
        receptive_field,
    }
}

/// The thirteen convolutions and five poolings, in order.
pub const LAYERS: [Layer; 18] = [
    convolution("block1_conv1", (3, 64), 0, 0, (1, 3)),
    convolution("block1_conv2", (64, 64), 1, 2, (1, 5)),
    pooling("block1_pool", 64, (2, 6)),
    convolution("block2_conv1", (64, 128), 2, 5, (2, 10)),
    convolution("block2_conv2", (128, 128), 3, 7, (2, 14)),
    pooling("block2_pool", 128, (4, 16)),
    convolution("block3_conv1", (128, 256), 4, 10, (4, 24)),
    convolution("block3_conv2", (256, 256), 5, 12, (4, 32)),
    convolution("block3_conv3", (256, 256), 6, 14, (4, 40)),
    pooling("block3_pool", 256, (8, 44)),
    convolution("block4_conv1", (256, 512), 7, 17, (8, 60)),
    convolution("block4_conv2", (512, 512), 8, 19, (8, 76)),
    convolution("block4_conv3", (512, 512), 9, 21, (8, 92)),
    pooling("block4_pool", 512, (16, 100)),
    convolution("block5_conv1", (512, 512), 10, 24, (16, 132)),
    convolution("block5_conv2", (512, 512), 11, 26, (16, 164)),
    convolution("block5_conv3", (512, 512), 12, 28, (16, 196)),
    pooling("block5_pool", 512, (32, 212)),
];

/// How many of the layers are convolutions.
pub const CONVOLUTIONS: usize = 13;

impl Layer {
    /// The layer of this Keras name.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`] when VGG16 has no layer of that name.
    pub fn named(name: &str) -> Result<&'static Self> {
        LAYERS
            .iter()
            .find(|layer| layer.name == name)
            .ok_or_else(|| Error::UnknownLayer { name: name.to_owned() })
    }

    /// The convolution at this position among the convolutions, from 0.
    pub fn convolution(ordinal: usize) -> Option<&'static Self> {
        LAYERS
            .iter()
            .find(|layer| matches!(layer.kind, Kind::Convolution { ordinal: o, .. } if o == ordinal))
    }

    /// Position in [`LAYERS`].
    pub fn position(&self) -> usize {
        LAYERS
            .iter()
            .position(|layer| layer.name == self.name)
            .unwrap_or(LAYERS.len())
    }

    /// Ordinal of the last convolution at or before this layer: the deepest one its output needs.
    pub fn last_convolution(&self) -> usize {
        let before = LAYERS[..=self.position()]
            .iter()
            .filter(|layer| layer.is_convolution())
            .count();
        before.saturating_sub(1)
    }

    /// Whether the layer is a convolution.
    pub const fn is_convolution(&self) -> bool {
        matches!(self.kind, Kind::Convolution { .. })
    }

    /// Height and width of the layer's output for an image of `height` x `width` pixels.
    ///
    /// # Errors
    /// [`Error::ImageTooSmall`] when a pooling would leave nothing.
    pub fn output_size(&self, height: usize, width: usize) -> Result<(usize, usize)> {
        let size = (height / self.downsampling, width / self.downsampling);
        if size.0 == 0 || size.1 == 0 {
            return Err(Error::ImageTooSmall {
                layer: self.name,
                height,
                width,
                least: self.downsampling,
            });
        }
        Ok(size)
    }

    /// Parameters (weights and biases) of the layer in the published network; 0 for a pooling.
    pub const fn parameters(&self) -> usize {
        match self.kind {
            Kind::Convolution { in_channels, .. } => (9 * in_channels + 1) * self.channels,
            Kind::Pooling => 0,
        }
    }
}

/// Whether a pooling stands directly before the convolution of this ordinal.
pub fn pooled_before(ordinal: usize) -> bool {
    Layer::convolution(ordinal)
        .and_then(|layer| layer.position().checked_sub(1))
        .is_some_and(|before| !LAYERS[before].is_convolution())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receptive_fields_and_strides_follow_from_the_operations() {
        let (mut field, mut stride) = (1, 1);
        for layer in &LAYERS {
            let kernel = if layer.is_convolution() { 3 } else { 2 };
            field += (kernel - 1) * stride;
            if !layer.is_convolution() {
                stride *= 2;
            }
            assert_eq!(
                (layer.downsampling, layer.receptive_field),
                (stride, field),
                "{}",
                layer.name
            );
        }
    }

    #[test]
    fn channels_chain_and_parameters_are_the_published_number() {
        let mut channels = 3;
        for layer in &LAYERS {
            match layer.kind {
                Kind::Convolution { in_channels, .. } => assert_eq!(in_channels, channels, "{}", layer.name),
                Kind::Pooling => assert_eq!(layer.channels, channels, "{}", layer.name),
            }
            channels = layer.channels;
        }
        assert_eq!(LAYERS.iter().map(Layer::parameters).sum::<usize>(), 14_714_688);
    }

    #[test]
    fn torchvision_numbers_count_convolution_relu_and_pooling() {
        let mut index = 0;
        for layer in &LAYERS {
            if let Kind::Convolution { torch_index, .. } = layer.kind {
                assert_eq!(torch_index, index, "{}", layer.name);
                index += 2;
            } else {
                index += 1;
            }
        }
    }

    #[test]
    fn pooling_stands_before_the_first_convolution_of_blocks_two_to_five() {
        let pooled: Vec<usize> = (0..CONVOLUTIONS).filter(|&ordinal| pooled_before(ordinal)).collect();
        assert_eq!(pooled, [2, 4, 7, 10]);
    }

    #[test]
    fn an_empty_output_is_an_error_that_names_the_least_size() {
        let layer = Layer::named("block3_conv1").expect("a layer");
        assert_eq!(layer.output_size(150, 97).expect("fits"), (37, 24));
        let message = layer.output_size(3, 150).expect_err("too small").to_string();
        assert!(
            message.contains("block3_conv1") && message.contains("at least 4"),
            "{message}"
        );
    }
}
