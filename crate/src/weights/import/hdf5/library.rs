//! hdf5-pure at arm's length: every call is metered, and whatever goes wrong in one becomes an error that names the
//! file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use hdf5_pure::{ChunkCacheConfig, Error, File, FileAccessProperties, FormatError, Group, Superblock};

use super::allowance::Allowance;
use super::slices::Slices;
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

/// Width of addresses and lengths in every file of h5py and Keras, in bytes.
const WIDTH: u8 = 8;

/// An opened file.
pub(super) struct Library {
    input: InputFile,
    slices: Slices,
    root: Group,
    /// Held during a call, because an allowance is for one call.
    turn: Mutex<()>,
}

impl Library {
    /// Opens a file and refuses one that is shorter than it says.
    pub(super) fn open(input: &InputFile) -> Result<Self, WeightsError> {
        let slices = Slices::new(input.clone());
        let source = slices.clone();
        // Every dataset is read once, whole: a cache of chunks would only take memory.
        let properties = FileAccessProperties::new().with_chunk_cache(ChunkCacheConfig::disabled());
        let file = guarded(input, &slices, "its superblock", || {
            File::from_source_with_options(source, properties)
        });
        let file = file.map_err(|error| short(input).unwrap_or(error))?;
        check_superblock(input, file.superblock())?;
        Ok(Self {
            input: input.clone(),
            slices,
            root: file.root(),
            turn: Mutex::new(()),
        })
    }

    pub(super) const fn input(&self) -> &InputFile {
        &self.input
    }

    pub(super) const fn root(&self) -> &Group {
        &self.root
    }

    /// Calls the library; `subject` is what is being read, for the error.
    pub(super) fn call<T>(
        &self,
        subject: &str,
        allowance: Allowance,
        call: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, WeightsError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.slices.allow(allowance);
        guarded(&self.input, &self.slices, subject, call)
    }

    /// Says what calls may read together, for [`Library::call_within`].
    pub(super) fn allow(&self, allowance: Allowance) {
        self.slices.allow(allowance);
    }

    /// Calls the library with what is left of the allowance.
    pub(super) fn call_within<T>(
        &self,
        subject: &str,
        call: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, WeightsError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        guarded(&self.input, &self.slices, subject, call)
    }

    /// The error of a file that breaks HDF5's rules or Keras's.
    pub(super) fn malformed(&self, problem: impl Into<String>) -> WeightsError {
        self.input.malformed("HDF5", problem)
    }
}

fn guarded<T>(
    input: &InputFile,
    slices: &Slices,
    subject: &str,
    call: impl FnOnce() -> Result<T, Error>,
) -> Result<T, WeightsError> {
    // The library means never to panic. Should it all the same, a file must not take the program down with it; where a
    // panic aborts, in a browser, the page starts its worker anew.
    let problem = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => match slices.failure() {
            Some(failure) => return Err(failure),
            None => reason(&error),
        },
        Err(_) => "it is so damaged that it trips the reader".to_owned(),
    };
    Err(input.malformed("HDF5", format!("{subject} cannot be read: {problem}")))
}

/// The library's words, where they are not advice to a programmer.
fn reason(error: &Error) -> String {
    match error {
        Error::FileMarkedInUse(_) => {
            "the file is marked as being written; close the program that writes it, or run h5clear -s on it".to_owned()
        }
        Error::Format(FormatError::Source(reason)) => reason.clone(),
        other => other.to_string(),
    }
}

/// Bytes of the shortest superblock, of version 2 with addresses of 8 bytes, and of the version 0 that Keras writes.
const SHORTEST_SUPERBLOCK: u64 = 48;
const SUPERBLOCK: u64 = 96;

/// A file that ends before its superblock does.
fn short(input: &InputFile) -> Option<WeightsError> {
    (input.size() < SHORTEST_SUPERBLOCK).then(|| input.truncated(SUPERBLOCK))
}

fn check_superblock(input: &InputFile, superblock: &Superblock) -> Result<(), WeightsError> {
    if superblock.eof_address > input.size() {
        return Err(input.truncated(superblock.eof_address));
    }
    if (superblock.offset_size, superblock.length_size) != (WIDTH, WIDTH) {
        return Err(input.malformed("HDF5", "its addresses are not of 64 bits, as those of every Keras file"));
    }
    Ok(())
}
