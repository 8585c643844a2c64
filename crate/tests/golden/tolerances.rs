//! How far a result may lie from the truth, as data; `tests/reference/README.md` says where the figures come from.

/// Double precision against Keras's run, all along it: relative, images by L2 norm. Objectives agree to 1e-15 between
/// independent programs; images and gradients are stored in single precision, which rounds by 3e-8.
pub mod double {
    pub const OBJECTIVE: f64 = 1e-9;
    pub const GRADIENT: f64 = 1e-6;
    pub const ITERATE: f64 = 1e-6;
    /// Of the way moved in the first step: the image that it led to was rounded, and the way is short beside it.
    pub const FIRST_WAY: f64 = 1e-3;
}

/// Single precision against double precision at one and the same image: relative, gradients by L2 norm. Runs are not compared:
/// they part where rounding flips one decision of a ReLU or a pooling.
pub mod single {
    pub const OBJECTIVE: f64 = 1e-5;
    pub const GRADIENT: f64 = 1e-5;
    /// Of a gradient in a step in which one decision went the other way. The greatest seen is 1.4e-2.
    pub const FLIP: f64 = 5e-2;
}
