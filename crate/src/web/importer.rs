//! Reads single files of weights and gives their layers as safetensors of our own kind: a module of its own, so that who
//! only opens folders never downloads the readers. A file is here as a whole, or lies on a host and comes in parts.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::blob::BlobBytes;
use super::js::{reject, rejection, taken, text};
use crate::error::Error;
use crate::vgg16::Layer;
use crate::weights::bytes::{InputFile, Parts};
use crate::weights::import::safetensors::{Header, LENGTH_BYTES, header_length};
use crate::weights::import::{Format, of_beginning};
use crate::weights::index::sha256_hex;
use crate::weights::training::{self, Recognised};
use crate::weights::{Checkpoint, Precision, WeightsError, shard};

/// What is known of a file before it is opened: which of several VGG16s in it is meant, and, by layer, sha256 in hex of the bytes
/// of its weight and then its bias, as they lie in the file.
#[derive(Debug)]
struct Expected(JsValue);

impl Expected {
    fn network(&self) -> Option<String> {
        property(&self.0, "network").as_string()
    }

    fn sha256(&self, layer: &str) -> Option<String> {
        property(&property(&self.0, "sha256"), layer).as_string()
    }
}

/// Undefined where there is none.
fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

#[wasm_bindgen(typescript_custom_section)]
const EXPECTED: &str = "export interface Expected { network?: string; sha256?: Readonly<Record<string, string>>; }";

/// An opened file of any format.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Importer {
    expected: Expected,
    checkpoint: Checkpoint,
    /// The training that its first layer is of; of a file that comes in parts it is known once that layer is here.
    recognised: RefCell<Option<Recognised>>,
    /// What is here of a file that lies on a host.
    parts: Option<Arc<Parts>>,
}

#[wasm_bindgen]
impl Importer {
    /// Opens a file, which is read by slices; `name` is what messages call it.
    pub fn open(
        blob: Blob,
        name: String,
        #[wasm_bindgen(unchecked_param_type = "Expected")] expected: JsValue,
    ) -> Result<Importer, JsValue> {
        let expected = Expected(expected);
        let bytes = BlobBytes::new(blob).map_err(|error| {
            let (file, cause) = (name.clone(), text(&error));
            rejection(WeightsError::Unreachable { file, cause })
        })?;
        let open = || {
            let checkpoint = Checkpoint::open_network(InputFile::new(name, bytes), expected.network().as_deref())?;
            let recognised = checkpoint.recognised()?;
            Ok(Self::new(checkpoint, recognised, None, expected))
        };
        open().map_err(rejection)
    }

    /// What kind of file begins with these bytes, as people would say; `size` is the whole file's, where it is known.
    #[wasm_bindgen(js_name = formatOf)]
    pub fn format_of(name: &str, head: &[u8], size: Option<f64>) -> Result<String, JsValue> {
        let format = of_beginning(name, head, size.map(|size| size as u64)).map_err(rejection)?;
        Ok(format.to_string())
    }

    /// How many bytes from its beginning a safetensors file's directory takes, by the first eight of them.
    #[wasm_bindgen(js_name = headerEnd)]
    pub fn header_end(name: &str, head: &[u8], size: Option<f64>) -> Result<f64, JsValue> {
        let length = header_length(name, head, size.map(|size| size as u64)).map_err(rejection)?;
        Ok((LENGTH_BYTES + length) as f64)
    }

    /// Opens a safetensors file of which the beginning is here, its directory within.
    #[wasm_bindgen(js_name = openParts)]
    pub fn open_parts(
        name: String,
        head: Vec<u8>,
        size: Option<f64>,
        #[wasm_bindgen(unchecked_param_type = "Expected")] expected: JsValue,
    ) -> Result<Importer, JsValue> {
        let expected = Expected(expected);
        let open = || {
            let length = header_length(&name, &head, None)? as usize;
            let start = LENGTH_BYTES as usize;
            let json = head.get(start..start + length).unwrap_or_default();
            let size = match size {
                Some(size) => size as u64,
                None => Header::parse(&name, json)?.end(),
            };
            let parts = Arc::new(Parts::new(size));
            parts.put(0, head);
            let input = InputFile::new(name, Arc::clone(&parts));
            let checkpoint = Checkpoint::open_as(input, Format::Safetensors, expected.network().as_deref())?;
            Ok(Self::new(checkpoint, None, Some(parts), expected))
        };
        open().map_err(rejection)
    }

