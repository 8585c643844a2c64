//! Downloading a publisher's file: it goes on where it stopped, and counts only with the right checksum.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use ureq::Body;
use ureq::http::Response;

use super::bytes::InputFile;
use super::import::refuse_other_contents;
use super::index::sha256_hex;
use super::known::Published;
use super::write::cannot_write;
use super::{WeightsError, http};

/// Seconds before each further try; tries that brought something do not count.
const PAUSES: [f32; 3] = [0.3, 1.0, 3.0];

/// What happens during a download.
#[derive(Debug)]
pub enum Event<'a> {
    /// Bytes are here.
    Progress {
        /// How many.
        done: u64,
        /// How many there are, where the host says so.
        total: Option<u64>,
    },
    /// A try failed, and another follows.
    Retry {
        /// Why.
        error: &'a WeightsError,
        /// Seconds until then.
        seconds: f32,
    },
}

/// Downloads to `file`, unless it is there already, and checks what came. What came of a download that was cut stays in
/// `file` with `.part` added; the next call goes on from there, also from another address.
///
/// # Errors
/// [`WeightsError::WrongDownload`] for another file than the one published, which is removed; else what the network or
/// the disk says.
pub fn download(
    url: &str,
    published: Published<'_>,
    file: &Path,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<(), WeightsError> {
    let part = with_ending(file, ".part");
    download_to(url, &part, file, &|input| check(published, input), report)
}

/// As [`download`], of a file whose checksum nobody gives: `check` is all that is asked of what came. The next call goes on
/// only from the same address, as another's file may differ.
///
/// # Errors
/// What `check` says of another file, which is removed; else what the network or the disk says.
pub(super) fn download_checked(
    url: &str,
    file: &Path,
    check: &dyn Fn(&InputFile) -> Result<(), WeightsError>,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<(), WeightsError> {
    let part = with_ending(file, &format!(".{:.8}.part", sha256_hex(url.as_bytes())));
    download_to(url, &part, file, check, report)
}

fn download_to(
    url: &str,
    part: &Path,
    file: &Path,
    check: &dyn Fn(&InputFile) -> Result<(), WeightsError>,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<(), WeightsError> {
    // Messages name the address: what came from there is not kept.
    let check = |path: &Path| {
        let input = InputFile::open(path)?.named(url);
        refuse_other_contents(url, &input.head(512)?)?;
        check(&input)
    };
    if file.is_file() && check(file).is_ok() {
        return Ok(());
    }
    let part = Part {
        url,
        path: part.to_owned(),
    };
    part.fetch(report)?;
    if let Err(error) = check(&part.path) {
        fs::remove_file(&part.path).map_err(|error| cannot_write(&part.path, &error))?;
        return Err(error);
    }
    fs::rename(&part.path, file).map_err(|error| cannot_write(file, &error))
}

pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn check(published: Published<'_>, input: &InputFile) -> Result<(), WeightsError> {
    let actual = published.digest(input)?;
    if published.matches(&actual) {
        return Ok(());
    }
    Err(WeightsError::WrongDownload {
        file: input.name().to_owned(),
        algorithm: published.algorithm(),
        expected: published.hex().to_owned(),
        actual,
    })
}

/// What came of a file so far.
struct Part<'a> {
    url: &'a str,
    path: PathBuf,
}

/// Why a try ended.
enum Failure {
    /// The next try may do better.
    Passing(WeightsError),
    Final(WeightsError),
}

impl Part<'_> {
    /// Tries until the file is whole, or until several tries in a row brought nothing.
    fn fetch(&self, report: &mut dyn FnMut(Event<'_>)) -> Result<(), WeightsError> {
        let mut failures = 0;
        loop {
            let before = self.length();
            let error = match self.attempt(report) {
                Ok(()) => return Ok(()),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(error)) => error,
            };
            if self.length() > before {
                failures = 0;
            }
            let Some(&seconds) = PAUSES.get(failures) else {
                return Err(after(error, failures + 1));
            };
            failures += 1;
            report(Event::Retry { error: &error, seconds });
            sleep(Duration::from_secs_f32(seconds));
        }
    }

    fn length(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    fn attempt(&self, report: &mut dyn FnMut(Event<'_>)) -> Result<(), Failure> {
        let have = self.length();
        let response = http::get(self.url, have).map_err(Failure::Passing)?;
        match response.status().as_u16() {
            200 => self.receive(0, response.body().content_length(), response, report),
            206 => match http::content_range(&response) {
                Some(sent) if sent.start == have => self.receive(have, sent.total, response, report),
                _ => Err(Failure::Final(WeightsError::WrongRange {
                    file: self.url.to_owned(),
                    problem: format!("the bytes from {have} on were asked for, and other bytes came"),
                })),
            },
            // Nothing follows what is here: it is whole, or of another file, as the checksum will tell.
            416 if have > 0 => Ok(()),
            408 | 425 | 429 | 500..=599 => Err(Failure::Passing(http::refused(self.url, &response))),
            _ => Err(Failure::Final(http::refused(self.url, &response))),
        }
    }

    /// Writes a body behind the first `have` bytes.
    fn receive(
        &self,
        have: u64,
        total: Option<u64>,
        response: Response<Body>,
        report: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Failure> {
        let unwritable = |error: std::io::Error| Failure::Final(cannot_write(&self.path, &error));
        let mut file = self.open(have).map_err(unwritable)?;
        let mut body = response.into_body().into_reader();
        let mut buffer = vec![0; 1 << 16];
        let mut done = have;
        loop {
            report(Event::Progress { done, total });
            let count = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    return Err(Failure::Passing(http::stalled(self.url)));
                }
                Err(error) => return Err(Failure::Passing(http::unreachable(self.url, &error))),
            };
            file.write_all(&buffer[..count]).map_err(unwritable)?;
            done += count as u64;
        }
        match total {
            Some(total) if done < total => Err(Failure::Passing(WeightsError::Truncated {
                file: self.url.to_owned(),
                expected: total,
                actual: done,
            })),
            _ => Ok(()),
        }
    }

    fn open(&self, have: u64) -> std::io::Result<File> {
        if have == 0 {
            return File::create(&self.path);
        }
        OpenOptions::new().append(true).open(&self.path)
    }
}

/// The last of several errors, with how often it was tried where the error says that.
fn after(error: WeightsError, count: usize) -> WeightsError {
    match error {
        WeightsError::Stalled { file, seconds, .. } => WeightsError::Stalled {
            file,
            seconds,
            tries: count as u32,
        },
        other => other,
    }
}
