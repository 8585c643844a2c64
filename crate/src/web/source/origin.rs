//! Where a model's weights come from: a folder on a host, one file on a host read in parts, or a file that is here.

use std::cell::{Cell, RefCell};

use futures_util::stream::{StreamExt, iter};
use js_sys::{Array, Uint8Array};
use serde::Serialize;
use web_sys::Blob;

use super::folder::{AT_ONCE, RemoteFolder, ask_first};
use super::host;
use super::loading::{Importer, State};
use super::remote_file::RemoteFile;
use super::request::Limit;
use super::store::{Loader, Store};
use crate::vgg16::Layer;
use crate::web::js::{imported, taken};
use crate::weights::address::{self, Folder, Kind};
use crate::weights::asking::ASK_FROM;
use crate::weights::{INDEX_FILE, Index, Weights, WeightsError};

/// Where weights come from.
pub(in crate::web) enum Origin {
    /// A folder on a host, with an index.
    Folder(RemoteFolder),
    /// A file on a host whose layers come when asked for; `any_size` as for a folder.
    RemoteFile { file: RemoteFile, any_size: bool },
    /// A whole file that is here: from disk, or downloaded.
    File {
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
    /// What had to be assumed to find VGG16 in a file, as sentences.
    assumed: String,
    not_kept: bool,
}

impl Origin {
    /// Opens a file that is here; `name` is what messages call it.
    pub(in crate::web) async fn of_blob(
        blob: &Blob,
        name: &str,
        loader: &Loader<'_>,
    ) -> Result<(Self, Index), WeightsError> {
        let importers = loader.loading.importers().await?;
        let importer = importers
            .open(blob, name, loader.loading.expected())
            .map_err(imported)?;
        Self::file(importer, name, false)
    }

    /// Opens an absolute URL.
    pub(in crate::web) async fn open(
        url: &str,
        allow_full_download: bool,
        loader: &Loader<'_>,
    ) -> Result<(Self, Index), WeightsError> {
        match address::kind(url) {
            Kind::Folder => Self::folder(Folder::of(url), allow_full_download, loader).await,
            Kind::File => Self::remote_file(url, allow_full_download, loader).await,
            Kind::Unsaid => Self::asked(url, allow_full_download, loader).await,
        }
    }

    async fn folder(folder: Folder, agreed: bool, loader: &Loader<'_>) -> Result<(Self, Index), WeightsError> {
        let (folder, index) = RemoteFolder::open(folder, agreed, loader).await?;
        Ok((Self::Folder(folder), index))
    }

    /// Asks the host for a file, and for a folder's index where there is none. What was a folder on an earlier visit is
    /// taken for one at once.
    async fn asked(url: &str, agreed: bool, loader: &Loader<'_>) -> Result<(Self, Index), WeightsError> {
        let folder = Folder::of(url);
        if loader.store.keeps(&folder.file(INDEX_FILE)).await
            && let Ok(opened) = Self::folder(folder.clone(), agreed, loader).await
        {
            return Ok(opened);
        }
        let as_file = match Self::remote_file(url, agreed, loader).await {
            Err(error) if error.says_nothing_is_there() => error,
            opened => return opened,
        };
        let opened = Self::folder(folder, agreed, loader).await;
        opened.map_err(|as_folder| address::neither(url, as_file, as_folder))
    }

    async fn remote_file(url: &str, agreed: bool, loader: &Loader<'_>) -> Result<(Self, Index), WeightsError> {
        match RemoteFile::open(url, loader).await {
            Err(WeightsError::NeedsFullDownload { bytes, reason, .. })
                if agreed || bytes.is_none_or(|bytes| bytes < ASK_FROM) =>
            {
                loader.loading.expect(bytes.unwrap_or(0));
                let limit = (!agreed).then_some(Limit {
                    bytes: ASK_FROM,
                    reason: &reason,
                });
                Self::file(downloaded(url, limit, loader).await?, url, true)
            }
            opened => {
                let file = opened?;
                let index = index_of(file.importer(), url)?;
                let any_size = agreed || !host::is_foreign(url);
                Ok((Self::RemoteFile { file, any_size }, index))
            }
        }
    }

