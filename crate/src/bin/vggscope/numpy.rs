//! NumPy's formats: the start image, and every iterate.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result};
use npyz::{NpyFile, NpyWriter, WriterBuilder};
use vggscope::ascent::Iterate;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::arguments::Render;

/// Reads a float32 image; gives its values (HWC) and its shape.
pub(crate) fn read_image(path: &Path) -> Result<(Vec<f32>, Vec<u64>)> {
    let name = || format!("cannot read {} as a NumPy array of float32", path.display());
    let file = NpyFile::new(BufReader::new(File::open(path).with_context(name)?)).with_context(name)?;
    let shape = file.shape().to_vec();
    Ok((file.into_vec::<f32>().with_context(name)?, shape))
}

/// Every iterate. Steps come for a batch of channels at once, while each file has one channel after the other.
pub(crate) enum Iterates {
    /// One array `iterates`, shape (channels, iterations, height, width, 3).
    Archive(Archive),
    /// One `.npy` a channel, shape (iterations, height, width, 3), named after layer and channel.
    Folder(Folder),
}

impl Iterates {
    /// An archive if the path ends in `.npz`, otherwise a folder.
    pub(crate) fn create(path: &Path, arguments: &Render) -> Result<Self> {
        let shape = [
            u64::from(arguments.iterations),
            arguments.height as u64,
            arguments.width as u64,
            3,
        ];
        let extension = path.extension();
        if extension.is_some_and(|extension| extension.eq_ignore_ascii_case("npz")) {
            let archive = Archive::create(path, arguments.channels.0.len() as u64, shape);
            return Ok(Self::Archive(
                archive.with_context(|| format!("cannot write {}", path.display()))?,
            ));
        }
        std::fs::create_dir_all(path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self::Folder(Folder {
            path: path.to_owned(),
            layer: arguments.layer.name,
            shape,
            batch: Vec::new(),
        }))
    }

    /// Begins a batch of channels.
    pub(crate) fn begin(&mut self, channels: &[usize]) -> Result<()> {
        match self {
            Self::Archive(archive) => archive.begin(channels.len()).context("cannot make a temporary file"),
            Self::Folder(folder) => folder.begin(channels),
        }
    }

    /// Writes one step of the batch.
    pub(crate) fn take(&mut self, step: &[Iterate]) -> Result<()> {
        match self {
            Self::Archive(archive) => archive.take(step),
            Self::Folder(folder) => folder.take(step),
        }
        .context("cannot write the iterates")
    }

    /// Completes the batch.
    pub(crate) fn end(&mut self) -> Result<()> {
        match self {
            Self::Archive(archive) => archive.end(),
            Self::Folder(folder) => folder.end(),
        }
        .context("cannot write the iterates")
    }

    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Self::Archive(archive) => archive.finish().context("cannot finish the archive of iterates"),
            Self::Folder(_) => Ok(()),
        }
    }
}

/// A folder with a file a channel.
pub(crate) struct Folder {
    path: PathBuf,
    layer: &'static str,
    shape: [u64; 4],
    /// The files of the batch that climbs, in its order.
    batch: Vec<NpyWriter<f32, BufWriter<File>>>,
}

impl Folder {
    fn begin(&mut self, channels: &[usize]) -> Result<()> {
        for channel in channels {
            let path = self.path.join(format!("{}_c{channel:03}.npy", self.layer));
            let cannot = || format!("cannot write {}", path.display());
            let file = BufWriter::new(File::create(&path).with_context(cannot)?);
            let array = npyz::WriteOptions::new().default_dtype().shape(&self.shape);
            self.batch.push(array.writer(file).begin_nd().with_context(cannot)?);
        }
        Ok(())
    }

    fn take(&mut self, step: &[Iterate]) -> io::Result<()> {
        let mut files = self.batch.iter_mut().zip(step);
        files.try_for_each(|(file, iterate)| file.extend(iterate.pixels.iter().copied()))
    }

    fn end(&mut self) -> io::Result<()> {
        self.batch.drain(..).try_for_each(NpyWriter::finish)
    }
}

type Zip = ZipWriter<BufWriter<File>>;

/// An `.npz` with one array that grows as channels finish.
pub(crate) struct Archive {
    array: NpyWriter<f32, Shared>,
    zip: Shared,
    /// Where temporary files go: beside the archive, since they are as large as a batch's part of it.
    folder: PathBuf,
    /// The pixels of the batch that climbs, one temporary file a channel, so that a long run needs little memory.
    batch: Vec<BufWriter<File>>,
}

impl Archive {
    fn create(path: &Path, channels: u64, [iterations, height, width, colors]: [u64; 4]) -> Result<Self> {
        let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
        let shape = [channels, iterations, height, width, colors];
        // Noise does not compress.
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .large_file(needs_zip64(&shape));
        zip.start_file("iterates.npy", options)?;
        let zip = Shared(Rc::new(RefCell::new(zip)));
        let array = npyz::WriteOptions::new().default_dtype().shape(&shape);
        Ok(Self {
            array: array.writer(zip.clone()).begin_nd()?,
            zip,
            folder: path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty())
                .unwrap_or(Path::new("."))
                .to_owned(),
            batch: Vec::new(),
        })
    }

    fn begin(&mut self, channels: usize) -> io::Result<()> {
        for _ in 0..channels {
            self.batch.push(BufWriter::new(tempfile::tempfile_in(&self.folder)?));
        }
        Ok(())
    }

    fn take(&mut self, step: &[Iterate]) -> io::Result<()> {
        for (file, iterate) in self.batch.iter_mut().zip(step) {
            for value in &iterate.pixels {
                file.write_all(&value.to_le_bytes())?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        for file in self.batch.drain(..) {
            let mut file = file.into_inner()?;
            let mut left = file.stream_position()? / size_of::<f32>() as u64;
            file.rewind()?;
            let mut file = BufReader::new(file);
            while left > 0 {
                let mut value = [0; size_of::<f32>()];
                file.read_exact(&mut value)?;
                self.array.push(&f32::from_le_bytes(value))?;
                left -= 1;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        self.array.finish()?;
        let zip = Rc::into_inner(self.zip.0).context("the archive is still in use")?;
        zip.into_inner().finish()?.flush()?;
        Ok(())
    }
}

/// Whether the array may pass the 4 GiB that plain zip knows. Small readers know no other, so it is left out if it can be.
fn needs_zip64(shape: &[u64]) -> bool {
    /// More than the array's header takes.
    const HEADER: u64 = 4096;
    let sizes = shape.iter().copied().chain([size_of::<f32>() as u64]);
    let bytes = sizes.fold(1, u64::saturating_mul).saturating_add(HEADER);
    bytes > u64::from(u32::MAX)
}

/// The archive, written by the array's writer and closed by its owner.
#[derive(Clone)]
struct Shared(Rc<RefCell<Zip>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::needs_zip64;

    #[test]
    fn only_large_archives_are_zip64() {
        assert!(!needs_zip64(&[40, 97, 150, 150, 3]));
        assert!(needs_zip64(&[40, 398, 150, 150, 3]));
        assert!(needs_zip64(&[512, 100_000, 1024, 1024, 3]));
        assert!(needs_zip64(&[u64::MAX, 2, 1, 1, 3]));
    }
}
