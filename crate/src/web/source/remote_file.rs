//! One safetensors file on a host, read in parts: its header first, then each layer when it is asked for.

use std::cell::Cell;
use std::ops::Range;

use futures_util::future::join;
use js_sys::{Array, Uint8Array};

use super::answer::Facts;
use super::loading::Importer;
use super::store::{Loader, Piece};
use crate::vgg16::Layer;
use crate::web::js::{imported, taken};
use crate::weights::{WeightsError, address};

/// Bytes fetched first: a VGG16's header takes four kilobytes of them.
const FIRST: u64 = 16 << 10;

/// What the module that reads single files calls the format that can be read in parts.
const IN_PARTS: &str = "safetensors";

/// The file: its header is here.
pub(in crate::web) struct RemoteFile {
    url: String,
    facts: Facts,
    importer: Importer,
    /// The first convolution, until it is asked for: it came with the header, since its numbers say what the file is.
    first: Cell<Option<Vec<u8>>>,
}

impl RemoteFile {
    /// Fetches and checks the header. Kept parts may be those of a host that answered wrongly then: where they do not fit,
    /// they are fetched once more.
    pub(in crate::web) async fn open(url: &str, loader: &Loader<'_>) -> Result<Self, WeightsError> {
        let before = loader.loading.fetched();
        match Self::open_once(url, loader).await {
            Err(error) if is_about_contents(&error) => {
                loader.store.forget_parts(url).await;
                if loader.loading.fetched() > before {
                    return Err(error);
                }
            }
            opened => return opened,
        }
        let again = Self::open_once(url, loader).await;
        if again.is_err() {
            loader.store.forget_parts(url).await;
        }
        again
    }

    async fn open_once(url: &str, loader: &Loader<'_>) -> Result<Self, WeightsError> {
        // What reads them comes beside the first bytes.
        let first = part_of(url, 0..FIRST, None, loader, "");
        let (importers, first) = join(loader.loading.importers(), first).await;
        let ((mut head, facts), importers) = (first?, importers?);
        let size = facts.total.map(|total| total as f64);
        let given = Uint8Array::from(&head[..]);
        let format = importers.format_of(url, &given, size).map_err(imported)?;
        if format != IN_PARTS {
            return Err(WeightsError::NeedsFullDownload {
                file: url.to_owned(),
                bytes: facts.total,
                reason: format!("a {format} file cannot be read in parts from a host"),
            });
        }
        let end = importers.header_end(url, &given, size).map_err(imported)? as u64;
        let have = head.len() as u64;
        if end > have {
            head.extend(part_of(url, have..end, Some(&facts), loader, "").await?.0);
        }
        let head = Uint8Array::from(&head[..]);
        let importer = importers
            .open_parts(url, &head, size, loader.loading.expected())
            .map_err(imported)?;
        let file = Self {
            url: url.to_owned(),
            facts,
            importer,
            first: Cell::new(None),
        };
        file.first.set(Some(file.fetch(0, loader).await?));
        Ok(file)
    }

    pub(in crate::web) const fn importer(&self) -> &Importer {
        &self.importer
    }

    pub(in crate::web) fn address(&self) -> &str {
        &self.url
    }

    /// Fetches and checks one convolution: a safetensors file of its own.
    pub(in crate::web) async fn shard(&self, ordinal: usize, loader: &Loader<'_>) -> Result<Vec<u8>, WeightsError> {
        if ordinal == 0
            && let Some(first) = self.first.take()
        {
            return Ok(first);
        }
        let shard = self.fetch(ordinal, loader).await;
        if shard.as_ref().is_err_and(is_about_contents) {
            loader.store.forget_parts(&self.url).await;
        }
        shard
    }

    async fn fetch(&self, ordinal: usize, loader: &Loader<'_>) -> Result<Vec<u8>, WeightsError> {
        let layer = Layer::convolution(ordinal).map_or("", |layer| layer.name);
        let fetched = Array::new();
        for range in self.importer.ranges(ordinal).chunks_exact(2) {
            let range = range[0] as u64..range[1] as u64;
            let (bytes, _) = part_of(&self.url, range, Some(&self.facts), loader, layer).await?;
            fetched.push(&Uint8Array::from(&bytes[..]));
        }
        let shard = self.importer.shard(ordinal, fetched).map_err(imported)?;
        Ok(taken(&shard))
    }
}

/// A part of a file whose host says of it what it said `before`; another is neither used nor kept. The first part may be
/// shorter, where the file is.
async fn part_of(
    url: &str,
    range: Range<u64>,
    before: Option<&Facts>,
    loader: &Loader<'_>,
    layer: &str,
) -> Result<(Vec<u8>, Facts), WeightsError> {
    let expected = range.end - range.start;
    let piece = Piece {
        url,
        range: Some(range.clone()),
        expected: Some(expected),
        limit: None,
        immutable: address::is_pinned(url),
    };
    let check = |bytes: &[u8], now: &Facts| {
        before.map_or(Ok(()), |before| check_same(url, before, now))?;
        let length = bytes.len() as u64;
        let complete = length == expected || (range.start == 0 && length < expected);
        complete.then_some(()).ok_or_else(|| WeightsError::WrongRange {
            file: url.to_owned(),
            problem: format!("{length} bytes came where {expected} were asked for"),
        })
    };
    let part = loader.loading.part(&range.start.to_string(), layer);
    loader.store.bytes(&piece, &part, &check).await
}

/// Whether the bytes themselves were wrong, rather than their way here.
const fn is_about_contents(error: &WeightsError) -> bool {
    !matches!(
        error,
        WeightsError::Offline { .. }
            | WeightsError::CorsRefused { .. }
            | WeightsError::Stalled { .. }
            | WeightsError::Cancelled { .. }
            | WeightsError::NeedsFullDownload { .. }
            | WeightsError::Unreachable { .. }
            | WeightsError::NotFound { .. }
    )
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
    // Another hop of the way may hide it.
    let both = !before.version.is_empty() && !now.version.is_empty();
    if both && before.version != now.version {
        return Err(changed("its version is another".to_owned()));
    }
    Ok(())
}
