//! The network on GPU kernels of our own, written in CubeCL and called on the tensors of burn's backend.
//!
//! `layout.rs` is how maps lie in memory and how they are cut into units of work, `tile.rs` what one unit computes;
//! `forward.rs`, `backward.rs`, `head.rs`, `image.rs` and `step.rs` are the kernels, `launch.rs` has them as functions on
//! the GPU's tensors, and `passes.rs` has those from burn's. `pruned.rs` and `climb.rs` put them together.

mod backward;
mod climb;
mod forward;
mod head;
mod image;
mod launch;
mod layout;
mod passes;
mod pruned;
mod stage;
mod step;
#[cfg(test)]
mod tests;
mod tile;

pub(super) use climb::{mean_gradient, owned, step};
pub(super) use pruned::{Pruned, Tape};
pub(super) use stage::Stage;
