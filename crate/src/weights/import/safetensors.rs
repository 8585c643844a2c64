//! safetensors: an 8-byte length, a JSON header, and the tensors' bytes (<https://github.com/huggingface/safetensors>).
//!
//! The header is read here rather than by the safetensors crate because a page reads it alone, without the file that
//! follows, and because an error must name the tensor.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Number;

use super::parameter::{Element, Parameter, Parameters, Tensor, Tensors, floats};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;
use crate::weights::names;

/// The longest header that is read: VGG16's takes 3 KB. The format allows 100 MB, and parsed, a header made for it takes
/// twenty times its length.
const LONGEST_HEADER: u64 = 2 << 20;

/// Bytes before the header.
pub(crate) const LENGTH_BYTES: u64 = 8;

/// The header's length, from the file's first eight bytes; `size` is the file's where it is known.
pub(crate) fn header_length(file: &str, first: &[u8], size: Option<u64>) -> Result<u64, WeightsError> {
    let length = first
        .first_chunk()
        .map(|&bytes| u64::from_le_bytes(bytes))
        .ok_or_else(|| {
            malformed(
                file,
                format!("{} bytes are too few for the header's length", first.len()),
            )
        })?;
    let available = size.map(|size| size.saturating_sub(LENGTH_BYTES));
    match available {
        _ if length == 0 => Err(malformed(file, "its header is empty")),
        Some(available) if length > available => Err(malformed(
            file,
            format!("its header is said to be {length} bytes long, and {available} follow: a cut or foreign file"),
        )),
        _ if length > LONGEST_HEADER => Err(malformed(
            file,
            format!(
                "its header is said to be {length} bytes long, far more than a VGG16's: more than {LONGEST_HEADER}"
            ),
        )),
        _ => Ok(length),
    }
}

fn malformed(file: &str, problem: impl Into<String>) -> WeightsError {
    WeightsError::Malformed {
        file: file.to_owned(),
        format: "safetensors",
        problem: problem.into(),
    }
}

/// A checked header: which tensors the file holds and where.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    file: String,
    tensors: Vec<Tensor>,
    /// Of each tensor, from the beginning of the file.
    ranges: Vec<Range<u64>>,
    /// Length of the whole file.
    end: u64,
}

impl Header {
    /// Parses the JSON that follows the length. Every tensor is checked, not only VGG16's.
    pub(crate) fn parse(file: &str, json: &[u8]) -> Result<Self, WeightsError> {
        let text = std::str::from_utf8(json).map_err(|_| malformed(file, "its header is not UTF-8 text"))?;
        let entries: Entries = serde_json::from_str(text).map_err(|error| malformed(file, header_problem(&error)))?;
        let data_start = LENGTH_BYTES + json.len() as u64;
        let mut tensors = entries
            .0
            .into_iter()
            .map(|(name, entry)| Placed::new(file, name, &entry, data_start))
            .collect::<Result<Vec<_>, _>>()?;
        tensors.sort_by_key(|tensor| (tensor.range.start, tensor.range.end));
        let end = check_gapless(file, &tensors, data_start)?;
        let (tensors, ranges) = tensors.into_iter().map(Placed::tensor).unzip();
        Ok(Self {
            file: file.to_owned(),
            tensors,
            ranges,
            end,
        })
    }

    /// Length of the whole file.
    #[cfg(all(feature = "web", feature = "import"))]
    pub(crate) const fn end(&self) -> u64 {
        self.end
    }

    /// Refuses a file that is shorter or longer than the header says.
    fn check_size(&self, size: u64) -> Result<(), WeightsError> {
        match size {
            size if size < self.end => Err(WeightsError::Truncated {
                file: self.file.clone(),
                expected: self.end,
                actual: size,
            }),
            size if size > self.end => Err(malformed(
                &self.file,
                format!("{} bytes follow the last tensor", size - self.end),
            )),
            _ => Ok(()),
        }
    }

