//! Getting weights natively: from a folder or a file on disk, or from a folder on a static host.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::address::{self, FILE_ENDINGS, Folder, Kind};
use super::bytes::InputFile;
use super::http;
use super::import::refuse_other_contents;
use super::known::{self, Origin};
use super::{Checkpoint, Format, INDEX_FILE, Index, Weights, WeightsError};
use crate::error::Result;
use crate::vgg16::Layer;

/// The largest file read without a length promised by the index: more than any VGG16 layer, or any index, needs.
const LARGEST_FILE: u64 = 64 << 20;

/// Where a model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A folder on disk.
    Folder(PathBuf),
    /// One file on disk, of any format.
    File(PathBuf),
    /// A folder of the site within this program.
    #[cfg(feature = "site")]
    Site(String),
    /// A folder on a static host.
    Url(Folder),
    /// One file on a host.
    FileUrl(String),
    /// A URL that says neither that a folder is there nor that a file is: the host is asked.
    Unsaid(String),
}

/// A model whose index was read, or made of a file.
#[derive(Debug)]
pub struct Described {
    /// No layers yet.
    pub weights: Weights,
    /// How it is known what the model is.
    pub origin: Origin,
    /// What had to be assumed of a file, in sentences; see [`Checkpoint::assumed`].
    pub assumed: Vec<String>,
}

impl Source {
    /// Tells URLs from paths, and files from folders by their names. A folder's index may stand for the folder.
    pub fn new(text: &str) -> Self {
        if !http::is_url(text) {
            return Self::on_disk(text);
        }
        match address::kind(text) {
            Kind::Folder => Self::Url(Folder::of(text)),
            Kind::File => Self::FileUrl(text.to_owned()),
            Kind::Unsaid => Self::Unsaid(text.to_owned()),
        }
    }

    fn on_disk(text: &str) -> Self {
        let folder = text.strip_suffix(INDEX_FILE);
        let is_file = folder.is_none() && is_file_name(text);
        let folder = folder.unwrap_or(text);
        match is_file {
            _ if folder.is_empty() => Self::Folder(PathBuf::from(".")),
            true if !Path::new(text).is_dir() => Self::File(PathBuf::from(text)),
            false if Path::new(folder).is_file() => Self::File(PathBuf::from(text)),
            _ => Self::Folder(PathBuf::from(folder)),
        }
    }

    /// Reads and checks the index; of a file, its directory.
    ///
    /// # Errors
    /// A [`WeightsError`] naming the file.
    pub fn open(&self) -> Result<Weights> {
        self.open_described().map(|described| described.weights)
    }

    /// As [`Source::open`], and says how it is known what the model is, and what was assumed.
    ///
    /// # Errors
    /// A [`WeightsError`] naming the file.
    pub fn open_described(&self) -> Result<Described> {
        if let Self::File(path) = self {
            let checkpoint = Checkpoint::open_path(path)?;
            let description = known::describe(&checkpoint)?;
            let bytes = (0..checkpoint.convolutions()).map(|ordinal| checkpoint.bytes(ordinal));
            let index = Index::of_file(description.metadata, bytes.collect());
            return Ok(Described {
                weights: Weights::new(index),
                origin: description.origin,
                assumed: checkpoint.assumed().to_vec(),
            });
        }
        Ok(Described {
            weights: Weights::new(self.index()?),
            origin: Origin::Stated,
            assumed: Vec::new(),
        })
    }

    fn index(&self) -> std::result::Result<Index, WeightsError> {
        self.index_and_text().map(|(index, _)| index)
    }

    /// The index, and the bytes of its file.
    pub(super) fn index_and_text(&self) -> std::result::Result<(Index, Vec<u8>), WeightsError> {
        let read = || {
            let text = self.read(INDEX_FILE, None)?;
            Index::parse(&self.address(INDEX_FILE), &text).map(|index| (index, text))
        };
        match (self, read()) {
            (Self::Unsaid(url), Err(as_folder)) if !as_folder.is_about_the_way() => Err(not_a_folder(url, as_folder)),
            (_, outcome) => outcome,
        }
    }

    /// Reads and checks what `layer` needs and `weights` lacks; `report` is told what is read next.
    ///
    /// # Errors
    /// [`crate::Error::LayerNotInModel`], or a [`WeightsError`] naming the file and the tensor.
    pub fn load(&self, weights: &mut Weights, layer: &'static Layer, report: &mut dyn FnMut(&str)) -> Result<()> {
        if let Self::File(path) = self {
            return load_file(path, weights, layer, report);
        }
        for file in weights.missing(layer)? {
            report(&file);
            let bytes = self.read_listed(weights.index(), &file)?;
            weights.insert(&file, bytes)?;
        }
        Ok(())
    }

    /// The bytes of a file that the index lists.
    pub(super) fn read_listed(&self, index: &Index, file: &str) -> std::result::Result<Vec<u8>, WeightsError> {
        self.read(file, index.facts(file).map(|facts| facts.bytes))
    }