    fn file(importer: Importer, name: &str, downloaded: bool) -> Result<(Self, Index), WeightsError> {
        let index = index_of(&importer, name)?;
        let name = name.to_owned();
        Ok((
            Self::File {
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
        deliver: &mut dyn FnMut(String, Uint8Array),
    ) -> Result<(), crate::Error> {
        if let Self::Folder(folder) = self {
            return folder.load(weights, layer, loader, deliver).await;
        }
        let missing = weights.borrow().missing_convolutions(layer)?;
        let index = &weights.borrow().index().clone();
        let total = missing.iter().map(|&ordinal| index.bytes(ordinal)).sum();
        if let Self::RemoteFile { file, any_size: false } = self {
            ask_first(file.address(), total, missing.iter().copied())?;
        }
        loader.loading.expect(total);
        let mut shards = iter(missing)
            .map(|ordinal| async move { (ordinal, self.shard(ordinal, index, loader).await) })
            .buffered(AT_ONCE);
        while let Some((ordinal, bytes)) = shards.next().await {
            let bytes = bytes?;
            let handed = Uint8Array::from(&bytes[..]);
            let file = index.files(ordinal).concat();
            weights.borrow_mut().insert(&file, bytes)?;
            deliver(file, handed);
        }
        Ok(())
    }

    /// A convolution as a safetensors file of its own.
    async fn shard(&self, ordinal: usize, index: &Index, loader: &Loader<'_>) -> Result<Vec<u8>, WeightsError> {
        let name = &index.metadata().source;
        loader.loading.check(name)?;
        let shard = match self {
            Self::RemoteFile { file, .. } => return file.shard(ordinal, loader).await,
            Self::File { importer, .. } => taken(&importer.shard(ordinal, Array::new()).map_err(imported)?),
            Self::Folder(_) => return Err(not_a_file(name)),
        };
        let layer = Layer::convolution(ordinal).map_or("", |layer| layer.name);
        let part = loader.loading.part(layer, layer);
        part.report(index.bytes(ordinal), State::Reading, "");
        // Reading is synchronous: other messages of the page get their turn between two layers.
        gloo_timers::future::sleep(std::time::Duration::ZERO).await;
        Ok(shard)
    }

    /// What the page shows of it.
    pub(in crate::web) fn describe(&self, store: &Store) -> Described {
        let (kind, address, importer) = match self {
            Self::Folder(folder) => ("folder", folder.address(), None),
            Self::RemoteFile { file, .. } => ("remote-file", file.address().to_owned(), Some(file.importer())),
            Self::File {
                importer,
                name,
                downloaded,
            } => (kind(*downloaded), name.clone(), Some(importer)),
        };
        Described {
            kind,
            address,
            format: importer.map_or_else(|| "safetensors".to_owned(), Importer::format),
            preprocessing_guessed: importer.is_some_and(|importer| !importer.is_recognised()),
            assumed: importer.map_or_else(String::new, Importer::assumed),
            not_kept: store.refused(),
        }
    }
}

/// The whole file; only what can be opened is kept.
async fn downloaded(url: &str, limit: Option<Limit<'_>>, loader: &Loader<'_>) -> Result<Importer, WeightsError> {
    let part = loader.loading.part(url, "every layer");
    let importers = loader.loading.importers().await?;
    let opened = Cell::new(None);
    let check = |blob: &Blob| {
        opened.set(Some(
            importers.open(blob, url, loader.loading.expected()).map_err(imported)?,
        ));
        Ok(())
    };
    loader.store.blob(url, limit, &part, &check).await?;
    opened.take().ok_or_else(|| not_a_file(url))
}

/// The index that a file stands in for, with the length of each of its layers.
fn index_of(importer: &Importer, name: &str) -> Result<Index, WeightsError> {
    let index = Index::parse(name, importer.index_text().map_err(imported)?.as_bytes())?;
    let bytes = importer.layer_bytes().into_iter().map(|bytes| bytes as u64).collect();
    Ok(Index::of_file(index.metadata().clone(), bytes))
}

const fn kind(downloaded: bool) -> &'static str {
    if downloaded { "remote-file" } else { "local-file" }
}

fn not_a_file(name: &str) -> WeightsError {
    WeightsError::UnknownFormat {
        file: name.to_owned(),
        problem: "it holds no layer of its own".to_owned(),
    }
}
