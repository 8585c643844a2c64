//! The weights of one convolution in memory.

/// Weights and bias of one 3 x 3 convolution, widened to f32 exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Convolution {
    /// Input channels I.
    pub in_channels: usize,
    /// Output channels O.
    pub out_channels: usize,
    /// `O * I * 3 * 3` values, OIHW.
    pub weight: Vec<f32>,
    /// `O` values.
    pub bias: Vec<f32>,
}
