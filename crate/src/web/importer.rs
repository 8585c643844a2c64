//! Reads the files that are no safetensors, and gives their layers as safetensors: a module of its own, so that who
//! never opens such a file never downloads their readers.

use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::blob::BlobBytes;
use super::js::{reject, rejection, text};
use crate::error::Error;
use crate::weights::bytes::InputFile;
use crate::weights::{Checkpoint, Index, Precision, WeightsError, shard};

/// An opened file of any format.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Importer {
    checkpoint: Checkpoint,
    index: Index,
}

#[wasm_bindgen]
impl Importer {
    /// Opens a file, which is read by slices; `name` is what messages call it.
    pub fn open(blob: Blob, name: String) -> Result<Importer, JsValue> {
        let bytes = BlobBytes::new(blob).map_err(|error| {
            let (file, cause) = (name.clone(), text(&error));
            rejection(WeightsError::Unreachable { file, cause })
        })?;
        let checkpoint = Checkpoint::open(InputFile::new(name, bytes)).map_err(rejection)?;
        let index = checkpoint.index();
        Ok(Self { checkpoint, index })
    }

    /// The index that the file stands in for.
    #[wasm_bindgen(getter, js_name = indexText)]
    pub fn index_text(&self) -> Result<String, JsValue> {
        self.index.to_json().map_err(rejection)
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

    /// A convolution as a safetensors file, f32.
    pub fn shard(&self, ordinal: usize) -> Result<Vec<u8>, JsValue> {
        let read = || shard(ordinal, &self.checkpoint.convolution(ordinal)?, Precision::F32);
        read().map_err(|error| reject(Error::Weights(error)))
    }
}
