//! See what a VGG16 channel responds to: gradient ascent on the input image.
//!
//! The library follows the course page it makes runnable (Sankaran 2024, STAT 436, "Optimizing Feature
//! Maps"): start from a random image, climb the gradient of one channel's mean activation, keep every
//! iterate, squash each to [0, 1]. Data flows one way:
//!
//! ```text
//! weights -> network -> objective -> ascent -> squash -> canvas (or file)
//! ```
//!
//! The `cpu` and `gpu` features choose what can compute: kernels of our own, or burn on a GPU; without either,
//! only the table of the network, the images and the weight files are there. `double` adds 64-bit floats on the CPU,
//! to check the others with. The `web` feature adds the browser's worker side and is the only part that knows
//! wasm-bindgen.
#![warn(missing_docs)]

pub mod difference;
pub mod error;
pub mod image;
pub mod reference;
pub mod settings;
pub mod shrink;
#[cfg(feature = "site")]
pub mod site;
pub mod splitmix;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod step;
pub mod vgg16;
pub mod weights;

#[cfg(any(feature = "cpu", feature = "gpu"))]
pub mod ascent;
#[cfg(any(feature = "cpu", feature = "gpu"))]
pub mod device;
#[cfg(any(feature = "cpu", feature = "gpu"))]
pub mod network;
#[cfg(any(feature = "cpu", feature = "gpu"))]
pub mod objective;
#[cfg(all(feature = "web", any(feature = "cpu", feature = "gpu", feature = "import")))]
pub mod web;

pub use error::{Error, Result};
