//! `torch.save` since 1.6: a zip with the pickle, and each storage as an entry of its own.
//!
//! ```text
//! <any name>/data.pkl     the pickle
//! <any name>/byteorder    "little" or "big"; absent before torch 2.1
//! <any name>/data/<key>   the numbers of a storage
//! <any name>/code/…       only in TorchScript, which is a program and no state dict
//! ```

use std::ops::Range;

use super::pickle::{self, Pickle, Refusal};
use super::storages::Storages;
use super::zip::Directory;
use super::{Contents, FORMAT};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

/// A zip of torch's.
struct Archive<'a> {
    input: &'a InputFile,
    directory: Directory,
    /// The name that all entries begin with, with its slash.
    folder: String,
}

pub(super) fn open(input: &InputFile) -> Result<Contents, WeightsError> {
    let archive = Archive::read(input)?;
    archive.check_byte_order()?;
    let bytes = archive.pickle()?;
    let pickle = Pickle::parse(&bytes).map_err(|refusal| archive.refused(refusal))?;
    Contents::find(input, &pickle, &archive)
}

impl<'a> Archive<'a> {
    fn read(input: &'a InputFile) -> Result<Self, WeightsError> {
        let directory = Directory::read(input)?;
        Ok(Self {
            folder: folder(input, &directory)?,
            input,
            directory,
        })
    }

    fn entry(&self, name: &str) -> Result<Option<Range<u64>>, WeightsError> {
        self.directory.contents(self.input, &format!("{}{name}", self.folder))
    }

    /// Refuses numbers that were written on a big-endian machine.
    fn check_byte_order(&self) -> Result<(), WeightsError> {
        let Some(range) = self.entry("byteorder")? else {
            return Ok(());
        };
        let order = self.input.read(range.start..range.end.min(range.start + 16))?;
        match order.trim_ascii() {
            b"little" => Ok(()),
            b"big" => Err(self.input.malformed(FORMAT, super::BIG_ENDIAN)),
            _ => Err(self.input.malformed(FORMAT, "its byteorder is neither little nor big")),
        }
    }

    fn pickle(&self) -> Result<Vec<u8>, WeightsError> {
        let range = self.entry("data.pkl")?.unwrap_or_default();
        if range.end - range.start > pickle::LONGEST {
            return Err(super::long_pickle(self.input));
        }
        self.input.read(range)
    }

    /// The error of a pickle that is refused. A TorchScript's asks for its own classes, which is no attack.
    fn refused(&self, refusal: Refusal) -> WeightsError {
        let code = format!("{}code/", self.folder);
        match &refusal {
            Refusal::Unsafe(global)
                if global.starts_with("__torch__.") && self.directory.names().any(|name| name.starts_with(&code)) =>
            {
                self.input.malformed(
                    FORMAT,
                    "it is a TorchScript program, not a state dict: save model.state_dict() with torch.save",
                )
            }
            _ => refusal.in_file(self.input),
        }
    }
}

/// The one folder with a pickle.
fn folder(input: &InputFile, directory: &Directory) -> Result<String, WeightsError> {
    let mut folders = directory
        .names()
        .filter_map(|name| name.strip_suffix("data.pkl"))
        .filter(|folder| folder.ends_with('/'));
    match (folders.next(), folders.next()) {
        (Some(folder), None) => Ok(folder.to_owned()),
        (None, _) => Err(input.malformed(FORMAT, "it holds no data.pkl, so it is not a PyTorch checkpoint")),
        (Some(_), Some(_)) => {
            Err(input.malformed(FORMAT, "it holds more than one data.pkl, so it is not one checkpoint"))
        }
    }
}

impl Storages for Archive<'_> {
    fn find(&self, key: &str) -> Result<Option<Range<u64>>, WeightsError> {
        self.entry(&self.label(key))
    }

    fn label(&self, key: &str) -> String {
        format!("data/{key}")
    }
}
