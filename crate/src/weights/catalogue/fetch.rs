//! Fetching a model of a catalogue to this machine: as the file that its host has, or as a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Entry;
use super::digests;
use super::places::Address;
use crate::weights::address::{self, Kind};
use crate::weights::bytes::InputFile;
use crate::weights::download::{self, download, download_checked, with_ending};
use crate::weights::known::Published;
use crate::weights::source::Source;
use crate::weights::write::cannot_write;
use crate::weights::{Checkpoint, INDEX_FILE, WeightsError};

/// What happens while a model is fetched.
#[derive(Debug)]
pub enum Event<'a> {
    /// A host is asked for this.
    Asking(&'a str),
    /// An address did not give the model, and the next one is tried.
    Passed(&'a WeightsError),
    /// A file is being downloaded.
    Download(download::Event<'a>),
}

/// Where to fetch from and where to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// The file, or folder, to write; named by the model in the current folder if left out.
    pub out: Option<&'a Path>,
    /// Another address of the same file, in place of the catalogue's.
    pub from: Option<&'a str>,
}

/// Fetches a model from the first of its addresses that gives it, and says where it lies. Each file is held to the
/// checksum that the catalogue or the folder's index gives; where there is none, it must hold a VGG16.
///
/// # Errors
/// [`WeightsError::NothingToFetch`] for a model without an address on a host, [`WeightsError::NoSource`] with what each of
/// several addresses said, or the only one's own.
pub fn fetch(entry: &Entry, wanted: Wanted<'_>, report: &mut dyn FnMut(Event<'_>)) -> Result<PathBuf, WeightsError> {
    let mut failures = Vec::new();
    let mut addresses = entry.addresses();
    if let Some(url) = wanted.from {
        let published = addresses.first().and_then(|address| address.published);
        addresses = vec![Address {
            url: url.to_owned(),
            published,
        }];
    }
    for address in &addresses {
        report(Event::Asking(&address.url));
        let out = wanted
            .out
            .map_or_else(|| entry.fetched(Path::new(""), &address.url), Path::to_owned);
        match fetch_from(entry, address, &out, report) {
            Ok(()) => return Ok(out),
            Err(error @ WeightsError::Unwritable { .. }) => return Err(error),
            Err(error) => failures.push(error),
        }
        if let Some(error) = failures.last().filter(|_| failures.len() < addresses.len()) {
            report(Event::Passed(error));
        }
    }
    Err(all_of(entry, failures))
}

/// What to say when every address has failed.
fn all_of(entry: &Entry, mut failures: Vec<WeightsError>) -> WeightsError {
    match failures.len() {
        0 => WeightsError::NothingToFetch {
            id: entry.id.clone(),
            place: entry.sources.join(", "),
        },
        1 => failures.swap_remove(0),
        count => WeightsError::NoSource {
            count,
            said: failures
                .iter()
                .map(|error| format!("{error} "))
                .collect::<String>()
                .trim_end()
                .to_owned(),
        },
    }
}

fn fetch_from(
    entry: &Entry,
    address: &Address<'_>,
    out: &Path,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<(), WeightsError> {
    let mut told = |event: download::Event<'_>| report(Event::Download(event));
    let url = &address.url;
    if let Some(published) = address.published {
        return download(url, published, out, &mut told);
    }
    if is_folder(url)? {
        return fetch_folder(url, out, &mut told);
    }
    download_checked(url, out, &|input| check(entry, input), &mut told)
}

/// Whether a folder is at an address rather than a file; where the address does not say, its host is asked.
pub(super) fn is_folder(url: &str) -> Result<bool, WeightsError> {
    match address::kind(url) {
        Kind::Folder => Ok(true),
        Kind::File => Ok(false),
        Kind::Unsaid => match Source::new(url).index_and_text() {
            Ok(_) => Ok(true),
            Err(WeightsError::FileOnHost { .. }) => Ok(false),
            Err(error) => Err(error),
        },
    }
}

/// A file of which no checksum is known holds a VGG16, and the layers that the catalogue knows.
fn check(entry: &Entry, input: &InputFile) -> Result<(), WeightsError> {
    let checkpoint = Checkpoint::open(input.clone())?;
    checkpoint.convolution(0)?;
    digests::check(&entry.sha256, &digests::of_file(&checkpoint)?, input.name())
}

/// A folder in the making lies beside `out`, so that the next call goes on from there.
fn fetch_folder(url: &str, out: &Path, report: &mut dyn FnMut(download::Event<'_>)) -> Result<(), WeightsError> {
    let source = Source::new(url);
    let (index, text) = source.index_and_text()?;
    if fs::read(out.join(INDEX_FILE)).is_ok_and(|here| here == text) {
        return Ok(());
    }
    refuse_other_things(out)?;
    let part = with_ending(out, ".part");
    fs::create_dir_all(&part).map_err(|error| cannot_write(&part, &error))?;
    for file in index.files_of(0..=index.last_convolution()) {
        let (from, to) = (source.address(&file), part.join(&file));
        match index.facts(&file) {
            Some(facts) => download(
                &from,
                Published::Sha256(&facts.sha256.to_ascii_lowercase()),
                &to,
                report,
            )?,
            None => download_checked(&from, &to, &|_| Ok(()), report)?,
        }
    }
    let listed = part.join(INDEX_FILE);
    fs::write(&listed, text).map_err(|error| cannot_write(&listed, &error))?;
    fs::rename(&part, out).map_err(|error| cannot_write(out, &error))
}

/// Before anything is downloaded: a folder cannot be put where something else is.
fn refuse_other_things(out: &Path) -> Result<(), WeightsError> {
    let is_free = !out.exists() || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
    if is_free {
        return Ok(());
    }
    Err(cannot_write(out, &io::Error::other("something else is there")))
}
