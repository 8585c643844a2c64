//! Zips that are not torch's: Keras 3's `.keras` holds its weights as `model.weights.h5`, and NumPy's `.npz` is told.

use std::io::{self, Read};
use std::ops::Range;

use flate2::read::DeflateDecoder;

use super::torch::zip::{DEFLATED, Directory, Place, STORED};
use crate::weights::WeightsError;
use crate::weights::bytes::{InputFile, ReadAt};

/// The weights in a model that Keras 3 saved whole.
const KERAS_WEIGHTS: &str = "model.weights.h5";

/// What messages call the format.
const FORMAT: &str = "Keras";

/// Bytes that contents may take beyond the file's own length when they are not compressed any more. Trained numbers
/// hardly get shorter; those of a new model, whose biases are zero, do a little.
const MOST_GROWTH: u64 = 16 << 20;

/// The HDF5 file that a zip is the package of; `None` for other zips, such as torch's.
///
/// # Errors
/// [`WeightsError::NumpyArchive`], or what is wrong with the zip.
pub(super) fn keras_weights(input: &InputFile) -> Result<Option<InputFile>, WeightsError> {
    if input.head(2)? != b"PK" {
        return Ok(None);
    }
    let directory = Directory::read(input)?;
    match directory.place(input, KERAS_WEIGHTS)? {
        Some(place) => unpacked(input, place).map(Some),
        None => refuse_numpy(input, &directory).map(|()| None),
    }
}

fn refuse_numpy(input: &InputFile, directory: &Directory) -> Result<(), WeightsError> {
    let mut arrays = directory.names().filter_map(|name| name.strip_suffix(".npy"));
    match arrays.next() {
        Some(_) => Err(WeightsError::NumpyArchive {
            file: input.name().to_owned(),
        }),
        None => Ok(()),
    }
}

fn unpacked(input: &InputFile, place: Place) -> Result<InputFile, WeightsError> {
    match place.method {
        STORED => Ok(InputFile::new(input.name(), Window::new(input, place.range))),
        DEFLATED => inflated(input, &place).map(|bytes| InputFile::new(input.name(), bytes)),
        other => Err(input.malformed(
            FORMAT,
            format!("{KERAS_WEIGHTS} in it is compressed by the method {other}, and only deflate is read"),
        )),
    }
}

/// The contents that were compressed. Their length is believed as far as the file's own allows.
fn inflated(input: &InputFile, place: &Place) -> Result<Vec<u8>, WeightsError> {
    let bad = |problem: String| input.malformed(FORMAT, format!("{KERAS_WEIGHTS} in it {problem}"));
    if place.size > input.size().saturating_add(MOST_GROWTH) {
        return Err(bad(format!(
            "is said to be {} bytes long, far more than the file",
            place.size
        )));
    }
    let mut bytes = Vec::new();
    let reserved = usize::try_from(place.size).map(|size| bytes.try_reserve_exact(size));
    if !matches!(reserved, Ok(Ok(()))) {
        return Err(bad("is larger than this device's memory".to_owned()));
    }
    let packed = Window::new(input, place.range.clone()).reader();
    let read = DeflateDecoder::new(packed).take(place.size).read_to_end(&mut bytes);
    match read {
        Ok(read) if read as u64 == place.size => Ok(bytes),
        Ok(read) => Err(bad(format!("has {read} bytes where {} are promised", place.size))),
        Err(error) => Err(bad(format!("cannot be unpacked: {error}"))),
    }
}

/// A part of a file as a file.
struct Window {
    file: InputFile,
    range: Range<u64>,
}

impl Window {
    fn new(file: &InputFile, range: Range<u64>) -> Self {
        Self {
            file: file.clone(),
            range,
        }
    }

    /// From front to back.
    const fn reader(self) -> Reader {
        Reader {
            window: self,
            position: 0,
        }
    }
}

impl ReadAt for Window {
    fn size(&self) -> u64 {
        self.range.end - self.range.start
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let start = self.range.start.saturating_add(offset);
        let end = start.saturating_add(buffer.len() as u64);
        if end > self.range.end {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let bytes = self.file.read(start..end).map_err(io::Error::other)?;
        buffer.copy_from_slice(&bytes);
        Ok(())
    }
}

struct Reader {
    window: Window,
    position: u64,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.window.size() - self.position;
        let count = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        self.window.read_at(self.position, &mut buffer[..count])?;
        self.position += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
#[path = "package_tests.rs"]
mod tests;
