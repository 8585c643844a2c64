//! Tensors whose numbers lie in a file of their own beside the model.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use super::FORMAT;
use super::proto::Tensor;
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

/// The files beside a model that were opened, by name.
pub(super) struct ExternalFiles<'a> {
    model: &'a InputFile,
    opened: BTreeMap<String, InputFile>,
}

impl<'a> ExternalFiles<'a> {
    pub(super) const fn new(model: &'a InputFile) -> Self {
        Self {
            model,
            opened: BTreeMap::new(),
        }
    }

    /// The file and the range of a tensor's numbers, which take `bytes`.
    pub(super) fn locate(&mut self, tensor: &Tensor, bytes: u64) -> Result<(InputFile, Range<u64>), WeightsError> {
        let location = tensor.external_data.get("location");
        let location = location.ok_or_else(|| self.bad(tensor, "does not say in which file its numbers are"))?;
        let start = self.number(tensor, "offset")?.unwrap_or(0);
        let length = self.number(tensor, "length")?.unwrap_or(bytes);
        if length != bytes {
            let problem = format!("has {length} bytes in {location} where its shape needs {bytes}");
            return Err(self.bad(tensor, &problem));
        }
        let end = start
            .checked_add(length)
            .ok_or_else(|| self.bad(tensor, "lies beyond the end of any file"))?;
        let file = self.open(tensor, location)?;
        if end > file.size() {
            return Err(file.truncated(end));
        }
        Ok((file, start..end))
    }

    fn number(&self, tensor: &Tensor, key: &str) -> Result<Option<u64>, WeightsError> {
        let parse = |text: &String| {
            text.parse()
                .map_err(|_| self.bad(tensor, &format!("has the {key} \"{text}\"")))
        };
        tensor.external_data.get(key).map(parse).transpose()
    }

    fn open(&mut self, tensor: &Tensor, location: &str) -> Result<InputFile, WeightsError> {
        if let Some(opened) = self.opened.get(location) {
            return Ok(opened.clone());
        }
        let opened = self
            .model
            .beside(location)
            .map_err(|error| self.refused(tensor, location, &error))?;
        self.opened.insert(location.to_owned(), opened.clone());
        Ok(opened)
    }

    fn refused(&self, tensor: &Tensor, location: &str, error: &io::Error) -> WeightsError {
        match error.kind() {
            io::ErrorKind::NotFound => WeightsError::NotFound {
                file: location.to_owned(),
                status: format!("no such file beside {}, which has its numbers in it", self.model.name()),
            },
            _ => self.bad(tensor, &format!("has its numbers in the file \"{location}\", {error}")),
        }
    }

    fn bad(&self, tensor: &Tensor, problem: &str) -> WeightsError {
        self.model.malformed(FORMAT, format!("{} {problem}", tensor.name))
    }
}
