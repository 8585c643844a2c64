//! The checksums of HDF5's newer structures: lookup3 by Bob Jenkins.

/// Structures of one length, with addresses of 8 bytes; checksum included.
const FIXED: [(&[u8; 4], usize); 5] = [
    (b"\x89HDF", 48),
    (b"FRHP", 146),
    (b"BTHD", 38),
    (b"FAHD", 28),
    (b"EAHD", 72),
];

/// Structures whose length only others know.
const OPEN: [&[u8; 4]; 6] = [b"OCHK", b"BTLF", b"BTIN", b"FADB", b"EAIB", b"EADB"];

/// The longest of those that is tried.
const LONGEST: usize = 600;

/// A structure with a checksum at its end.
pub enum Checked {
    /// Bytes up to the checksum.
    Fixed { at: usize, length: usize },
    /// An object header, which says how long it is.
    Header { at: usize },
}

impl Checked {
    /// The structure at this place; `None` for one without a checksum, or with a wrong one.
    pub fn find(file: &[u8], at: usize) -> Option<Self> {
        let structure = file.get(at..)?;
        if structure.starts_with(b"OHDR") {
            return Some(Self::Header { at });
        }
        let fixed = FIXED.iter().find(|(signature, _)| structure.starts_with(*signature));
        let lengths = match fixed {
            Some((_, length)) => length - 4..length - 3,
            None if OPEN.iter().any(|&signature| structure.starts_with(signature)) => 6..LONGEST,
            None => return None,
        };
        let good = |&length: &usize| structure.get(length..length + 4) == Some(&lookup3(&structure[..length]));
        let length = lengths.take_while(|length| length + 4 <= structure.len()).find(good)?;
        Some(Self::Fixed { at, length })
    }

    /// Writes the checksum anew.
    pub fn seal(&self, file: &mut [u8]) {
        let (at, length) = match *self {
            Self::Fixed { at, length } => (at, Some(length)),
            Self::Header { at } => (at, file.get(at..).and_then(header_length)),
        };
        let structure = length.and_then(|length| file.get_mut(at..)?.split_at_mut_checked(length));
        if let Some((structure, rest)) = structure
            && let Some(checksum) = rest.first_chunk_mut()
        {
            *checksum = lookup3(structure);
        }
    }
}

/// Bytes of an object header up to its checksum.
fn header_length(header: &[u8]) -> Option<usize> {
    let flags = *header.get(5)?;
    let before = 6 + if flags & 0x20 != 0 { 16 } else { 0 } + if flags & 0x10 != 0 { 4 } else { 0 };
    let width = 1 << (flags & 3);
    let size = header.get(before..before + width)?.iter().rev();
    let size = size.fold(0_usize, |size, &byte| size.wrapping_shl(8) | usize::from(byte));
    size.checked_add(before + width)
}

/// `hashlittle` with an initial value of 0, little-endian.
fn lookup3(bytes: &[u8]) -> [u8; 4] {
    let start = 0xdead_beef_u32.wrapping_add(bytes.len() as u32);
    let mut state = [start; 3];
    let last = bytes.len().saturating_sub(1) / 12 * 12;
    let (blocks, tail) = bytes.split_at(last);
    for block in blocks.chunks_exact(12) {
        add(&mut state, block);
        mix(&mut state);
    }
    if !tail.is_empty() {
        let mut block = [0; 12];
        block[..tail.len()].copy_from_slice(tail);
        add(&mut state, &block);
        finish(&mut state);
    }
    state[2].to_le_bytes()
}

fn add(state: &mut [u32; 3], block: &[u8]) {
    for (number, bytes) in state.iter_mut().zip(block.as_chunks().0) {
        *number = number.wrapping_add(u32::from_le_bytes(*bytes));
    }
}

fn mix([a, b, c]: &mut [u32; 3]) {
    let step = |x: &mut u32, y: &mut u32, z: &mut u32, turn| {
        *x = x.wrapping_sub(*z) ^ z.rotate_left(turn);
        *z = z.wrapping_add(*y);
    };
    step(a, b, c, 4);
    step(b, c, a, 6);
    step(c, a, b, 8);
    step(a, b, c, 16);
    step(b, c, a, 19);
    step(c, a, b, 4);
}

fn finish([a, b, c]: &mut [u32; 3]) {
    let step = |x: &mut u32, y: u32, turn| *x = (*x ^ y).wrapping_sub(y.rotate_left(turn));
    step(c, *b, 14);
    step(a, *c, 11);
    step(b, *a, 25);
    step(c, *b, 16);
    step(a, *c, 4);
    step(b, *a, 14);
    step(c, *b, 24);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup3_gives_what_its_author_published() {
        let known = [("", 0xdead_beef_u32), ("Four score and seven years ago", 0x1777_0551)];
        for (text, checksum) in known {
            assert_eq!(lookup3(text.as_bytes()), checksum.to_le_bytes(), "{text}");
        }
    }

    #[test]
    fn the_structures_of_a_file_of_h5py_are_found() {
        let file = include_bytes!("../../../corpus/hdf5/latest");
        let found = (0..file.len()).filter_map(|at| Checked::find(file, at)).count();
        assert!(found >= 8, "{found}");
    }
}
