//! One channel's activations on one image, read back.

/// A feature map: post-ReLU activations of one channel, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMap {
    /// Height in positions.
    pub height: usize,
    /// Width in positions.
    pub width: usize,
    /// `height * width` activations.
    pub values: Vec<f32>,
}
