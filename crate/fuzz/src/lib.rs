//! What the fuzzers share: how each kind of input is read, what must hold, and how it is changed.
//!
//! `entry` and `mutate` know nothing of libFuzzer; `tests/hostile.rs` of the library uses them too.

pub mod entry;
mod limits;
pub mod mutate;

pub use libfuzzer_sys;
pub use limits::hold_to_limits;

use entry::Target;
use mutate::Dice;

/// A fuzzer of the target of this name.
#[macro_export]
macro_rules! fuzz {
    ($name:literal) => {
        const TARGET: &$crate::entry::Target = $crate::entry::target($name);
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::hold_to_limits(TARGET, bytes));
        $crate::libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            $crate::mutate_in_place(TARGET, data, size, max_size, seed)
        });
    };
}

/// One time in three libFuzzer's own way of changing bytes, which takes no notice of lengths and checksums.
pub fn mutate_in_place(target: &Target, data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut dice = Dice::new(seed.into());
    if dice.one_in(3) {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let changed = (target.mutate)(&data[..size], &mut dice, &mut change_bytes);
    match data.get_mut(..changed.len()).filter(|_| !changed.is_empty()) {
        Some(room) => {
            room.copy_from_slice(&changed);
            changed.len()
        }
        None => libfuzzer_sys::fuzzer_mutate(data, size, max_size),
    }
}

/// Bytes that libFuzzer may add to a part of an input.
const ROOM: usize = 256;

fn change_bytes(bytes: &mut Vec<u8>, _dice: &mut Dice) {
    let size = bytes.len();
    bytes.resize(size + ROOM, 0);
    let size = libfuzzer_sys::fuzzer_mutate(bytes, size, size + ROOM);
    bytes.truncate(size);
}