    /// The tensors that bear VGG16's own names, with their positions.
    fn parameters(&self) -> impl Iterator<Item = (Parameter, usize)> {
        let tensors = self.tensors.iter().enumerate();
        tensors.filter_map(|(position, tensor)| Some((parameter(tensor)?, position)))
    }

    /// The values of a tensor from its bytes.
    fn values(&self, index: usize, bytes: &[u8]) -> Result<Vec<f32>, WeightsError> {
        let tensor = &self.tensors[index];
        floats(&tensor.element, bytes).ok_or_else(|| WeightsError::WrongDtype {
            file: self.file.clone(),
            tensor: tensor.name.clone(),
            dtype: tensor.element.to_string(),
        })
    }
}

fn parameter(tensor: &Tensor) -> Option<Parameter> {
    let named = names::parse(&tensor.name)?;
    Some(Parameter {
        ordinal: named.ordinal,
        part: named.part,
        order: named.order,
        name: tensor.name.clone(),
        shape: tensor.shape.clone(),
        element: tensor.element.clone(),
    })
}

/// A whole file with all its tensors.
struct SafetensorsFile {
    input: InputFile,
    header: Header,
}

/// A whole file with the tensors that bear VGG16's own names.
struct NamedParameters {
    file: SafetensorsFile,
    parameters: Vec<Parameter>,
    /// Of each parameter among the file's tensors.
    positions: Vec<usize>,
}

/// Opens a whole file of which only VGG16's own names matter: one of our folders, or of a folder with an index.
pub(super) fn open(input: &InputFile) -> Result<Box<dyn Parameters>, WeightsError> {
    let file = read(input)?;
    let (parameters, positions) = file.header.parameters().unzip();
    Ok(Box::new(NamedParameters {
        file,
        parameters,
        positions,
    }))
}

/// Opens a whole file with all its tensors.
pub(super) fn open_all(input: &InputFile) -> Result<Box<dyn Tensors>, WeightsError> {
    read(input).map(|file| -> Box<dyn Tensors> { Box::new(file) })
}

fn read(input: &InputFile) -> Result<SafetensorsFile, WeightsError> {
    let length = header_length(input.name(), &input.head(LENGTH_BYTES)?, Some(input.size()))?;
    let json = input.read(LENGTH_BYTES..LENGTH_BYTES + length)?;
    let header = Header::parse(input.name(), &json)?;
    header.check_size(input.size())?;
    Ok(SafetensorsFile {
        input: input.clone(),
        header,
    })
}

impl Parameters for NamedParameters {
    fn list(&self) -> &[Parameter] {
        &self.parameters
    }

    fn values(&self, index: usize) -> Result<Vec<f32>, WeightsError> {
        self.file.values(self.positions[index])
    }

    fn range(&self, index: usize) -> Option<Range<u64>> {
        self.file.range(*self.positions.get(index)?)
    }
}

impl Tensors for SafetensorsFile {
    fn list(&self) -> &[Tensor] {
        &self.header.tensors
    }

    fn values(&self, index: usize) -> Result<Vec<f32>, WeightsError> {
        let bytes = self.input.read(self.header.ranges[index].clone())?;
        self.header.values(index, &bytes)
    }

    fn range(&self, index: usize) -> Option<Range<u64>> {
        self.header.ranges.get(index).cloned()
    }
}

/// One tensor, placed in the file.
struct Placed {
    name: String,
    shape: Vec<u64>,
    element: Element,
    range: Range<u64>,
}

