//! Where a body goes as it arrives.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag};

use crate::web::js::let_go;

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
pub(super) struct Memory {
    pub(super) bytes: Vec<u8>,
    expected: Option<usize>,
}

impl Memory {
    /// For so many bytes, where that is known.
    pub(super) fn new(expected: Option<u64>) -> Self {
        Self {
            bytes: Vec::new(),
            expected: expected.and_then(|bytes| usize::try_from(bytes).ok()),
        }
    }

    /// Room for one more chunk, and for as much again as there is then, up to what is expected: a host only says so.
    fn make_room(&mut self, chunk: usize) {
        let needed = self.bytes.len() + chunk;
        if needed > self.bytes.capacity() {
            let most = self.expected.unwrap_or(usize::MAX).max(needed);
            self.bytes.reserve_exact(most.min(2 * needed) - self.bytes.len());
        }
    }
}

impl Sink for Memory {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn clear(&mut self) {
        self.bytes.clear();
    }

    fn push(&mut self, chunk: &Uint8Array) -> Result<(), JsValue> {
        let start = self.bytes.len();
        self.make_room(chunk.length() as usize);
        self.bytes.resize(start + chunk.length() as usize, 0);
        chunk.copy_to(&mut self.bytes[start..]);
        let_go(chunk);
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
