//! Where a model's weights come from: a folder on a host, one file on a host read in parts, or a file from disk.

use std::sync::Arc;

use futures_util::stream::{StreamExt, iter};
use serde::Serialize;
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::blob::BlobBytes;
use super::js::text;
use super::loading::{Loading, State};
use super::request::Facts;
use super::store::{Piece, Store};
use crate::vgg16::Layer;
use crate::weights::bytes::{InputFile, Parts};
use crate::weights::import::safetensors::{self, Header, LENGTH_BYTES};
use crate::weights::{
    Checkpoint, Convolution, Format, INDEX_FILE, Index, Metadata, Weights, WeightsError, refuse_other_contents,
};

/// Requests under way at once: enough to fill a connection, few enough that lower layers come first.
const AT_ONCE: usize = 3;

/// Where weights come from.
pub(super) enum Origin {
    /// A URL that ends in "/".
    Folder(String),
    /// One safetensors file on a host: its header is here, its layers come when asked for.
    Parts {
        facts: Facts,
        url: String,
        parts: Arc<Parts>,
        checkpoint: Checkpoint,
    },
    /// A whole file, here: from disk, or downloaded from `address`.
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
    /// Opens a folder: its index.
    pub(super) async fn folder(url: String, store: &Store, loading: &Loading) -> Result<(Self, Index), WeightsError> {
        let address = format!("{url}{INDEX_FILE}");
        let piece = Piece {
            url: &address,
            range: None,
            expected: None,
            immutable: false,
        };
        let part = loading.index();
        let check = |bytes: &[u8]| Index::parse(&address, bytes).map(|_| ());
        let (bytes, _) = store.bytes(&piece, &part, &check).await?;
        Ok((Self::Folder(url), Index::parse(&address, &bytes)?))
    }

    /// Opens one file on a host: in parts where that is possible, whole where it is not and the user agreed.
    pub(super) async fn remote_file(
        url: String,
        allow_full_download: bool,
        store: &Store,
        loading: &Loading,
    ) -> Result<(Self, Index), WeightsError> {
        match Self::in_parts(&url, store, loading).await {
            Err(WeightsError::NeedsFullDownload { bytes, .. }) if allow_full_download => {
                loading.expect(bytes.unwrap_or(0));
                let blob = store.blob(&url, &loading.part(&url, "every layer")).await?;
                Self::file(&url, blob, true)
            }
            opened => opened,
        }
    }

    /// Opens a file that is here.
    pub(super) fn file(name: &str, blob: Blob, downloaded: bool) -> Result<(Self, Index), WeightsError> {
        let bytes = BlobBytes::new(blob).map_err(|error| WeightsError::Unreachable {
            file: name.to_owned(),
            cause: text(&error),
        })?;
        let checkpoint = Checkpoint::open(InputFile::new(name, bytes))?;
        let index = index_of(&checkpoint);
        Ok((Self::File { checkpoint, downloaded }, index))
    }

    async fn in_parts(url: &str, store: &Store, loading: &Loading) -> Result<(Self, Index), WeightsError> {
        let (first, facts) = part_of(url, 0..LENGTH_BYTES, store, loading, "").await?;
        refuse_other_formats(url, &first, facts.total)?;
        let length = safetensors::header_length(url, &first, facts.total)?;
        let range = LENGTH_BYTES..LENGTH_BYTES + length;
        let (json, again) = part_of(url, range, store, loading, "").await?;
        check_same(url, &facts, &again)?;
        let end = Header::parse(url, &json)?.end();
        let parts = Arc::new(Parts::new(facts.total.unwrap_or(end)));
        parts.put(0, [first, json].concat());
        let input = InputFile::new(url, Arc::clone(&parts));
        let checkpoint = Checkpoint::open_as(input, Format::Safetensors)?;
        let index = index_of(&checkpoint);
        let url = url.to_owned();
        let origin = Self::Parts {
            facts,
            url,
            parts,
            checkpoint,
        };
        Ok((origin, index))
    }

