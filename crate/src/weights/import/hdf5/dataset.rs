//! One dataset that is a layer's parameter: checked when the file is opened, read when its layer is asked for.

use std::ops::Range;

use hdf5_pure::{Dataset, Datatype, Layout};

use super::allowance::Allowance;
use super::chunks::Chunks;
use super::element::Numbers;
use super::library::Library;
use super::tree::Found;
use crate::weights::WeightsError;
use crate::weights::import::parameter::{Element, Tensor, floats};

/// Elements of VGG16's largest kernel.
pub(super) const LARGEST: u64 = 3 * 3 * 512 * 512;

/// The attribute in which Keras 3 keeps the type of numbers that HDF5 does not know.
const TYPE: &str = "dtype";

/// A dataset whose place and size in the file are known to be sound.
pub(super) struct Stored {
    dataset: Dataset,
    numbers: Numbers,
    place: Place,
}

/// Where the values are.
enum Place {
    /// In the dataset's entry of the directory itself.
    Inline,
    /// In one piece.
    Piece(Range<u64>),
    Chunks(Chunks),
    /// Nowhere that matters, because they are no floats and are refused for that.
    Unread,
}

/// What the file says of a dataset.
struct Description {
    datatype: Datatype,
    shape: Vec<u64>,
    layout: Layout,
    filters: Vec<u16>,
    /// Keras's name for the type.
    label: Option<String>,
}

impl Description {
    fn of(dataset: &Dataset) -> Result<Self, hdf5_pure::Error> {
        let datatype = dataset.datatype()?;
        let label = match datatype {
            Datatype::Opaque { .. } => dataset
                .attrs()?
                .get(TYPE)
                .and_then(|name| name.as_str().map(str::to_owned)),
            _ => None,
        };
        Ok(Self {
            datatype,
            shape: dataset.shape()?,
            layout: dataset.layout()?,
            filters: dataset.filters(),
            label,
        })
    }
}

/// What a dataset is, and where its values are, or why that cannot be said.
pub(super) struct Opened {
    pub(super) shape: Vec<u64>,
    pub(super) element: Element,
    pub(super) stored: Result<Stored, WeightsError>,
}

impl Opened {
    /// Of a dataset that is not looked at.
    pub(super) fn unread(library: &Library, found: &Found) -> Self {
        Self::broken(WeightsError::MissingTensor {
            file: library.input().name().to_owned(),
            tensor: format!("the numbers of {}", found.path),
        })
    }

    const fn broken(error: WeightsError) -> Self {
        Self {
            shape: Vec::new(),
            element: Element::Other(String::new()),
            stored: Err(error),
        }
    }

    /// Opens and checks a dataset. Its shape is only checked for its size: whether it fits is the caller's to say.
    pub(super) fn new(library: &Library, found: &Found) -> Self {
        let opened = library.call(&found.path, Allowance::OBJECT, || {
            let dataset = found.parent.dataset(&found.name)?;
            let description = Description::of(&dataset)?;
            Ok((dataset, description))
        });
        let (dataset, description) = match opened {
            Ok(opened) => opened,
            Err(error) => return Self::broken(error),
        };
        let numbers = Numbers::of(&description.datatype, description.label.as_deref());
        Self {
            shape: description.shape.clone(),
            element: numbers.element.clone(),
            stored: Stored::new(library, found, dataset, description, numbers),
        }
    }
}

impl Stored {
    fn new(
        library: &Library,
        found: &Found,
        dataset: Dataset,
        description: Description,
        numbers: Numbers,
    ) -> Result<Self, WeightsError> {
        let elements = count(library, &found.path, &description.shape)?;
        let place = place(description, &numbers, elements, library.input().size())
            .map_err(|problem| library.malformed(format!("{} {problem}", found.path)))?;
        Ok(Self {
            dataset,
            numbers,
            place,
        })
    }

    /// Where the values are in the file, where they are in one piece.
    pub(super) fn range(&self) -> Option<Range<u64>> {
        match &self.place {
            Place::Piece(range) => Some(range.clone()),
            _ => None,
        }
    }

    /// Reads the values, in the order of the file.
    pub(super) fn values(&self, library: &Library, tensor: &Tensor) -> Result<Vec<f32>, WeightsError> {
        let expected = count(library, &tensor.name, &tensor.shape)? * self.numbers.width;
        let stored = match &self.place {
            Place::Chunks(chunks) => self.stored_chunks(library, tensor, chunks)?,
            Place::Inline | Place::Piece(_) => expected,
            Place::Unread => return Err(wrong_dtype(library, tensor)),
        };
        let mut bytes = library.call(&tensor.name, Allowance::values(stored), || self.dataset.read_raw())?;
        if bytes.len() as u64 != expected {
            let problem = format!("{} has {} bytes and not {expected}", tensor.name, bytes.len());
            return Err(library.malformed(problem));
        }
        if self.numbers.big_endian {
            let width = self.numbers.width as usize;
            bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        floats(&self.numbers.element, &bytes).ok_or_else(|| wrong_dtype(library, tensor))
    }

    fn stored_chunks(&self, library: &Library, tensor: &Tensor, chunks: &Chunks) -> Result<u64, WeightsError> {
        let listed = library.call(&tensor.name, Allowance::CHUNK_INDEX, || self.dataset.chunks())?;
        chunks
            .stored(&listed, library.input().size())
            .map_err(|problem| library.malformed(format!("{} {problem}", tensor.name)))
    }
}

fn wrong_dtype(library: &Library, tensor: &Tensor) -> WeightsError {
    WeightsError::WrongDtype {
        file: library.input().name().to_owned(),
        tensor: tensor.name.clone(),
        dtype: tensor.element.to_string(),
    }
}

/// Number of elements, bounded before anything is read.
fn count(library: &Library, name: &str, shape: &[u64]) -> Result<u64, WeightsError> {
    let product = |product: u64, &side: &u64| product.checked_mul(side);
    let elements = shape.iter().try_fold(1, product);
    elements
        .filter(|&elements| elements <= LARGEST)
        .ok_or_else(|| WeightsError::WrongShape {
            file: library.input().name().to_owned(),
            tensor: name.to_owned(),
            problem: format!("has shape {shape:?}, larger than VGG16's largest kernel, [3, 3, 512, 512]"),
        })
}

/// The error is a clause about the dataset.
fn place(description: Description, numbers: &Numbers, elements: u64, file_size: u64) -> Result<Place, String> {
    if matches!(numbers.element, Element::Other(_)) {
        return Ok(Place::Unread);
    }
    match description.layout {
        Layout::Compact { .. } => Ok(Place::Inline),
        Layout::Contiguous { address, .. } => {
            let start = address.ok_or("was never written, or is kept in another file")?;
            let end = start.checked_add(elements * numbers.width);
            let end = end.filter(|&end| end <= file_size);
            let end =
                end.ok_or_else(|| format!("should begin at byte {start} and ends beyond the file's {file_size}"))?;
            Ok(Place::Piece(start..end))
        }
        Layout::Chunked { chunk_shape, index } => {
            let (shape, filters) = (&description.shape, &description.filters);
            Chunks::new(shape, numbers.width, chunk_shape, index, filters).map(Place::Chunks)
        }
        _ => Err("is put together from other files, which are not read".to_owned()),
    }
}
