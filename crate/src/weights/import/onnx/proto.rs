//! The part of ONNX's messages that tells which tensors are a VGG16's (numbers as in `onnx.proto3`).

use std::collections::BTreeMap;
use std::ops::Range;

use super::FORMAT;
use super::wire::{Cursor, Field, Value};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

/// The most nodes, names, attributes, tensors and sides of all of them together. A VGG16 has a few hundred; a damaged
/// file must not fill the memory.
const MOST_ENTRIES: usize = 100_000;

/// The longest name or text.
const LONGEST_TEXT: u64 = 1024;

/// A model's graph: what is computed in which order, and the constants.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// Initializers and the values of Constant nodes, by the name that other nodes use.
    pub(super) tensors: BTreeMap<String, Tensor>,
}

/// One operation.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    /// The operator; those that are not ONNX's own are prefixed with their domain.
    pub(super) operator: String,
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    attributes: Vec<(String, Attribute)>,
}

/// An attribute of a node.
#[derive(Debug, Default)]
struct Attribute {
    integer: Option<i64>,
    integers: Vec<i64>,
    text: Option<String>,
    tensor: Option<Box<Tensor>>,
}

/// A tensor: what it is, and where its numbers lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) dims: Vec<i64>,
    pub(super) data_type: u64,
    /// The message itself, for numbers that lie in typed fields.
    pub(super) message: Range<u64>,
    pub(super) raw_data: Option<Range<u64>>,
    pub(super) is_external: bool,
    /// `location`, `offset`, `length` and the like.
    pub(super) external_data: BTreeMap<String, String>,
}

impl Node {
    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find_map(|(found, attribute)| (found == name).then_some(attribute))
    }

    /// The value of a Constant node, under the name that other nodes use.
    fn take_constant(&mut self) -> Option<(String, Tensor)> {
        if self.operator != "Constant" {
            return None;
        }
        let value = self.attributes.iter_mut().find(|(name, _)| name == "value");
        let tensor = value.and_then(|(_, value)| value.tensor.take())?;
        let name = self.outputs.first()?.clone();
        let tensor = Tensor {
            name: name.clone(),
            ..*tensor
        };
        Some((name, tensor))
    }

    /// The integers of an attribute; `None` where it is not given.
    pub(super) fn integers(&self, attribute: &str) -> Option<&[i64]> {
        self.attribute(attribute).map(|found| found.integers.as_slice())
    }

    /// The integer of an attribute; `None` where it is not given.
    pub(super) fn integer(&self, attribute: &str) -> Option<i64> {
        self.attribute(attribute)?.integer
    }

    /// The text of an attribute; `None` where it is not given.
    pub(super) fn text(&self, attribute: &str) -> Option<&str> {
        self.attribute(attribute)?.text.as_deref()
    }
}

impl Graph {
    /// Reads the graph of a model.
    pub(super) fn read(input: &InputFile) -> Result<Self, WeightsError> {
        let mut graph = Self::default();
        let mut decoder = Decoder { input, entries: 0 };
        decoder.each(0..input.size(), &mut |decoder, field| match field {
            Field {
                number: 7,
                value: Value::Bytes(message),
            } => decoder.graph(message, &mut graph),
            _ => Ok(()),
        })?;
        Ok(graph)
    }

    fn insert(&mut self, input: &InputFile, (name, tensor): (String, Tensor)) -> Result<(), WeightsError> {
        match self.tensors.insert(name, tensor) {
            None => Ok(()),
            Some(twice) => Err(WeightsError::DuplicateTensor {
                file: input.name().to_owned(),
                tensor: twice.name,
            }),
        }
    }
}

/// Reads messages, and counts what it keeps of them.
struct Decoder<'a> {
    input: &'a InputFile,
    entries: usize,
}

