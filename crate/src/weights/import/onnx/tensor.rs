//! The numbers of a tensor: raw bytes, a typed field of the message, or a range of a file beside the model.

use std::ops::Range;

use half::{bf16, f16};

use super::FORMAT;
use super::external::ExternalFiles;
use super::proto::Tensor;
use super::wire::{Cursor, Value};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;
use crate::weights::import::parameter::{Element, floats};

/// Where a tensor's numbers are, and how they are stored.
pub(super) struct Numbers {
    name: String,
    element: Element,
    count: u64,
    place: Place,
}

enum Place {
    /// Little-endian numbers.
    Raw(InputFile, Range<u64>),
    /// In typed fields of this message.
    Typed(Range<u64>),
}

impl Numbers {
    /// Finds the numbers of a tensor of this shape and checks that the bytes are as many as it says.
    pub(super) fn locate(
        input: &InputFile,
        tensor: &Tensor,
        shape: &[u64],
        external: &mut ExternalFiles<'_>,
    ) -> Result<Self, WeightsError> {
        let element = element(tensor.data_type);
        let bad = |problem: String| input.malformed(FORMAT, format!("{} {problem}", tensor.name));
        let bytes = shape
            .iter()
            .try_fold(element.bytes(), |product, &side| product.checked_mul(side))
            .ok_or_else(|| bad(format!("has the shape {shape:?}, which overflows")))?;
        let place = match &tensor.raw_data {
            // Numbers that are no floats are refused by the name of their type, wherever they lie.
            _ if matches!(element, Element::Other(_)) => Place::Typed(tensor.message.clone()),
            _ if tensor.is_external => {
                let (file, range) = external.locate(tensor, bytes)?;
                Place::Raw(file, range)
            }
            Some(raw) if raw.end - raw.start != bytes => {
                let length = raw.end - raw.start;
                return Err(bad(format!(
                    "has {length} bytes where its shape {shape:?} needs {bytes}"
                )));
            }
            Some(raw) => Place::Raw(input.clone(), raw.clone()),
            None => Place::Typed(tensor.message.clone()),
        };
        Ok(Self {
            name: tensor.name.clone(),
            count: bytes / element.bytes(),
            element,
            place,
        })
    }

    /// Reads the numbers; `input` is the model.
    pub(super) fn read(&self, input: &InputFile) -> Result<Vec<f32>, WeightsError> {
        match &self.place {
            Place::Raw(file, range) => self.floats(file, range.clone()),
            Place::Typed(message) => self.read_typed(input, message.clone()),
        }
    }

    /// Reads `float_data`, `double_data` or `int32_data`, which holds the bits of 16-bit floats; each may be in parts.
    fn read_typed(&self, input: &InputFile, message: Range<u64>) -> Result<Vec<f32>, WeightsError> {
        let (number, longest) = match self.element {
            Element::F32 => (4, 4),
            // 16 bits take at most three bytes as a varint.
            Element::F16 | Element::BF16 => (5, 3),
            Element::F64 | Element::Other(_) => (10, 8),
        };
        let mut values = Vec::new();
        let mut fields = Cursor::new(input, message);
        while let Some(field) = fields.field()? {
            match field.value {
                Value::Bytes(packed) if field.number == number => {
                    if packed.end - packed.start > (self.count - values.len() as u64).saturating_mul(longest) {
                        return Err(self.bad(
                            input,
                            &format!("holds more than the {} numbers of its shape", self.count),
                        ));
                    }
                    values.extend(self.packed(input, packed)?);
                }
                _ => {}
            }
            if values.len() as u64 > self.count {
                break;
            }
        }
        match values.len() as u64 {
            count if count == self.count => Ok(values),
            count => Err(self.bad(
                input,
                &format!("holds {count} numbers where its shape needs {}", self.count),
            )),
        }
    }

    fn packed(&self, input: &InputFile, packed: Range<u64>) -> Result<Vec<f32>, WeightsError> {
        if !matches!(self.element, Element::F16 | Element::BF16) {
            return self.floats(input, packed);
        }
        let mut values = Vec::new();
        let mut numbers = Cursor::new(input, packed);
        while !numbers.is_done() {
            let bits = u16::try_from(numbers.varint()?)
                .map_err(|_| self.bad(input, "holds a number of more than its 16 bits"))?;
            values.push(match self.element {
                Element::BF16 => bf16::from_bits(bits).to_f32(),
                _ => f16::from_bits(bits).to_f32(),
            });
        }
        Ok(values)
    }

    fn floats(&self, file: &InputFile, range: Range<u64>) -> Result<Vec<f32>, WeightsError> {
        let bytes = file.read(range)?;
        floats(&self.element, &bytes).ok_or_else(|| self.bad(file, &format!("has {} bytes of numbers", bytes.len())))
    }

    fn bad(&self, input: &InputFile, problem: &str) -> WeightsError {
        input.malformed(FORMAT, format!("{} {problem}", self.name))
    }
}

/// The element type of ONNX's number for it.
pub(super) fn element(data_type: u64) -> Element {
    let name = match data_type {
        1 => return Element::F32,
        10 => return Element::F16,
        11 => return Element::F64,
        16 => return Element::BF16,
        0 => "undefined",
        2 => "UINT8",
        3 => "INT8",
        4 => "UINT16",
        5 => "INT16",
        6 => "INT32",
        7 => "INT64",
        8 => "STRING",
        9 => "BOOL",
        12 => "UINT32",
        13 => "UINT64",
        14 => "COMPLEX64",
        15 => "COMPLEX128",
        17 => "FLOAT8E4M3FN",
        18 => "FLOAT8E4M3FNUZ",
        19 => "FLOAT8E5M2",
        20 => "FLOAT8E5M2FNUZ",
        21 => "UINT4",
        22 => "INT4",
        23 => "FLOAT4E2M1",
        other => return Element::Other(format!("data type {other}")),
    };
    Element::Other(name.to_owned())
}
