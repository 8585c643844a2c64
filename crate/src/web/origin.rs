//! Where a model's weights come from: a folder on a host, one file on a host read in parts, or a file that is here.

use std::cell::RefCell;

use futures_util::stream::{StreamExt, iter};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::blob::BlobBytes;
use super::folder::{self, AT_ONCE};
use super::js::text;
use super::loading::State;
use super::remote_file::RemoteFile;
use super::store::{Loader, Store};
use crate::vgg16::Layer;
use crate::weights::bytes::InputFile;
use crate::weights::{Checkpoint, Convolution, Format, Index, Metadata, Precision, Weights, WeightsError, shard};

/// Where weights come from.
pub(super) enum Origin {
    /// A URL that ends in "/".
    Folder(String),
    /// A file on a host whose layers come when asked for.
    RemoteFile(RemoteFile),
    /// A whole file that is here: from disk, or downloaded.
    File { checkpoint: Checkpoint, downloaded: bool },
}

/// What the page shows of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Described {
    kind: &'static str,
    address: String,
    format: String,
    preprocessing_guessed: bool,
    not_kept: bool,
}

impl Origin {
    /// Opens an absolute URL or a Blob; `name` is what messages call a Blob.
    pub(super) async fn open(
        source: &JsValue,
        name: &str,
        allow_full_download: bool,
        loader: &Loader<'_>,
    ) -> Result<(Self, Index), WeightsError> {
        if let Some(blob) = source.dyn_ref::<Blob>() {
            return Self::file(name, blob.clone(), false);
        }
        let url = source.as_string().unwrap_or_default();
        if url.ends_with('/') {
            let index = folder::index(&url, loader).await?;
            return Ok((Self::Folder(url), index));
        }
        match RemoteFile::open(&url, loader).await {
            Err(WeightsError::NeedsFullDownload { bytes, .. }) if allow_full_download => {
                loader.loading.expect(bytes.unwrap_or(0));
                let part = loader.loading.part(&url, "every layer");
                let blob = loader.store.blob(&url, &part).await?;
                Self::file(&url, blob, true)
            }
            opened => {
                let file = opened?;
                let index = index_of(file.checkpoint());
                Ok((Self::RemoteFile(file), index))
            }
        }
    }

    fn file(name: &str, blob: Blob, downloaded: bool) -> Result<(Self, Index), WeightsError> {
        let bytes = BlobBytes::new(blob).map_err(|error| WeightsError::Unreachable {
            file: name.to_owned(),
            cause: text(&error),
        })?;
        let checkpoint = Checkpoint::open(InputFile::new(name, bytes))?;
        let index = index_of(&checkpoint);
        Ok((Self::File { checkpoint, downloaded }, index))
    }

    /// Reads, checks and hands over the convolutions that `layer` needs and `weights` lacks, lowest first.
    pub(super) async fn load(
        &self,
        weights: &RefCell<Weights>,
        layer: &'static Layer,
        loader: &Loader<'_>,
        deliver: &mut dyn FnMut(String, Vec<u8>),
    ) -> Result<(), crate::Error> {
        let checkpoint = match self {
            Self::Folder(url) => return folder::load(url, weights, layer, loader, deliver).await,
            Self::RemoteFile(file) => file.checkpoint(),
            Self::File { checkpoint, .. } => checkpoint,
        };
        let missing = weights.borrow().missing_convolutions(layer)?;
        let bytes = missing.iter().map(|&ordinal| checkpoint.bytes(ordinal));
        loader.loading.expect(bytes.sum());
        let mut convolutions = iter(missing)
            .map(|ordinal| async move { (ordinal, self.convolution(checkpoint, ordinal, loader).await) })
            .buffered(AT_ONCE);
        while let Some((ordinal, convolution)) = convolutions.next().await {
            let convolution = convolution?;
            let bytes = shard(ordinal, &convolution, Precision::F32)?;
            let file = weights.borrow().index().files(ordinal).concat();
            weights.borrow_mut().put(&file, ordinal, convolution)?;
            deliver(file, bytes);
        }
        Ok(())
    }

    async fn convolution(
        &self,
        checkpoint: &Checkpoint,
        ordinal: usize,
        loader: &Loader<'_>,
    ) -> Result<Convolution, WeightsError> {
        loader.loading.check(checkpoint.input().name())?;
        if let Self::RemoteFile(file) = self {
            return file.convolution(ordinal, loader).await;
        }
        let convolution = checkpoint.convolution(ordinal)?;
        let layer = Layer::convolution(ordinal).map_or("", |layer| layer.name);
        let part = loader.loading.part(layer, layer);
        part.report(checkpoint.bytes(ordinal), State::Reading, "");
        // Reading is synchronous: other messages of the page get their turn between two layers.
        gloo_timers::future::sleep(std::time::Duration::ZERO).await;
        Ok(convolution)
    }

    /// What the page shows of it.
    pub(super) fn describe(&self, store: &Store) -> Described {
        let (kind, address, format) = match self {
            Self::Folder(url) => ("folder", url.as_str(), Format::Safetensors),
            Self::RemoteFile(file) => ("remote-file", file.address(), Format::Safetensors),
            Self::File { checkpoint, downloaded } => {
                let kind = if *downloaded { "remote-file" } else { "local-file" };
                (kind, checkpoint.input().name(), checkpoint.format())
            }
        };
        Described {
            kind,
            address: address.to_owned(),
            format: format.to_string(),
            preprocessing_guessed: !matches!(self, Self::Folder(_)),
            not_kept: store.refused(),
        }
    }
}

/// What a single file says of itself: little, so that the rest is its name and a guess.
fn index_of(checkpoint: &Checkpoint) -> Index {
    let name = checkpoint.input().name();
    let file = name.split(['?', '#']).next().unwrap_or(name);
    let short = file.trim_end_matches('/').rsplit('/').next().unwrap_or(file);
    let metadata = Metadata {
        name: short.to_owned(),
        description: format!("VGG16 as found in a {} file", checkpoint.format()),
        source: name.to_owned(),
        ..Metadata::new(checkpoint.likely_preprocessing())
    };
    let bytes = (0..checkpoint.convolutions()).map(|ordinal| checkpoint.bytes(ordinal));
    Index::of_file(metadata, bytes.collect())
}
