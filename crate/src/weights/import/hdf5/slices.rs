//! The file as hdf5-pure reads it: slice by slice, metered, with a small memory for the many short slices of its
//! directory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hdf5_pure::{FormatError, Source};

use super::allowance::{Allowance, Meter};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

/// The file; clones share what they read and what they may read.
#[derive(Clone)]
pub(super) struct Slices {
    input: InputFile,
    state: Arc<Mutex<State>>,
}

struct State {
    meter: Meter,
    blocks: Blocks,
    /// Why reading failed, which the library's own error would only quote.
    failure: Option<WeightsError>,
}

impl Slices {
    pub(super) fn new(input: InputFile) -> Self {
        let state = State {
            meter: Meter::new(Allowance::OBJECT),
            blocks: Blocks::default(),
            failure: None,
        };
        Self {
            input,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Says what the next operation may read.
    pub(super) fn allow(&self, allowance: Allowance) {
        let mut state = self.state();
        state.meter = Meter::new(allowance);
        state.failure = None;
    }

    /// Why reading failed, where it did since the last [`Slices::allow`].
    pub(super) fn failure(&self) -> Option<WeightsError> {
        self.state().failure.take()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Poisoned by a panic in the library's parsers, which hold no part of this state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn failed(&mut self, error: WeightsError) -> FormatError {
        let quoted = FormatError::Source(error.to_string());
        self.failure = Some(error);
        quoted
    }
}

impl Source for Slices {
    fn len(&self) -> u64 {
        self.input.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), FormatError> {
        let bytes = self.read_metadata_at(offset, buffer.len())?;
        buffer.copy_from_slice(&bytes);
        Ok(())
    }

    /// Values: read as they are asked for, and only these bytes.
    fn read_exact_at(&self, offset: u64, length: usize) -> Result<Vec<u8>, FormatError> {
        let end = check_bounds(offset, length, self.len())?;
        let mut state = self.state();
        state.meter.take(length as u64)?;
        self.input.read(offset..end).map_err(|error| state.failed(error))
    }

    /// The directory: read block by block.
    fn read_metadata_at(&self, offset: u64, length: usize) -> Result<Vec<u8>, FormatError> {
        let end = check_bounds(offset, length, self.len())?;
        let mut state = self.state();
        state.meter.take(length as u64)?;
        let bytes = state.blocks.read(&self.input, offset, end);
        let bytes = bytes.map_err(|error| state.failed(error))?;
        state.meter.inspect(&bytes)?;
        Ok(bytes)
    }
}

/// The end of a slice that lies inside the file.
fn check_bounds(offset: u64, length: usize, size: u64) -> Result<u64, FormatError> {
    let end = offset.checked_add(length as u64).filter(|&end| end <= size);
    end.ok_or_else(|| FormatError::UnexpectedEof {
        expected: usize::try_from(offset).unwrap_or(usize::MAX).saturating_add(length),
        available: usize::try_from(size).unwrap_or(usize::MAX),
    })
}

/// Bytes of a block, and how many are kept.
const BLOCK: u64 = 16 << 10;
const KEPT: usize = 32;

/// The blocks of the file that were read last.
#[derive(Default)]
struct Blocks {
    /// Number and bytes, the newest first.
    recent: VecDeque<(u64, Vec<u8>)>,
}

impl Blocks {
    fn read(&mut self, input: &InputFile, offset: u64, end: u64) -> Result<Vec<u8>, WeightsError> {
        let mut bytes = Vec::new();
        let mut position = offset;
        while position < end {
            let block = position / BLOCK;
            let start = block * BLOCK;
            let stop = end.min(start + BLOCK);
            let slice = self
                .block(input, block)?
                .get((position - start) as usize..(stop - start) as usize);
            bytes.extend_from_slice(slice.ok_or_else(|| input.truncated(end))?);
            position = stop;
        }
        Ok(bytes)
    }

    fn block(&mut self, input: &InputFile, block: u64) -> Result<&[u8], WeightsError> {
        let kept = self.recent.iter().position(|&(number, _)| number == block);
        let newest = match kept.and_then(|position| self.recent.remove(position)) {
            Some(kept) => kept,
            None => {
                let start = block * BLOCK;
                (block, input.read(start..input.size().min(start + BLOCK))?)
            }
        };
        self.recent.truncate(KEPT - 1);
        self.recent.push_front(newest);
        Ok(self.recent.front().map_or(&[], |(_, bytes)| bytes))
    }
}
