//! One safetensors file on a host, read in parts: its header first, then each layer when it is asked for.

use std::ops::Range;
use std::sync::Arc;

use super::answer::Facts;
use super::store::{Loader, Piece};
use crate::vgg16::Layer;
use crate::weights::bytes::{InputFile, Parts};
use crate::weights::import;
use crate::weights::import::safetensors::{self, Header, LENGTH_BYTES};
use crate::weights::{Checkpoint, Convolution, Format, WeightsError};

/// The file: its header is here.
pub(in crate::web) struct RemoteFile {
    url: String,
    facts: Facts,
    parts: Arc<Parts>,
    checkpoint: Checkpoint,
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
        let (first, facts) = part_of(url, 0..LENGTH_BYTES, None, loader, "").await?;
        refuse_other_formats(url, &first, facts.total)?;
        let length =
            safetensors::header_length(url, &first, facts.total).map_err(|error| unknown(url, &first, error))?;
        let range = LENGTH_BYTES..LENGTH_BYTES + length;
        let (json, _) = part_of(url, range, Some(&facts), loader, "").await?;
        let end = Header::parse(url, &json)?.end();
        let parts = Arc::new(Parts::new(facts.total.unwrap_or(end)));
        parts.put(0, [first, json].concat());
        let input = InputFile::new(url, Arc::clone(&parts));
        Ok(Self {
            url: url.to_owned(),
            facts,
            parts,
            checkpoint: Checkpoint::open_as(input, Format::Safetensors)?,
        })
    }

    pub(in crate::web) const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Its address after redirections.
    pub(in crate::web) fn address(&self) -> &str {
        if self.facts.url.is_empty() {
            &self.url
        } else {
            &self.facts.url
        }
    }

    /// Fetches and checks one convolution.
    pub(in crate::web) async fn convolution(
        &self,
        ordinal: usize,
        loader: &Loader<'_>,
    ) -> Result<Convolution, WeightsError> {
        // What failed beside this request may end it at any await: the reader then goes with it.
        let reader = self.parts.reader(joined(self.checkpoint.ranges(ordinal)));
        let convolution = self.fetch(ordinal, reader.ranges(), loader).await;
        if convolution.as_ref().is_err_and(is_about_contents) {
            loader.store.forget_parts(&self.url).await;
        }
        convolution
    }

    async fn fetch(
        &self,
        ordinal: usize,
        ranges: &[Range<u64>],
        loader: &Loader<'_>,
    ) -> Result<Convolution, WeightsError> {
        let layer = Layer::convolution(ordinal).map_or("", |layer| layer.name);
        for range in ranges {
            let (bytes, _) = part_of(&self.url, range.clone(), Some(&self.facts), loader, layer).await?;
            self.parts.put(range.start, bytes);
        }
        self.checkpoint.convolution(ordinal)
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
        immutable: false,
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

/// Adjacent ranges in one.
fn joined(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
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

/// Bytes that are no safetensors file, and are not called one either, are of no known kind.
fn unknown(url: &str, first: &[u8], error: WeightsError) -> WeightsError {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    if path.ends_with(".safetensors") {
        return error;
    }
    import::unknown(url, first)
}

/// Formats that cannot be read in parts, told by the first bytes.
fn refuse_other_formats(url: &str, first: &[u8], total: Option<u64>) -> Result<(), WeightsError> {
    import::refuse_other_contents(url, first)?;
    match Format::told_by(first, total) {
        Some(Format::Safetensors) | None => Ok(()),
        Some(format) => Err(WeightsError::NeedsFullDownload {
            file: url.to_owned(),
            bytes: total,
            reason: format!("a {format} file cannot be read in parts from a host"),
        }),
    }
}
