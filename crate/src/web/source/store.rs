//! Files and parts of files: from what the browser keeps, else from the network, and always checked.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use web_sys::Blob;

use super::answer::Facts;
use super::browser::Lock;
use super::host::{self, HostVersion};
use super::kept::{Entry, Kept};
use super::loading::{Loading, Part, State};
use super::request::{self, HttpCache, Limit, Request};
use super::sink::{Disk, Memory};
use crate::web::js::text;
use crate::weights::WeightsError;

/// How long a copy is trusted whose host gives no version to compare, in milliseconds: a day.
const TRUSTED: f64 = 24.0 * 3600.0 * 1000.0;

/// What is wanted.
#[derive(Debug, Clone)]
pub(in crate::web) struct Piece<'a> {
    pub(in crate::web) url: &'a str,
    /// Only these bytes of the file.
    pub(in crate::web) range: Option<Range<u64>>,
    /// Length, where it is known.
    pub(in crate::web) expected: Option<u64>,
    /// The most it may have, where it is not.
    pub(in crate::web) limit: Option<Limit<'a>>,
    /// Whether the check alone says that a kept copy is still what the host has.
    pub(in crate::web) immutable: bool,
}

impl Piece<'_> {
    /// The address it is kept under: parts of a file get one each.
    fn key(&self) -> String {
        match &self.range {
            None => self.url.to_owned(),
            Some(Range { start, end }) => {
                let joint = if self.url.contains('?') { '&' } else { '?' };
                format!("{}{joint}vggscope-bytes={start}-{end}", self.url)
            }
        }
    }
}

/// The test of what came, and of what the host said of its file; run on kept copies too.
pub(in crate::web) type Check<'a> = &'a dyn Fn(&[u8], &Facts) -> Result<(), WeightsError>;

/// What one call loads with: the cache and the hosts, and its own progress.
pub(in crate::web) struct Loader<'a> {
    pub(in crate::web) store: &'a Store,
    pub(in crate::web) loading: &'a Loading,
}

/// The browser's cache and, behind it, the hosts.
pub(in crate::web) struct Store {
    kept: Kept,
    /// What hosts said of their files' versions, asked once for each model.
    versions: RefCell<BTreeMap<String, Option<HostVersion>>>,
    /// Parts of files kept or found kept, by the file's address.
    parts: RefCell<BTreeMap<String, Vec<String>>>,
}

impl Store {
    pub(in crate::web) async fn open() -> Self {
        Self {
            kept: Kept::open().await,
            versions: RefCell::default(),
            parts: RefCell::default(),
        }
    }

    /// Forgets every part of a file that was kept: what its parts say together turned out wrong.
    pub(in crate::web) async fn forget_parts(&self, url: &str) {
        let keys = self.parts.borrow_mut().remove(url).unwrap_or_default();
        for key in keys {
            self.kept.forget(&key).await;
        }
    }

    /// Whether the browser refused to keep something.
    pub(in crate::web) fn refused(&self) -> bool {
        self.kept.refused()
    }

    /// The bytes of a piece, with what the host said of the file.
    pub(in crate::web) async fn bytes(
        &self,
        piece: &Piece<'_>,
        part: &Part<'_>,
        check: Check<'_>,
    ) -> Result<(Vec<u8>, Facts), WeightsError> {
        let key = piece.key();
        if piece.range.is_some() {
            let mut parts = self.parts.borrow_mut();
            parts.entry(piece.url.to_owned()).or_default().push(key.clone());
        }
        if let Some(found) = self.usable(&key, piece, part, check).await {
            return Ok(found);
        }
        let _lock = lock(&key, piece.url, part).await?;
        // Another tab may have kept it meanwhile.
        if let Some(found) = self.usable(&key, piece, part, check).await {
            return Ok(found);
        }
        let (bytes, facts) = self.fetch(piece, part, check).await?;
        self.kept.put(&key, &bytes, &facts).await;
        Ok((bytes, facts))
    }

    /// Whether something is kept under this address, whatever its host has by now.
    pub(in crate::web) async fn keeps(&self, url: &str) -> bool {
        self.kept.has(url).await
    }

