//! NumPy's formats: the start image, and every iterate.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
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

/// Every iterate, written channel by channel.
pub(crate) enum Iterates {
    /// One array `iterates`, shape (channels, iterations, height, width, 3).
    Archive(Archive),
    /// One `.npy` a channel, shape (iterations, height, width, 3), named after layer and channel.
    Folder {
        folder: PathBuf,
        layer: &'static str,
        shape: [u64; 4],
    },
}

impl Iterates {
    /// An archive where the path ends in `.npz`, a folder otherwise.
    pub(crate) fn create(path: &Path, arguments: &Render) -> Result<Self> {
        let shape = [
            u64::from(arguments.iterations),
            arguments.height as u64,
            arguments.width as u64,
            3,
        ];
        if path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("npz"))
        {
            let archive = Archive::create(path, arguments.channels.0.len() as u64, shape);
            return Ok(Self::Archive(
                archive.with_context(|| format!("cannot write {}", path.display()))?,
            ));
        }
        std::fs::create_dir_all(path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self::Folder {
            folder: path.to_owned(),
            layer: arguments.layer.name,
            shape,
        })
    }

    /// Writes one channel's climb.
    pub(crate) fn write(&mut self, climb: &[Iterate]) -> Result<()> {
        let Some(first) = climb.first() else { return Ok(()) };
        match self {
            Self::Archive(archive) => archive.write(climb).context("cannot write the iterates"),
            Self::Folder { folder, layer, shape } => {
                let path = folder.join(format!("{layer}_c{:03}.npy", first.channel));
                write_array(&path, shape, climb).with_context(|| format!("cannot write {}", path.display()))
            }
        }
    }

    pub(crate) fn finish(self) -> Result<()> {
        match self {
            Self::Archive(archive) => archive.finish().context("cannot finish the archive of iterates"),
            Self::Folder { .. } => Ok(()),
        }
    }
}

fn write_array(path: &Path, shape: &[u64], climb: &[Iterate]) -> io::Result<()> {
    let file = BufWriter::new(File::create(path)?);
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(shape)
        .writer(file)
        .begin_nd()?;
    writer.extend(climb.iter().flat_map(|iterate| iterate.pixels.iter().copied()))?;
    writer.finish()
}

type Zip = ZipWriter<BufWriter<File>>;

/// An `.npz` with one array that grows as channels finish.
pub(crate) struct Archive {
    array: NpyWriter<f32, Shared>,
    zip: Shared,
}

impl Archive {
    fn create(path: &Path, channels: u64, [iterations, height, width, colors]: [u64; 4]) -> Result<Self> {
        let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
        // Noise does not compress; large_file because 40 channels x 100 iterates pass a gigabyte.
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .large_file(true);
        zip.start_file("iterates.npy", options)?;
        let zip = Shared(Rc::new(RefCell::new(zip)));
        let shape = [channels, iterations, height, width, colors];
        let array = npyz::WriteOptions::new()
            .default_dtype()
            .shape(&shape)
            .writer(zip.clone())
            .begin_nd()?;
        Ok(Self { array, zip })
    }

    fn write(&mut self, climb: &[Iterate]) -> io::Result<()> {
        self.array
            .extend(climb.iter().flat_map(|iterate| iterate.pixels.iter().copied()))
    }

    fn finish(self) -> Result<()> {
        self.array.finish()?;
        let zip = Rc::into_inner(self.zip.0).context("the archive is still in use")?;
        zip.into_inner().finish()?.flush()?;
        Ok(())
    }
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