    pub(super) fn address(&self, file: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(file).display().to_string(),
            #[cfg(feature = "site")]
            Self::Site(folder) => format!("{folder}/{file}"),
            Self::Url(folder) => folder.file(file),
            Self::Unsaid(url) => Folder::of(url).file(file),
            Self::File(path) => path.display().to_string(),
            Self::FileUrl(url) => url.clone(),
        }
    }

    /// Reads a file of the folder; `promised` is its length where the index gives it.
    fn read(&self, file: &str, promised: Option<u64>) -> std::result::Result<Vec<u8>, WeightsError> {
        match self {
            Self::Folder(folder) => {
                let input = InputFile::open(&folder.join(file))?;
                input.read(0..input.size())
            }
            #[cfg(feature = "site")]
            Self::Site(_) => read_site(&self.address(file)),
            Self::Url(_) | Self::Unsaid(_) => read_url(&self.address(file), promised.unwrap_or(LARGEST_FILE)),
            Self::File(path) => Err(WeightsError::NotAnIndex {
                file: path.display().to_string(),
                problem: "it is a single file, not a folder".to_owned(),
            }),
            Self::FileUrl(url) => Err(WeightsError::FileOnHost { file: url.clone() }),
        }
    }
}

#[cfg(feature = "site")]
fn read_site(file: &str) -> std::result::Result<Vec<u8>, WeightsError> {
    let found = crate::site::Site::get(file);
    let found = found.ok_or_else(|| WeightsError::NotFound {
        file: file.to_owned(),
        status: "no such file in the site within this program".to_owned(),
    })?;
    Ok(found.data.into_owned())
}

fn is_file_name(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.ends_with(".index.json") || FILE_ENDINGS.iter().any(|ending| text.ends_with(ending))
}

/// What is at an address that has no index: a weight file, which is told to be one, or nothing.
fn not_a_folder(url: &str, as_folder: WeightsError) -> WeightsError {
    match format_at(url) {
        Ok(Some(_)) => WeightsError::FileOnHost { file: url.to_owned() },
        Ok(None) => as_folder,
        Err(as_file) => address::neither(url, as_file, as_folder),
    }
}

/// The format of the file at an address, by its first bytes.
fn format_at(url: &str) -> std::result::Result<Option<Format>, WeightsError> {
    const ENOUGH: u64 = 512;
    let response = http::get(url, 0)?;
    if !response.status().is_success() {
        return Err(http::refused(url, &response));
    }
    let length = response.body().content_length();
    let mut head = Vec::new();
    let mut body = response.into_body().into_reader().take(ENOUGH);
    body.read_to_end(&mut head)
        .map_err(|error| http::unreachable(url, &error))?;
    refuse_other_contents(url, &head)?;
    Ok(Format::told_by(&head, length))
}

fn load_file(path: &Path, weights: &mut Weights, layer: &'static Layer, report: &mut dyn FnMut(&str)) -> Result<()> {
    let missing = weights.missing_convolutions(layer)?;
    let checkpoint = Checkpoint::open_path(path)?;
    for ordinal in missing {
        report(Layer::convolution(ordinal).map_or("", |layer| layer.name));
        weights.put(checkpoint.input().name(), ordinal, checkpoint.convolution(ordinal)?)?;
    }
    Ok(())
}

fn read_url(url: &str, longest: u64) -> std::result::Result<Vec<u8>, WeightsError> {
    let response = http::get(url, 0)?;
    if !response.status().is_success() {
        return Err(http::refused(url, &response));
    }
    let mut bytes = Vec::new();
    // One byte more shows a file that is longer than it should be.
    let mut body = response.into_body().into_reader().take(longest.saturating_add(1));
    body.read_to_end(&mut bytes)
        .map_err(|error| http::unreachable(url, &error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_files_and_urls_are_told_apart() {
        assert_eq!(Source::new("weights/demo"), Source::Folder("weights/demo".into()));
        assert_eq!(Source::new(INDEX_FILE), Source::Folder(".".into()));
        let url = Source::Url(Folder::of("https://example.org/demo/"));
        for text in [
            "https://example.org/demo///",
            "https://example.org/demo/model.safetensors.index.json",
        ] {
            assert_eq!(Source::new(text), url);
        }
        for text in ["https://example.org/demo", "https://example.org/download/4711?token=a"] {
            assert_eq!(Source::new(text), Source::Unsaid(text.to_owned()));
        }
        for file in [
            "a/vgg16.H5",
            "vgg16.pth",
            "a.safetensors",
            "b.onnx",
            "other.safetensors.index.json",
        ] {
            assert_eq!(Source::new(file), Source::File(file.into()));
        }
        let file = "https://example.org/vgg16.pth?download=true";
        assert_eq!(Source::new(file), Source::FileUrl(file.to_owned()));
    }

    #[test]
    fn what_is_on_disk_counts_more_than_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let (named, plain) = (folder.path().join("vgg16.pth"), folder.path().join("weights"));
        std::fs::create_dir(&named).expect("made");
        std::fs::write(&plain, "a").expect("written");
        assert_eq!(Source::new(&named.display().to_string()), Source::Folder(named));
        assert_eq!(Source::new(&plain.display().to_string()), Source::File(plain));
    }

    #[test]
    fn what_is_missing_is_named() {
        for path in ["/nowhere/at/all", "/nowhere/at/all.h5"] {
            let message = Source::new(path).open().expect_err("missing").to_string();
            assert!(message.contains(path) && message.contains("no such file"), "{message}");
        }
    }

    #[test]
    fn a_single_file_on_a_host_is_to_be_downloaded_or_converted() {
        let source = Source::new("https://example.org/vgg16.safetensors");
        let message = source.open().expect_err("a file").to_string();
        assert!(
            message.contains("download it") && message.contains("weights convert"),
            "{message}"
        );
    }
}
