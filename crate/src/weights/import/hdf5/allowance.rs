//! How much one operation of hdf5-pure may read, so that a file's own numbers cannot make it read or allocate without
//! end.
//!
//! The library checks every length against the file's, but walks whatever it is told to: a tree whose nodes name the
//! same child twice, 64 levels deep, is 2^64 visits from a few kilobytes, and a node of 65,535 links that share one name
//! of a megabyte is 64 GB of names. Every visit reads something, so counting what is read ends the first; the second
//! kind is told by looking at the few structures that multiply.

use hdf5_pure::FormatError;

/// What one operation may read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    /// Bytes of the longest single piece.
    pub(super) piece: u64,
    /// Bytes of all pieces.
    pub(super) bytes: u64,
    /// Number of pieces.
    pub(super) pieces: u64,
    /// Whether the library takes types of numbers from what it reads, not only the structures around them.
    pub(super) types: bool,
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

impl Allowance {
    /// Listing all groups; a file of Keras takes some 40 KiB in 700 pieces. It keeps a model's description of up to
    /// 64 KiB among the attributes that are read on the way.
    pub(super) const LISTING: Self = Self {
        piece: 128 * KIB,
        bytes: 3 * MIB,
        pieces: 1 << 15,
        types: false,
    };

    /// What a dataset is, or the attributes of a layer. The library parses types in types by recursion, a level for
    /// every eight bytes, and so its stack is safe only while the piece that holds a type is small. The longest of an
    /// honest file are those in which it reads 32 names of layers ahead.
    pub(super) const OBJECT: Self = Self {
        piece: 2 * KIB + 256,
        bytes: 64 * KIB,
        pieces: 1 << 8,
        types: true,
    };

    /// Where the chunks of a dataset are.
    pub(super) const CHUNK_INDEX: Self = Self {
        piece: 256 * KIB,
        bytes: 2 * MIB,
        pieces: 1 << 14,
        types: false,
    };

    /// The values of a dataset of which the file stores so many bytes; neighbouring chunks come in pieces of 256 KiB.
    pub(super) const fn values(stored: u64) -> Self {
        Self {
            piece: stored.saturating_add(Self::CHUNK_INDEX.piece),
            bytes: stored.saturating_add(Self::CHUNK_INDEX.bytes),
            pieces: 1 << 15,
            types: false,
        }
    }
}

/// What is left of an allowance.
#[derive(Debug)]
pub(super) struct Meter {
    left: Allowance,
    /// Bytes of the heap that the names of the links listed next lie in.
    heap: u64,
    /// Bytes that names may still take.
    names: u64,
}

/// Bytes that names may take together, each as long as it could be and counted twice, as the library reads it.
const NAMES: u64 = 32 * MIB;
/// The shortest record of the trees that are read, and more levels than any of them has.
const SHORTEST_RECORD: u64 = 8;
const DEEPEST_TREE: u64 = 8;

impl Meter {
    pub(super) const fn new(left: Allowance) -> Self {
        Self {
            left,
            heap: 0,
            names: NAMES,
        }
    }

    /// Takes a piece of this length off what is left.
    pub(super) fn take(&mut self, length: u64) -> Result<(), FormatError> {
        if length > self.left.piece {
            return Err(refusal(&format!("a structure of {length} bytes")));
        }
        let left = (self.left.bytes.checked_sub(length), self.left.pieces.checked_sub(1));
        let (Some(bytes), Some(pieces)) = left else {
            return Err(refusal("structures without end"));
        };
        self.left = Allowance {
            bytes,
            pieces,
            ..self.left
        };
        Ok(())
    }

    /// Refuses a structure that would make the library multiply what it reads.
    pub(super) fn inspect(&mut self, structure: &[u8]) -> Result<(), FormatError> {
        match structure.get(..4) {
            Some(b"HEAP") => self.heap = number::<8>(structure, 8),
            Some(b"SNOD") => self.name_links(number::<2>(structure, 6))?,
            Some(b"BTHD") => {
                let (record, depth) = (number::<2>(structure, 10), number::<2>(structure, 12));
                if record < SHORTEST_RECORD || depth > DEEPEST_TREE {
                    return Err(refusal("a tree of a shape that none has"));
                }
            }
            Some(b"FAHD") if !is_countable(structure) => {
                return Err(refusal("a table of chunks of a size or at a place that none has"));
            }
            _ if self.left.types && crowded_types(structure) > MOST_CROWDED_TYPES => {
                return Err(refusal("types made of too many others"));
            }
            _ => {}
        }
        Ok(())
    }

    /// Each link's name may be as long as the heap.
    fn name_links(&mut self, links: u64) -> Result<(), FormatError> {
        self.names = links
            .checked_mul(self.heap)
            .and_then(|bytes| self.names.checked_sub(bytes))
            .ok_or_else(|| refusal("too many and too long names"))?;
        Ok(())
    }
}

/// Whether the numbers of a table of chunks can be added and multiplied as the library does, which does not look.
fn is_countable(table: &[u8]) -> bool {
    let (page_bits, chunks, address) = (number::<1>(table, 7), number::<8>(table, 8), number::<8>(table, 16));
    page_bits < 32 && chunks < 1 << 32 && address < 1 << 63
}

/// More types of this kind than can be in a piece by chance.
const MOST_CROWDED_TYPES: usize = 8;
const CROWD: u64 = 1 << 10;

/// How many times these bytes could be the beginning of a compound or enumerated type of a crowd of members, for which
/// the library makes room before it looks whether they are there: megabytes, at every level of types in types.
fn crowded_types(structure: &[u8]) -> usize {
    let is_crowded = |bytes: &&[u8]| match bytes {
        [kind, members @ ..] => {
            let (class, version) = (kind & 0x0f, kind >> 4);
            matches!(class, 6 | 8 | 11) && matches!(version, 1..=5) && number::<2>(members, 0) >= CROWD
        }
        [] => false,
    };
    structure.windows(3).filter(is_crowded).count()
}

fn refusal(what: &str) -> FormatError {
    FormatError::Source(format!("it has {what}, which no file of VGG16 needs"))
}

/// The little-endian number of `N` bytes at an offset, 0 beyond the end.
fn number<const N: usize>(bytes: &[u8], offset: usize) -> u64 {
    let field = bytes.get(offset..).and_then(|rest| rest.first_chunk::<N>());
    field.map_or(0, |field| {
        field.iter().rfold(0, |value, &byte| value << 8 | u64::from(byte))
    })
}
