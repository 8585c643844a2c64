//! HDF5: fields of its structures, whose checksums follow.

use super::bytes::write_number;
use super::{ChangeBytes, Dice};

mod checksum;

use checksum::Checked;

/// What structures begin with, but for the object headers of version 1, which begin with nothing.
const SIGNATURES: [&[u8; 4]; 19] = [
    b"\x89HDF", b"TREE", b"SNOD", b"HEAP", b"GCOL", b"OHDR", b"OCHK", b"FRHP", b"FHDB", b"FHIB", b"BTHD", b"BTLF",
    b"BTIN", b"FAHD", b"FADB", b"EAHD", b"EAIB", b"EASB", b"EADB",
];

/// Changes one or more fields, most of them near the beginning of a structure.
pub fn mutate(input: &[u8], dice: &mut Dice, change: ChangeBytes<'_>) -> Vec<u8> {
    let structures = structures(input);
    let checked: Vec<Checked> = structures.iter().filter_map(|&at| Checked::find(input, at)).collect();
    let mut file = input.to_vec();
    loop {
        mutate_field(&mut file, &structures, dice, change);
        if !dice.one_in(3) {
            break;
        }
    }
    if !dice.one_in(8) {
        // A structure may hold another's bytes: the outer one is sealed last.
        checked.iter().rev().for_each(|checked| checked.seal(&mut file));
    }
    file
}

fn structures(file: &[u8]) -> Vec<usize> {
    let begins = |window: &[u8]| SIGNATURES.iter().any(|&signature| window == signature);
    let places = file.windows(4).enumerate().filter(|(_, window)| begins(window));
    places.map(|(at, _)| at).collect()
}

fn mutate_field(file: &mut Vec<u8>, structures: &[usize], dice: &mut Dice, change: ChangeBytes<'_>) {
    let near = dice.pick(structures).map_or(0, |&at| at + dice.below(64));
    let at = match dice.below(4) {
        0 => dice.below(file.len()),
        // Headers and their messages are aligned.
        1 => dice.below(file.len()) & !7,
        _ => near.min(file.len()),
    };
    match dice.below(8) {
        0 => change(file, dice),
        1 => copy(file, at, dice),
        2 | 3 => write_address(file, at, structures, dice),
        4 => change_part(file, at, dice, change),
        _ => write_number(file, at, dice),
    }
}

/// Copies a run of bytes over others: one structure in the place of another.
fn copy(file: &mut [u8], at: usize, dice: &mut Dice) {
    let from = dice.below(file.len()) & !7;
    let length = (8 << dice.below(6)).min(file.len() - at.max(from));
    file.copy_within(from..from + length, at);
}

/// Lets something refer to a structure, or to what another field refers to.
fn write_address(file: &mut [u8], at: usize, structures: &[usize], dice: &mut Dice) {
    let any = dice.below(file.len()) as u64 & !7;
    let address = match dice.below(4) {
        0 => file.len() as u64,
        1 => any,
        2 => {
            let field = file.get(any as usize..).and_then(|rest| rest.first_chunk());
            field.map_or(any, |&field| u64::from_le_bytes(field))
        }
        _ => dice.pick(structures).map_or(any, |&at| at as u64),
    };
    if let Some(field) = file.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
        *field = address.to_le_bytes();
    }
}

/// Changes a few bytes in place, so that nothing behind them moves.
fn change_part(file: &mut [u8], at: usize, dice: &mut Dice, change: ChangeBytes<'_>) {
    let end = file.len().min(at + 1 + dice.below(32));
    let mut part = file[at..end].to_vec();
    change(&mut part, dice);
    for (place, byte) in file[at..end].iter_mut().zip(part) {
        *place = byte;
    }
}
