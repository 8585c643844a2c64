//! Outside bytes, read piece by piece: a file on disk, in memory, or in a browser.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::WeightsError;

/// Random access to the bytes of a file. Its size does not change.
pub trait ReadAt: Send + Sync {
    /// Length in bytes.
    fn size(&self) -> u64;

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// # Errors
    /// The medium's, or `UnexpectedEof` where the range does not lie inside the file.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// The file of this plain name in the same folder.
    ///
    /// # Errors
    /// The medium's, or one that says that there is no folder.
    #[cfg(feature = "cli")]
    fn beside(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        Err(io::Error::other(format!(
            "beside a file that is in no folder; open both, {name} too, from disk"
        )))
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let slice = usize::try_from(offset)
            .ok()
            .and_then(|start| self.get(start..start.checked_add(buffer.len())?))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(slice);
        Ok(())
    }
}

/// Parts of a file that lies elsewhere: only what was fetched can be read.
#[derive(Debug)]
pub struct Parts {
    size: u64,
    parts: Mutex<BTreeMap<u64, Vec<u8>>>,
}

impl Parts {
    /// Nothing yet of a file of this length.
    pub const fn new(size: u64) -> Self {
        Self {
            size,
            parts: Mutex::new(BTreeMap::new()),
        }
    }

    /// Keeps the bytes from `offset` on.
    pub fn put(&self, offset: u64, bytes: Vec<u8>) {
        locked(&self.parts).insert(offset, bytes);
    }

    /// Forgets the part that begins there.
    pub fn forget(&self, offset: u64) {
        locked(&self.parts).remove(&offset);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ReadAt for Parts {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let parts = locked(&self.parts);
        let (start, part) = parts.range(..=offset).next_back().ok_or(io::ErrorKind::NotFound)?;
        part.read_at(offset - start, buffer)
    }
}

impl<R: ReadAt + ?Sized> ReadAt for Arc<R> {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        (**self).read_at(offset, buffer)
    }

    #[cfg(feature = "cli")]
    fn beside(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        (**self).beside(name)
    }
}

/// A file on disk.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Debug)]
pub struct DiskFile {
    #[cfg(feature = "cli")]
    path: std::path::PathBuf,
    file: Mutex<std::fs::File>,
    size: u64,
}

#[cfg(not(target_arch = "wasm32"))]
impl DiskFile {
    /// Opens a file for reading.
    ///
    /// # Errors
    /// The operating system's; a folder is refused.
    pub fn open(path: &std::path::Path) -> io::Result<Self> {
        let file = std::fs::File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Self {
            #[cfg(feature = "cli")]
            path: path.to_owned(),
            size: metadata.len(),
            file: Mutex::new(file),
        })
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl ReadAt for DiskFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        use io::{Read, Seek, SeekFrom};
        // A poisoned lock only says that another read panicked; the file itself is as good as before.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(buffer)
    }

    #[cfg(feature = "cli")]
    fn beside(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        let path = self.path.with_file_name(name);
        let (folder, target) = (self.path.with_file_name("."), path.canonicalize()?);
        if target.parent() != Some(&folder.canonicalize()?) {
            return Err(io::Error::other(format!(
                "which is a link out of the folder, to {}",
                target.display()
            )));
        }
        Ok(Box::new(Self::open(&path)?))
    }
}

/// A file from outside: its name, for messages, and its bytes.
#[derive(Clone)]
pub struct InputFile {
    name: String,
    bytes: Arc<dyn ReadAt>,
}

impl std::fmt::Debug for InputFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("InputFile")
            .field("name", &self.name)
            .field("size", &self.size())
            .finish()
    }
}

impl InputFile {
    /// `name` is what messages call the file: its path, URL or file name.
    pub fn new(name: impl Into<String>, bytes: impl ReadAt + 'static) -> Self {
        Self {
            name: name.into(),
            bytes: Arc::new(bytes),
        }
    }

    /// A file on disk, called by its path.
    ///
    /// # Errors
    /// [`WeightsError::NotFound`], or [`WeightsError::Unreachable`] with the operating system's words.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn open(path: &std::path::Path) -> Result<Self, WeightsError> {
        let file = path.display().to_string();
        match DiskFile::open(path) {
            Ok(bytes) => Ok(Self::new(file, bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(WeightsError::NotFound {
                file,
                status: "no such file".to_owned(),
            }),
            Err(error) => Err(WeightsError::Unreachable {
                file,
                cause: error.to_string(),
            }),
        }
    }

    /// The same file under another name.
    #[cfg(feature = "cli")]
    pub(super) fn named(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    /// What messages call the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Length in bytes.
    pub fn size(&self) -> u64 {
        self.bytes.size()
    }

    /// The bytes of a range, which is checked against the file's length before anything is allocated.
    ///
    /// # Errors
    /// [`WeightsError::Truncated`] for a range that leaves the file, [`WeightsError::Unreachable`] when reading fails.
    pub fn read(&self, range: Range<u64>) -> Result<Vec<u8>, WeightsError> {
        let length = range.end.saturating_sub(range.start);
        if range.end > self.size() {
            return Err(self.truncated(range.end));
        }
        let length = usize::try_from(length).map_err(|_| self.truncated(range.end))?;
        let mut buffer = vec![0; length];
        self.bytes
            .read_at(range.start, &mut buffer)
            .map_err(|error| WeightsError::Unreachable {
                file: self.name.clone(),
                cause: error.to_string(),
            })?;
        Ok(buffer)
    }

    /// The first bytes, at most `count`.
    ///
    /// # Errors
    /// [`WeightsError::Unreachable`] when reading fails.
    pub fn head(&self, count: u64) -> Result<Vec<u8>, WeightsError> {
        self.read(0..count.min(self.size()))
    }

    /// Another file of the same folder, which this file names. Only a plain name that stays in the folder is opened.
    ///
    /// # Errors
    /// `NotFound`, or another whose text goes on from "the file ...".
    #[cfg(feature = "cli")]
    pub(super) fn beside(&self, name: &str) -> io::Result<Self> {
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', ':', '\0']) {
            return Err(io::Error::other("which is not a plain name inside the folder"));
        }
        let folder = self.name.rfind(['/', '\\']).map_or("", |end| &self.name[..=end]);
        Ok(Self {
            name: format!("{folder}{name}"),
            bytes: Arc::from(self.bytes.beside(name)?),
        })
    }

    /// The error of a file that promises more bytes than it has.
    pub(super) fn truncated(&self, expected: u64) -> WeightsError {
        WeightsError::Truncated {
            file: self.name.clone(),
            expected,
            actual: self.size(),
        }
    }

    /// The error of a file that breaks its format's rules; `problem` is a clause such as "its header is not JSON".
    #[cfg(feature = "import")]
    pub(super) fn malformed(&self, format: &'static str, problem: impl Into<String>) -> WeightsError {
        WeightsError::Malformed {
            file: self.name.clone(),
            format,
            problem: problem.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parts_that_are_here_can_be_read() {
        let parts = Parts::new(100);
        parts.put(0, vec![1; 8]);
        parts.put(10, vec![2; 4]);
        let holds = |offset| parts.read_at(offset, &mut [0; 2]).is_ok();
        assert!(holds(6) && !holds(7) && holds(12) && !holds(13));
        parts.forget(10);
        assert!(holds(0) && !holds(10));
    }
}
