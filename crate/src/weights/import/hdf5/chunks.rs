//! Datasets in chunks, compressed or not: checked before a chunk is read.

use std::collections::BTreeSet;

use hdf5_pure::{Chunk, ChunkIndex};

use super::dataset::LARGEST;

/// More chunks than h5py ever makes of a kernel, which it cuts into some hundred.
const MOST_CHUNKS: u64 = 1 << 14;
/// Chunks may stick out at the edges: all together up to this many times the largest kernel.
const MOST_ROOM: u64 = 4;

/// The filters that are undone, by their HDF5 numbers: deflate, shuffle, fletcher32 and h5py's lzf. No file needs more
/// of them than there are.
const FILTERS: [u16; 4] = [1, 2, 3, 32000];

/// How a dataset is cut into chunks.
#[derive(Debug, Clone)]
pub(super) struct Chunks {
    shape: Vec<u64>,
    /// Sides of a chunk.
    sides: Vec<u64>,
    /// Number of chunks that cover the dataset.
    count: u64,
    /// Bytes of an unfiltered chunk.
    bytes: u64,
    filtered: bool,
}

impl Chunks {
    /// The error is a clause about the dataset.
    pub(super) fn new(
        shape: &[u64],
        width: u64,
        sides: Vec<u64>,
        index: ChunkIndex,
        filters: &[u16],
    ) -> Result<Self, String> {
        if matches!(index, ChunkIndex::ExtensibleArray | ChunkIndex::BTreeV2) {
            return Err("can grow, which the weights of a layer never do".to_owned());
        }
        let is_unknown = |filter: &&u16| !FILTERS.contains(filter);
        if let Some(filter) = filters.iter().find(is_unknown) {
            return Err(format!(
                "went through HDF5's filter {filter}, and only gzip, lzf, shuffle and fletcher32 are known"
            ));
        }
        if filters.len() > FILTERS.len() {
            return Err(format!("went through {} filters", filters.len()));
        }
        let (count, elements) = measure(shape, &sides)
            .filter(|&(count, elements)| {
                count <= MOST_CHUNKS && elements <= LARGEST && count * elements <= MOST_ROOM * LARGEST
            })
            .ok_or_else(|| format!("of shape {shape:?} has unreasonable chunks of {sides:?}"))?;
        Ok(Self {
            shape: shape.to_vec(),
            sides,
            count,
            bytes: elements * width,
            filtered: !filters.is_empty(),
        })
    }

    /// Bytes that the file stores for the chunks it lists, which must be those of the dataset: every one, once, inside
    /// the file.
    pub(super) fn stored(&self, chunks: &[Chunk], file_size: u64) -> Result<u64, String> {
        let places: BTreeSet<&[u64]> = chunks.iter().map(|chunk| chunk.offset.as_slice()).collect();
        let whole = places.len() as u64 == self.count && chunks.len() == places.len();
        if !whole || !places.iter().all(|place| self.is_place(place)) {
            return Err(format!(
                "has {} chunks that are not the {} of its shape: it was not wholly written",
                chunks.len(),
                self.count
            ));
        }
        if !self.filtered && chunks.iter().any(|chunk| chunk.storage_size != self.bytes) {
            return Err(format!("has chunks that are not of {} bytes", self.bytes));
        }
        let stored = chunks
            .iter()
            .try_fold(0_u64, |sum, chunk| sum.checked_add(chunk.storage_size));
        stored
            .filter(|&stored| stored <= file_size)
            .ok_or_else(|| "has chunks that together are longer than the file".to_owned())
    }

    /// Whether a chunk may begin here.
    fn is_place(&self, place: &[u64]) -> bool {
        let sides = self.sides.iter().zip(&self.shape);
        let fits = |(&at, (&side, &end)): (&u64, (&u64, &u64))| at < end && at.is_multiple_of(side);
        place.len() == self.shape.len() && place.iter().zip(sides).all(fits)
    }
}

/// Number of chunks and elements of each; `None` where there is none or the numbers overflow.
fn measure(shape: &[u64], sides: &[u64]) -> Option<(u64, u64)> {
    if shape.len() != sides.len() || sides.contains(&0) {
        return None;
    }
    let mut both = shape.iter().zip(sides);
    both.try_fold((1_u64, 1_u64), |(count, elements), (&length, &side)| {
        Some((count.checked_mul(length.div_ceil(side))?, elements.checked_mul(side)?))
    })
}