impl Decoder<'_> {
    /// Calls `take` with each field of a message. Fields that it has no use for were skipped, unread.
    fn each(
        &mut self,
        message: Range<u64>,
        take: &mut dyn FnMut(&mut Self, Field) -> Result<(), WeightsError>,
    ) -> Result<(), WeightsError> {
        let mut cursor = Cursor::new(self.input, message);
        while let Some(field) = cursor.field()? {
            take(self, field)?;
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), WeightsError> {
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            let problem = format!("its graph has more than {MOST_ENTRIES} parts, far more than a VGG16's");
            return Err(self.input.malformed(FORMAT, problem));
        }
        Ok(())
    }

    fn text(&mut self, range: Range<u64>) -> Result<String, WeightsError> {
        self.count()?;
        let bad = |problem: &str| {
            let problem = format!("the text at byte {} {problem}", range.start);
            self.input.malformed(FORMAT, problem)
        };
        if range.end - range.start > LONGEST_TEXT {
            return Err(bad(&format!("is longer than {LONGEST_TEXT} bytes")));
        }
        String::from_utf8(self.input.read(range.clone())?).map_err(|_| bad("is not UTF-8"))
    }

    fn graph(&mut self, message: Range<u64>, graph: &mut Graph) -> Result<(), WeightsError> {
        self.each(message, &mut |decoder, field| match (field.number, field.value) {
            (1, Value::Bytes(message)) => {
                let mut node = decoder.node(message)?;
                if let Some(constant) = node.take_constant() {
                    graph.insert(decoder.input, constant)?;
                }
                graph.nodes.push(node);
                Ok(())
            }
            (5, Value::Bytes(message)) => {
                let tensor = decoder.tensor(message)?;
                graph.insert(decoder.input, (tensor.name.clone(), tensor))
            }
            _ => Ok(()),
        })
    }

    fn node(&mut self, message: Range<u64>) -> Result<Node, WeightsError> {
        self.count()?;
        let mut node = Node::default();
        let mut domain = String::new();
        self.each(message, &mut |decoder, field| {
            match (field.number, field.value) {
                (1, Value::Bytes(text)) => node.inputs.push(decoder.text(text)?),
                (2, Value::Bytes(text)) => node.outputs.push(decoder.text(text)?),
                (3, Value::Bytes(text)) => node.name = decoder.text(text)?,
                (4, Value::Bytes(text)) => node.operator = decoder.text(text)?,
                (5, Value::Bytes(message)) => {
                    let attribute = decoder.attribute(message)?;
                    node.attributes.push(attribute);
                }
                (7, Value::Bytes(text)) => domain = decoder.text(text)?,
                _ => {}
            }
            Ok(())
        })?;
        if !matches!(domain.as_str(), "" | "ai.onnx") {
            node.operator = format!("{domain}.{}", node.operator);
        }
        Ok(node)
    }

    fn attribute(&mut self, message: Range<u64>) -> Result<(String, Attribute), WeightsError> {
        let mut name = String::new();
        let mut attribute = Attribute::default();
        self.each(message, &mut |decoder, field| {
            match (field.number, field.value) {
                (1, Value::Bytes(text)) => name = decoder.text(text)?,
                (3, Value::Varint(integer)) => attribute.integer = Some(integer.cast_signed()),
                // Long texts are other operators' business.
                (4, Value::Bytes(text)) if text.end - text.start <= LONGEST_TEXT => {
                    attribute.text = decoder.text(text).ok();
                }
                (5, Value::Bytes(message)) => attribute.tensor = Some(Box::new(decoder.tensor(message)?)),
                (8, value) => decoder.integers(value, &mut attribute.integers)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok((name, attribute))
    }

    fn tensor(&mut self, message: Range<u64>) -> Result<Tensor, WeightsError> {
        self.count()?;
        let mut tensor = Tensor {
            message: message.clone(),
            ..Tensor::default()
        };
        self.each(message, &mut |decoder, field| {
            match (field.number, field.value) {
                (1, value) => decoder.integers(value, &mut tensor.dims)?,
                (2, Value::Varint(data_type)) => tensor.data_type = data_type,
                (8, Value::Bytes(text)) => tensor.name = decoder.text(text)?,
                (9, Value::Bytes(raw)) => tensor.raw_data = Some(raw),
                (13, Value::Bytes(message)) => {
                    let (key, value) = decoder.entry(message)?;
                    tensor.external_data.insert(key, value);
                }
                (14, Value::Varint(location)) => tensor.is_external = location == 1,
                _ => {}
            }
            Ok(())
        })?;
        Ok(tensor)
    }

    fn entry(&mut self, message: Range<u64>) -> Result<(String, String), WeightsError> {
        let (mut key, mut entry) = (String::new(), String::new());
        self.each(message, &mut |decoder, field| {
            match (field.number, field.value) {
                (1, Value::Bytes(text)) => key = decoder.text(text)?,
                (2, Value::Bytes(text)) => entry = decoder.text(text)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok((key, entry))
    }

    /// Adds repeated integers, packed or not.
    fn integers(&mut self, value: Value, integers: &mut Vec<i64>) -> Result<(), WeightsError> {
        match value {
            Value::Varint(integer) => {
                self.count()?;
                integers.push(integer.cast_signed());
            }
            Value::Bytes(packed) => {
                let mut cursor = Cursor::new(self.input, packed);
                while !cursor.is_done() {
                    self.count()?;
                    integers.push(cursor.varint()?.cast_signed());
                }
            }
            Value::Fixed32(_) | Value::Fixed64(_) => {}
        }
        Ok(())
    }
}
