//! Getting weights natively: from a folder on disk or from a static host.

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use super::{INDEX_FILE, Index, Weights, WeightsError};
use crate::error::Result;
use crate::vgg16::Layer;

/// The largest file read without a length promised by the index: more than any VGG16 layer, or any index, needs.
const LARGEST_FILE: u64 = 64 << 20;

/// A model's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// On disk.
    Folder(PathBuf),
    /// On a static host: a URL that ends in "/".
    Url(String),
}

impl Source {
    /// A URL where `text` begins with `http://` or `https://`, a folder otherwise. The index itself may be named too.
    pub fn new(text: &str) -> Self {
        let folder = text.strip_suffix(INDEX_FILE).unwrap_or(text);
        if text.starts_with("http://") || text.starts_with("https://") {
            Self::Url(format!("{}/", folder.trim_end_matches('/')))
        } else if folder.is_empty() {
            Self::Folder(PathBuf::from("."))
        } else {
            Self::Folder(PathBuf::from(folder))
        }
    }

    /// Reads and checks the index.
    ///
    /// # Errors
    /// A [`WeightsError`] naming the file.
    pub fn open(&self) -> Result<Weights> {
        let bytes = self.read(INDEX_FILE)?;
        Ok(Weights::new(Index::parse(&self.address(INDEX_FILE), &bytes)?))
    }

    /// Reads and checks what `layer` needs and `weights` lacks; `report` is told each file's name before it is read.
    ///
    /// # Errors
    /// [`crate::Error::LayerNotInModel`], or a [`WeightsError`] naming the file and the tensor.
    pub fn load(&self, weights: &mut Weights, layer: &'static Layer, report: &mut dyn FnMut(&str)) -> Result<()> {
        for file in weights.missing(layer)? {
            report(&file);
            let bytes = self.read(&file)?;
            weights.insert(&file, bytes)?;
        }
        Ok(())
    }

    fn address(&self, file: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(file).display().to_string(),
            Self::Url(url) => format!("{url}{file}"),
        }
    }

    fn read(&self, file: &str) -> std::result::Result<Vec<u8>, WeightsError> {
        let address = self.address(file);
        match self {
            Self::Folder(folder) => fs::read(folder.join(file)).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => WeightsError::NotFound {
                    file: address,
                    status: "no such file".to_owned(),
                },
                _ => WeightsError::Unreachable {
                    file: address,
                    cause: error.to_string(),
                },
            }),
            Self::Url(_) => read_url(&address),
        }
    }
}

fn read_url(url: &str) -> std::result::Result<Vec<u8>, WeightsError> {
    let response = ureq::get(url).call().map_err(|error| match error {
        ureq::Error::StatusCode(status) => WeightsError::NotFound {
            file: url.to_owned(),
            status: status.to_string(),
        },
        other => WeightsError::Unreachable {
            file: url.to_owned(),
            cause: other.to_string(),
        },
    })?;
    let mut bytes = Vec::new();
    let mut body = response.into_body().into_reader().take(LARGEST_FILE);
    body.read_to_end(&mut bytes)
        .map_err(|error| WeightsError::Unreachable {
            file: url.to_owned(),
            cause: error.to_string(),
        })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_urls_are_told_apart() {
        assert_eq!(Source::new("weights/demo"), Source::Folder("weights/demo".into()));
        assert_eq!(Source::new(INDEX_FILE), Source::Folder(".".into()));
        let url = Source::Url("https://example.org/demo/".to_owned());
        assert_eq!(Source::new("https://example.org/demo"), url);
        assert_eq!(
            Source::new("https://example.org/demo/model.safetensors.index.json"),
            url
        );
    }

    #[test]
    fn a_missing_folder_is_named() {
        let message = Source::new("/nowhere/at/all").open().expect_err("missing").to_string();
        assert!(
            message.contains("/nowhere/at/all") && message.contains("no such file"),
            "{message}"
        );
    }
}
