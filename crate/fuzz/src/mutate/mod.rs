//! Changes that keep an input well-formed enough to be read further: lengths and checksums follow what is changed.

mod bytes;
mod dice;
mod hdf5;
mod json;
mod onnx;
mod pickle;
mod safetensors;
mod torch;
mod zip;

pub use bytes::change as change_bytes;
pub use dice::Dice;
pub use hdf5::mutate as hdf5;
pub use onnx::mutate as onnx;
pub use safetensors::mutate as safetensors;
pub use torch::mutate as torch;

/// Changes bytes that have no structure.
pub type ChangeBytes<'a> = &'a mut dyn FnMut(&mut Vec<u8>, &mut Dice);

/// An input like this one, as the dice fall.
pub type Mutate = fn(&[u8], &mut Dice, ChangeBytes<'_>) -> Vec<u8>;

/// An index is JSON throughout.
pub fn index(input: &[u8], dice: &mut Dice, change: ChangeBytes<'_>) -> Vec<u8> {
    json::mutate(input, dice, change)
}

/// So is a catalogue.
pub fn catalogue(input: &[u8], dice: &mut Dice, change: ChangeBytes<'_>) -> Vec<u8> {
    json::mutate(input, dice, change)
}

/// A header is short and has no lengths in it.
pub fn content_range(input: &[u8], dice: &mut Dice, change: ChangeBytes<'_>) -> Vec<u8> {
    let mut changed = input.to_vec();
    change(&mut changed, dice);
    changed
}