impl Placed {
    fn new(file: &str, name: String, entry: &Entry, data_start: u64) -> Result<Self, WeightsError> {
        let bad = |problem: String| malformed(file, format!("{name} {problem}"));
        let known = element(&entry.dtype);
        // Of a type that is newer than this library no length can be checked, and none matters but VGG16's.
        if known.is_none() && names::parse(&name).is_some() {
            return Err(bad(format!("has the unknown dtype {}", entry.dtype)));
        }
        let shape = entry
            .shape
            .iter()
            .map(|side| {
                side.as_u64()
                    .ok_or_else(|| bad(format!("has the side {side} in its shape")))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let [begin, end] = offsets(&entry.data_offsets).map_err(&bad)?;
        let element = match known {
            Some((element, width)) => {
                let bytes = shape
                    .iter()
                    .try_fold(width, |product, &side| product.checked_mul(side))
                    .ok_or_else(|| bad(format!("has the shape {shape:?}, which overflows")))?;
                if bytes != end - begin {
                    return Err(bad(format!(
                        "has {} bytes where its shape {shape:?} of {} needs {bytes}",
                        end - begin,
                        entry.dtype
                    )));
                }
                element
            }
            None => Element::Other(entry.dtype.clone()),
        };
        let past = || bad(format!("ends at byte {end}, beyond any file"));
        let start = data_start.checked_add(begin).ok_or_else(past)?;
        let end = data_start.checked_add(end).ok_or_else(past)?;
        Ok(Self {
            name,
            shape,
            element,
            range: start..end,
        })
    }

    fn tensor(self) -> (Tensor, Range<u64>) {
        let tensor = Tensor {
            path: self.name.clone(),
            name: self.name,
            shape: self.shape,
            element: self.element,
        };
        (tensor, self.range)
    }
}

fn offsets(offsets: &[Number; 2]) -> Result<[u64; 2], String> {
    let number = |offset: &Number| match offset.as_u64() {
        Some(number) => Ok(number),
        None if offset.to_string().starts_with('-') => Err(format!("has the negative offset {offset}")),
        None => Err(format!("has the offset {offset}, which is not a whole number")),
    };
    let [begin, end] = [number(&offsets[0])?, number(&offsets[1])?];
    if end < begin {
        return Err(format!("ends at {end}, before its beginning at {begin}"));
    }
    Ok([begin, end])
}

/// The tensors, in order of place, must follow each other without a gap; gives the end of the last.
fn check_gapless(file: &str, tensors: &[Placed], data_start: u64) -> Result<u64, WeightsError> {
    let mut end = data_start;
    let mut before = "the header";
    for tensor in tensors {
        let problem = match tensor.range.start {
            start if start < end => Some("overlaps"),
            start if start > end => Some("leaves a gap behind"),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(malformed(file, format!("{} {problem} {before}", tensor.name)));
        }
        (end, before) = (tensor.range.end, &tensor.name);
    }
    Ok(end)
}

/// The element type of a dtype and its width in bytes; `None` for dtypes the format does not have.
fn element(dtype: &str) -> Option<(Element, u64)> {
    let other = || Element::Other(dtype.to_owned());
    Some(match dtype {
        "F16" => (Element::F16, 2),
        "BF16" => (Element::BF16, 2),
        "F32" => (Element::F32, 4),
        "F64" => (Element::F64, 8),
        "BOOL" | "U8" | "I8" | "F8_E4M3" | "F8_E5M2" | "F8_E8M0" => (other(), 1),
        "I16" | "U16" => (other(), 2),
        "I32" | "U32" => (other(), 4),
        "I64" | "U64" | "C64" => (other(), 8),
        _ => return None,
    })
}

/// A tensor's entry. Numbers stay as written, so that a negative one can be named.
#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<Number>,
    data_offsets: [Number; 2],
}

/// The header's tensors in their order; the same name twice is an error, which a map would hide.
struct Entries(Vec<(String, Entry)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with one entry a tensor")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        use serde::de::Error;
        let mut seen = std::collections::BTreeSet::new();
        let mut entries = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if !seen.insert(name.clone()) {
                return Err(A::Error::custom(format!("{name} appears twice")));
            }
            if name == "__metadata__" {
                map.next_value::<IgnoredAny>()?;
            } else {
                let entry = map
                    .next_value()
                    .map_err(|error| A::Error::custom(format!("the entry of {name} is not a tensor's: {error}")))?;
                entries.push((name, entry));
            }
        }
        Ok(Entries(entries))
    }
}

fn header_problem(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => format!("its header is wrong: {error}"),
        _ => format!("its header is not JSON: {error}"),
    }
}