    /// Reads, checks and hands over the convolutions that `layer` needs and `weights` lacks, lowest first.
    pub(super) async fn load(
        &self,
        weights: &std::cell::RefCell<Weights>,
        layer: &'static Layer,
        store: &Store,
        loading: &Loading,
        deliver: &mut dyn FnMut(String, Vec<u8>),
    ) -> Result<(), crate::Error> {
        match self {
            Self::Folder(folder) => load_folder(folder, weights, layer, store, loading, deliver).await,
            _ => self.load_file(weights, layer, store, loading, deliver).await,
        }
    }

    async fn load_file(
        &self,
        weights: &std::cell::RefCell<Weights>,
        layer: &'static Layer,
        store: &Store,
        loading: &Loading,
        deliver: &mut dyn FnMut(String, Vec<u8>),
    ) -> Result<(), crate::Error> {
        let missing = weights.borrow().missing_convolutions(layer)?;
        let checkpoint = self.checkpoint()?;
        loading.expect(missing.iter().map(|&ordinal| checkpoint.bytes(ordinal)).sum());
        let mut convolutions = iter(missing)
            .map(|ordinal| async move { (ordinal, self.convolution(ordinal, store, loading).await) })
            .buffered(AT_ONCE);
        while let Some((ordinal, convolution)) = convolutions.next().await {
            let convolution = convolution?;
            let file = weights
                .borrow()
                .index()
                .files(ordinal)
                .first()
                .cloned()
                .unwrap_or_default();
            let shard = crate::weights::shard(ordinal, &convolution, crate::weights::Precision::F32)?;
            weights.borrow_mut().put(&file, ordinal, convolution)?;
            deliver(file, shard);
        }
        Ok(())
    }

    fn checkpoint(&self) -> Result<&Checkpoint, WeightsError> {
        match self {
            Self::Parts { checkpoint, .. } | Self::File { checkpoint, .. } => Ok(checkpoint),
            Self::Folder(folder) => Err(WeightsError::NotAnIndex {
                file: folder.clone(),
                problem: "it is a folder, not a file".to_owned(),
            }),
        }
    }

    async fn convolution(&self, ordinal: usize, store: &Store, loading: &Loading) -> Result<Convolution, WeightsError> {
        let checkpoint = self.checkpoint()?;
        loading.check(checkpoint.input().name())?;
        let layer = Layer::convolution(ordinal).map_or("", |layer| layer.name);
        let Self::Parts { facts, url, parts, .. } = self else {
            let convolution = checkpoint.convolution(ordinal)?;
            loading
                .part(layer, layer)
                .report(checkpoint.bytes(ordinal), State::Reading, "");
            // Reading is synchronous: other messages of the page get their turn between two layers.
            gloo_timers::future::sleep(std::time::Duration::ZERO).await;
            return Ok(convolution);
        };
        let ranges = joined(checkpoint.ranges(ordinal));
        for range in &ranges {
            let (bytes, now) = part_of(url, range.clone(), store, loading, layer).await?;
            check_same(url, facts, &now)?;
            parts.put(range.start, bytes);
        }
        let convolution = checkpoint.convolution(ordinal);
        ranges.into_iter().for_each(|range| parts.forget(range));
        convolution
    }

    /// What the page shows of it.
    pub(super) fn describe(&self, store: &Store) -> Described {
        let (kind, address, format) = match self {
            Self::Folder(folder) => ("folder", folder.clone(), Format::Safetensors),
            Self::Parts { facts, url, .. } => (
                "remote-file",
                if facts.url.is_empty() {
                    url.clone()
                } else {
                    facts.url.clone()
                },
                Format::Safetensors,
            ),
            Self::File { checkpoint, downloaded } => (
                if *downloaded { "remote-file" } else { "local-file" },
                checkpoint.input().name().to_owned(),
                checkpoint.format(),
            ),
        };
        Described {
            kind,
            address,
            format: format.to_string(),
            preprocessing_guessed: !matches!(self, Self::Folder(_)),
            not_kept: store.refused(),
        }
    }
}

