//! Changes of bytes without structure, for where libFuzzer's are not at hand.

use super::Dice;

/// One change, rarely several.
pub fn change(bytes: &mut Vec<u8>, dice: &mut Dice) {
    loop {
        change_once(bytes, dice);
        if !dice.one_in(3) {
            return;
        }
    }
}

fn change_once(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.below(bytes.len());
    let end = at + dice.below((bytes.len() - at).min(16) + 1);
    match dice.below(7) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => bytes.insert(at, dice.number() as u8),
        3 => {
            let repeated = bytes[at..end].to_vec();
            bytes.splice(at..at, repeated);
        }
        4 => write_number(bytes, at, dice),
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
    }
}

/// Writes an edge over a number of 1, 2, 4 or 8 bytes.
pub(super) fn write_number(bytes: &mut [u8], at: usize, dice: &mut Dice) {
    let Some(room) = bytes.get_mut(at..) else { return };
    let width = (1 << dice.below(4)).min(room.len());
    let mut known = [0; 8];
    known[..width].copy_from_slice(&room[..width]);
    let edge = dice.edge(u64::from_le_bytes(known));
    room[..width].copy_from_slice(&edge.to_le_bytes()[..width]);
}
