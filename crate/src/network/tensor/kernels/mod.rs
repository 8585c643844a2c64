//! The network on GPU kernels of our own, written in CubeCL and called as extensions of burn's backend.
//!
//! `layout.rs` is how maps lie in memory and how they are cut into units of work, `tile.rs` what one unit computes;
//! `forward.rs`, `backward.rs`, `head.rs` and `image.rs` are the kernels, `launch.rs` has them as functions on tensors,
//! `passes.rs` puts both passes behind burn's dispatch.

mod backward;
mod forward;
mod head;
mod image;
mod launch;
mod layout;
mod passes;
mod pruned;
mod stage;
#[cfg(test)]
mod tests;
mod tile;

pub(super) use pruned::{Pruned, Tape};
pub(super) use stage::Stage;