async fn load_folder(
    folder: &str,
    weights: &std::cell::RefCell<Weights>,
    layer: &'static Layer,
    store: &Store,
    loading: &Loading,
    deliver: &mut dyn FnMut(String, Vec<u8>),
) -> Result<(), crate::Error> {
    let missing = weights.borrow().missing(layer)?;
    // The index is borrowed across requests; weights only change between them.
    let index = weights.borrow().index().clone();
    let length = |file: &String| index.facts(file).map(|facts| facts.bytes);
    loading.expect(missing.iter().filter_map(length).sum());
    let index = &index;
    let mut shards = iter(missing)
        .map(|file| async move {
            let bytes = shard(folder, &file, index, store, loading).await;
            (file, bytes)
        })
        .buffered(AT_ONCE);
    while let Some((file, bytes)) = shards.next().await {
        let bytes = bytes?;
        weights.borrow_mut().insert(&file, bytes.clone())?;
        deliver(file, bytes);
    }
    Ok(())
}

async fn shard(
    folder: &str,
    file: &str,
    index: &Index,
    store: &Store,
    loading: &Loading,
) -> Result<Vec<u8>, WeightsError> {
    let url = format!("{folder}{file}");
    let facts = index.facts(file);
    let piece = Piece {
        url: &url,
        range: None,
        expected: facts.map(|facts| facts.bytes),
        immutable: facts.is_some(),
    };
    let check = |bytes: &[u8]| index.check_file(file, bytes);
    let (bytes, _) = store
        .bytes(&piece, &loading.part(file, index.layer(file)), &check)
        .await?;
    Ok(bytes)
}

/// A part of a file on a host. It may be shorter where the file ends inside.
async fn part_of(
    url: &str,
    range: std::ops::Range<u64>,
    store: &Store,
    loading: &Loading,
    layer: &str,
) -> Result<(Vec<u8>, Facts), WeightsError> {
    let expected = range.end - range.start;
    let piece = Piece {
        url,
        range: Some(range.clone()),
        expected: Some(expected),
        immutable: false,
    };
    let check = |bytes: &[u8]| {
        let length = bytes.len() as u64;
        let complete = length == expected || (range.start == 0 && length < expected);
        complete.then_some(()).ok_or_else(|| WeightsError::WrongRange {
            file: url.to_owned(),
            problem: format!("{} bytes came where {expected} were asked for", bytes.len()),
        })
    };
    let part = loading.part(&format!("{}", range.start), layer);
    store.bytes(&piece, &part, &check).await
}

/// Adjacent ranges in one.
fn joined(mut ranges: Vec<std::ops::Range<u64>>) -> Vec<std::ops::Range<u64>> {
    ranges.sort_by_key(|range| range.start);
    match ranges.as_slice() {
        [first, second] if first.end == second.start => {
            let whole = first.start..second.end;
            vec![whole]
        }
        _ => ranges,
    }
}

/// The version and the length a host gives must not change while a file is read.
fn check_same(url: &str, before: &Facts, now: &Facts) -> Result<(), WeightsError> {
    let changed = |problem: String| WeightsError::Changed {
        file: url.to_owned(),
        problem,
    };
    if let (Some(before), Some(now)) = (before.total, now.total)
        && before != now
    {
        return Err(changed(format!("its length was {before} bytes and is now {now}")));
    }
    if before.version != now.version {
        return Err(changed("its version is another".to_owned()));
    }
    Ok(())
}

/// Formats that cannot be read in parts, told by the first bytes.
fn refuse_other_formats(url: &str, first: &[u8], total: Option<u64>) -> Result<(), WeightsError> {
    refuse_other_contents(url, first)?;
    let format = match first {
        [0x89, b'H', b'D', b'F', ..] => "a Keras HDF5 file",
        [b'P', b'K', ..] | [0x80, ..] => "a PyTorch file",
        _ => return Ok(()),
    };
    Err(WeightsError::NeedsFullDownload {
        file: url.to_owned(),
        bytes: total,
        reason: format!("{format} cannot be read in parts from a host"),
    })
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

/// A source as JavaScript gives it: an address or a file.
pub(super) async fn open(
    source: &JsValue,
    name: String,
    allow_full_download: bool,
    store: &Store,
    loading: &Loading,
) -> Result<(Origin, Index), WeightsError> {
    use wasm_bindgen::JsCast;
    if let Some(blob) = source.dyn_ref::<Blob>() {
        return Origin::file(&name, blob.clone(), false);
    }
    let url = source.as_string().unwrap_or_default();
    if url.ends_with('/') {
        Origin::folder(url, store, loading).await
    } else {
        Origin::remote_file(url, allow_full_download, store, loading).await
    }
}
