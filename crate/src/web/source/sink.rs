//! Where a body goes as it arrives.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag};

/// Keeps the chunks of a body.
pub(super) trait Sink {
    /// Bytes kept so far.
    fn len(&self) -> u64;
    /// Begins again.
    fn clear(&mut self);
    /// Keeps one more chunk.
    ///
    /// # Errors
    /// JavaScript's, where the browser has no room.
    fn push(&mut self, chunk: &Uint8Array) -> Result<(), JsValue>;
}

/// In this module's memory.
#[derive(Default)]
pub(super) struct Memory(pub(super) Vec<u8>);

impl Sink for Memory {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn clear(&mut self) {
        self.0.clear();
    }

    fn push(&mut self, chunk: &Uint8Array) -> Result<(), JsValue> {
        let start = self.0.len();
        self.0.resize(start + chunk.length() as usize, 0);
        chunk.copy_to(&mut self.0[start..]);
        Ok(())
    }
}

/// In a Blob, which the browser keeps on disk where it is large: a whole file may be larger than this module's memory.
pub(super) struct Disk {
    blob: Blob,
    chunks: Array,
    waiting: u64,
}

impl Disk {
    /// Chunks are handed to the browser in pieces of this size.
    const PIECE: u64 = 8 << 20;

    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self {
            blob: Blob::new()?,
            chunks: Array::new(),
            waiting: 0,
        })
    }

    /// All of it.
    pub(super) fn finish(mut self) -> Result<Blob, JsValue> {
        self.flush()?;
        Ok(self.blob)
    }

    fn flush(&mut self) -> Result<(), JsValue> {
        self.chunks.unshift(&self.blob);
        self.blob = Blob::new_with_buffer_source_sequence_and_options(&self.chunks, &BlobPropertyBag::new())?;
        self.chunks = Array::new();
        self.waiting = 0;
        Ok(())
    }
}

impl Sink for Disk {
    fn len(&self) -> u64 {
        self.blob.size() as u64 + self.waiting
    }

    fn clear(&mut self) {
        self.chunks = Array::new();
        self.waiting = 0;
        if let Ok(empty) = Blob::new() {
            self.blob = empty;
        }
    }

    fn push(&mut self, chunk: &Uint8Array) -> Result<(), JsValue> {
        self.chunks.push(chunk);
        self.waiting += u64::from(chunk.length());
        if self.waiting >= Self::PIECE {
            self.flush()?;
        }
        Ok(())
    }
}