    /// A whole file of any size, or up to a limit. What does not pass the check is not kept.
    pub(in crate::web) async fn blob(
        &self,
        url: &str,
        limit: Option<Limit<'_>>,
        part: &Part<'_>,
        check: &dyn Fn(&Blob) -> Result<(), WeightsError>,
    ) -> Result<Blob, WeightsError> {
        if let Some((blob, facts, age)) = self.kept.blob(url).await
            && check(&blob).is_ok()
            && self.is_current(url, false, &facts.version, age, part).await
        {
            part.report(blob.size() as u64, State::Reading, "");
            return Ok(blob);
        }
        let _lock = lock(url, url, part).await?;
        let request = Request {
            url,
            range: None,
            expected: None,
            limit,
            http_cache: self.http_cache(),
        };
        let no_room = |error| WeightsError::Unreachable {
            file: url.to_owned(),
            cause: text(&error),
        };
        let mut disk = Disk::new().map_err(no_room)?;
        let facts = request::get(&request, part, &mut disk).await?;
        let blob = disk.finish().map_err(no_room)?;
        check(&blob)?;
        self.kept.put_blob(url, &blob, &facts).await;
        Ok(blob)
    }

    /// A kept copy that passes the check and is still what the host has.
    async fn usable(
        &self,
        key: &str,
        piece: &Piece<'_>,
        part: &Part<'_>,
        check: Check<'_>,
    ) -> Option<(Vec<u8>, Facts)> {
        let Entry { bytes, facts, age } = self.kept.get(key).await?;
        if check(&bytes, &facts).is_err() {
            self.kept.forget(key).await;
            return None;
        }
        let in_parts = piece.range.is_some();
        if !piece.immutable && !self.is_current(piece.url, in_parts, &facts.version, age, part).await {
            return None;
        }
        part.report(bytes.len() as u64, State::Reading, "");
        Some((bytes, facts))
    }

    /// From the network; what arrives damaged is asked for once more, past the browser's own cache.
    async fn fetch(
        &self,
        piece: &Piece<'_>,
        part: &Part<'_>,
        check: Check<'_>,
    ) -> Result<(Vec<u8>, Facts), WeightsError> {
        // An index is asked for at each visit, and there the HTTP cache saves it from coming anew.
        let first = if piece.immutable {
            self.http_cache()
        } else {
            HttpCache::Used
        };
        let (bytes, facts) = fetch_once(piece, part, first).await?;
        match check(&bytes, &facts) {
            Ok(()) => Ok((bytes, facts)),
            Err(WeightsError::Truncated { .. } | WeightsError::Checksum { .. }) => {
                let (bytes, facts) = fetch_once(piece, part, HttpCache::Renewed).await?;
                check(&bytes, &facts)?;
                Ok((bytes, facts))
            }
            Err(error) => Err(error),
        }
    }

    /// For what is kept here.
    fn http_cache(&self) -> HttpCache {
        if self.kept.keeps() {
            HttpCache::Spared
        } else {
            HttpCache::Used
        }
    }

    async fn is_current(&self, url: &str, in_parts: bool, version: &str, age: f64, part: &Part<'_>) -> bool {
        let asked = self.versions.borrow().get(url).cloned();
        let host = match asked {
            Some(host) => host,
            None => {
                let host = host::version(url, in_parts, &part.loading.signal).await;
                self.versions.borrow_mut().insert(url.to_owned(), host.clone());
                host
            }
        };
        match host {
            Some(HostVersion::Named(host)) => host == version,
            Some(HostVersion::Silent) => age < TRUSTED,
            // Without a connection what is kept is all there is.
            None => true,
        }
    }
}

async fn lock(key: &str, url: &str, part: &Part<'_>) -> Result<Lock, WeightsError> {
    let wait = || {
        part.say(
            State::Waiting,
            "This file is on its way already, perhaps in another tab.",
        )
    };
    Lock::take(&format!("vggscope-weights {key}"), &part.loading.signal, wait)
        .await
        .ok_or_else(|| WeightsError::Cancelled { file: url.to_owned() })
}

async fn fetch_once(
    piece: &Piece<'_>,
    part: &Part<'_>,
    http_cache: HttpCache,
) -> Result<(Vec<u8>, Facts), WeightsError> {
    let request = Request {
        url: piece.url,
        range: piece.range.clone(),
        expected: piece.expected,
        limit: piece.limit,
        http_cache,
    };
    let mut memory = Memory::new(piece.expected);
    let facts = request::get(&request, part, &mut memory).await?;
    Ok((memory.bytes, facts))
}