    const fn new(
        checkpoint: Checkpoint,
        recognised: Option<Recognised>,
        parts: Option<Arc<Parts>>,
        expected: Expected,
    ) -> Self {
        Self {
            expected,
            checkpoint,
            recognised: RefCell::new(recognised),
            parts,
        }
    }

    /// The index that the file stands in for.
    #[wasm_bindgen(getter, js_name = indexText)]
    pub fn index_text(&self) -> Result<String, JsValue> {
        let index = self.checkpoint.index(self.recognised.borrow().as_ref());
        index.to_json().map_err(rejection)
    }

    /// Whether its numbers say which training it is of.
    #[wasm_bindgen(getter, js_name = isRecognised)]
    pub fn is_recognised(&self) -> bool {
        self.recognised.borrow().is_some()
    }

    /// What had to be assumed to find VGG16 in it, as sentences; empty where its names say it all.
    #[wasm_bindgen(getter)]
    pub fn assumed(&self) -> String {
        self.checkpoint.assumed().join(" ")
    }

    /// What kind of file it is, as people would say.
    #[wasm_bindgen(getter)]
    pub fn format(&self) -> String {
        self.checkpoint.format().to_string()
    }

    /// Bytes of each convolution's numbers in the file.
    #[wasm_bindgen(getter, js_name = layerBytes)]
    pub fn layer_bytes(&self) -> Vec<f64> {
        (0..self.checkpoint.convolutions())
            .map(|ordinal| self.checkpoint.bytes(ordinal) as f64)
            .collect()
    }

    /// Where a convolution's numbers lie in the file: the first byte and the one behind the last of each part. Neighbours are one
    /// part. Empty if the format does not keep them so.
    pub fn ranges(&self, ordinal: usize) -> Vec<f64> {
        joined(self.checkpoint.ranges(ordinal))
            .into_iter()
            .flat_map(|range| [range.start as f64, range.end as f64])
            .collect()
    }

    /// A convolution as a safetensors file, f32. Of a file that lies on a host it takes the bytes of [`Self::ranges`], and
    /// forgets them; the first convolution says which training the file is of.
    pub fn shard(&self, ordinal: usize, fetched: Vec<Uint8Array>) -> Result<Vec<u8>, JsValue> {
        let ranges = joined(self.checkpoint.ranges(ordinal));
        if let Some(parts) = &self.parts {
            for (range, bytes) in ranges.iter().zip(&fetched) {
                parts.put(range.start, taken(bytes));
            }
        }
        let read = || {
            self.check_digest(ordinal)?;
            let convolution = self.checkpoint.convolution(ordinal)?;
            if ordinal == 0 {
                self.recognised.replace(training::recognise(&convolution));
            }
            shard(ordinal, &convolution, Precision::F32)
        };
        let read = read().map_err(|error| reject(Error::Weights(error)));
        if let Some(parts) = &self.parts {
            ranges.iter().for_each(|range| parts.forget(range.start));
        }
        read
    }
}

impl Importer {
    /// Holds a convolution's bytes to what a catalogue says of them.
    fn check_digest(&self, ordinal: usize) -> Result<(), WeightsError> {
        let layer = Layer::convolution(ordinal).map_or("", |layer| layer.name);
        let Some(expected) = self.expected.sha256(layer) else {
            return Ok(());
        };
        let mut bytes = Vec::new();
        for range in self.checkpoint.ranges(ordinal) {
            bytes.append(&mut self.checkpoint.input().read(range)?);
        }
        let actual = sha256_hex(&bytes);
        if actual.eq_ignore_ascii_case(&expected) {
            return Ok(());
        }
        Err(WeightsError::Checksum {
            file: format!("{layer} of {}", self.checkpoint.input().name()),
            expected,
            actual,
        })
    }
}

/// Adjacent ranges in one.
fn joined(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.sort_by_key(|range| range.start);
    match ranges.as_slice() {
        [first, second] if first.end == second.start => {
            let whole = first.start..second.end;
            vec![whole]
        }
        _ => ranges,
    }
}
