//! Where a model's weights come from: a folder on a host, one file on a host read in parts, or a file that is here.

use std::cell::RefCell;

use futures_util::stream::{StreamExt, iter};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::folder::{self, AT_ONCE};
use super::loading::{Importer, State};
use super::remote_file::RemoteFile;
use super::store::{Loader, Store};
use crate::vgg16::Layer;
use crate::web::blob::BlobBytes;
use crate::web::js::{imported, text};
use crate::weights::bytes::InputFile;
use crate::weights::{Checkpoint, Convolution, Format, Index, Precision, Weights, WeightsError, decode, shard};

/// Where weights come from.
pub(in crate::web) enum Origin {
    /// A URL that ends in "/".
    Folder(String),
    /// A file on a host whose layers come when asked for.
    RemoteFile(RemoteFile),
    /// A whole safetensors file that is here: from disk, or downloaded.
    File { checkpoint: Checkpoint, downloaded: bool },
    /// A whole file of another format, read by the importer.
    Imported {
        importer: Importer,
        name: String,
        downloaded: bool,
    },
}

/// What the page shows of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::web) struct Described {
    kind: &'static str,
    address: String,
    format: String,
    preprocessing_guessed: bool,
    not_kept: bool,
}

impl Origin {
    /// Opens an absolute URL or a Blob; `name` is what messages call a Blob.
    pub(in crate::web) async fn open(
        source: &JsValue,
        name: &str,
        allow_full_download: bool,
        loader: &Loader<'_>,
    ) -> Result<(Self, Index), WeightsError> {
        if let Some(blob) = source.dyn_ref::<Blob>() {
            return Self::file(name, blob.clone(), false, loader).await;
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
                Self::file(&url, blob, true, loader).await
            }
            opened => {
                let file = opened?;
                let index = file.checkpoint().index();
                Ok((Self::RemoteFile(file), index))
            }
        }
    }

    async fn file(
        name: &str,
        blob: Blob,
        downloaded: bool,
        loader: &Loader<'_>,
    ) -> Result<(Self, Index), WeightsError> {
        let bytes = BlobBytes::new(blob.clone()).map_err(|error| WeightsError::Unreachable {
            file: name.to_owned(),
            cause: text(&error),
        })?;
        let input = InputFile::new(name, bytes);
        if Format::of(&input)? == Format::Safetensors {
            let checkpoint = Checkpoint::open(input)?;
            let index = checkpoint.index();
            return Ok((Self::File { checkpoint, downloaded }, index));
        }
        let importer = loader.loading.import_file(&blob, name).await.map_err(imported)?;
        let index = Index::parse(name, importer.index_text().map_err(imported)?.as_bytes())?;
        let bytes = importer.layer_bytes().into_iter().map(|bytes| bytes as u64).collect();
        let index = Index::of_file(index.metadata().clone(), bytes);
        let name = name.to_owned();
        Ok((
            Self::Imported {
                importer,
                name,
                downloaded,
            },
            index,
        ))
    }

    /// Reads, checks and hands over the convolutions that `layer` needs and `weights` lacks, lowest first.
    pub(in crate::web) async fn load(
        &self,
        weights: &RefCell<Weights>,
        layer: &'static Layer,
        loader: &Loader<'_>,
        deliver: &mut dyn FnMut(String, Vec<u8>),
    ) -> Result<(), crate::Error> {
        if let Self::Folder(url) = self {
            return folder::load(url, weights, layer, loader, deliver).await;
        }
        let missing = weights.borrow().missing_convolutions(layer)?;
        let index = weights.borrow().index().clone();
        loader
            .loading
            .expect(missing.iter().map(|&ordinal| index.bytes(ordinal)).sum());
        let index = &index;
        let mut convolutions = iter(missing)
            .map(|ordinal| async move { (ordinal, self.convolution(ordinal, index, loader).await) })
            .buffered(AT_ONCE);
        while let Some((ordinal, convolution)) = convolutions.next().await {
            let convolution = convolution?;
            let bytes = shard(ordinal, &convolution, Precision::F32)?;
            let file = index.files(ordinal).concat();
            weights.borrow_mut().put(&file, ordinal, convolution)?;
            deliver(file, bytes);
        }
        Ok(())
    }

    async fn convolution(
        &self,
        ordinal: usize,
        index: &Index,
        loader: &Loader<'_>,
    ) -> Result<Convolution, WeightsError> {
        let name = &index.metadata().source;
        loader.loading.check(name)?;
        let convolution = match self {
            Self::RemoteFile(file) => return file.convolution(ordinal, loader).await,
            Self::File { checkpoint, .. } => checkpoint.convolution(ordinal)?,
            Self::Imported { importer, .. } => {
                let bytes = importer.shard(ordinal).map_err(imported)?.to_vec();
                only(decode(name, bytes, &[ordinal])?, name)?
            }
            Self::Folder(_) => return Err(not_a_file(name)),
        };
        let layer = Layer::convolution(ordinal).map_or("", |layer| layer.name);
        let part = loader.loading.part(layer, layer);
        part.report(index.bytes(ordinal), State::Reading, "");
        // Reading is synchronous: other messages of the page get their turn between two layers.
        gloo_timers::future::sleep(std::time::Duration::ZERO).await;
        Ok(convolution)
    }

    /// What the page shows of it.
    pub(in crate::web) fn describe(&self, store: &Store) -> Described {
        let (kind, address, format) = match self {
            Self::Folder(url) => ("folder", url.as_str(), Format::Safetensors.to_string()),
            Self::RemoteFile(file) => ("remote-file", file.address(), Format::Safetensors.to_string()),
            Self::File { checkpoint, downloaded } => (
                kind(*downloaded),
                checkpoint.input().name(),
                checkpoint.format().to_string(),
            ),
            Self::Imported {
                importer,
                name,
                downloaded,
            } => (kind(*downloaded), name.as_str(), importer.format()),
        };
        Described {
            kind,
            address: address.to_owned(),
            format,
            preprocessing_guessed: !matches!(self, Self::Folder(_)),
            not_kept: store.refused(),
        }
    }
}

const fn kind(downloaded: bool) -> &'static str {
    if downloaded { "remote-file" } else { "local-file" }
}

/// The one convolution that was asked for.
fn only(decoded: Vec<(usize, Convolution)>, name: &str) -> Result<Convolution, WeightsError> {
    let first = decoded.into_iter().next();
    first
        .map(|(_, convolution)| convolution)
        .ok_or_else(|| not_a_file(name))
}

fn not_a_file(name: &str) -> WeightsError {
    WeightsError::UnknownFormat {
        file: name.to_owned(),
        problem: "it holds no layer of its own".to_owned(),
    }
}
