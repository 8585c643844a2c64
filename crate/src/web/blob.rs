//! A browser's File or Blob, read by slices: a worker may read them synchronously.

use std::io;

use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

use crate::weights::bytes::ReadAt;

/// A blob and what reads it. A worker has one thread: the wrapper holds it to that.
pub(super) struct BlobBytes(SendWrapper<(Blob, FileReaderSync)>);

impl BlobBytes {
    pub(super) fn new(blob: Blob) -> Result<Self, JsValue> {
        Ok(Self(SendWrapper::new((blob, FileReaderSync::new()?))))
    }
}

impl ReadAt for BlobBytes {
    fn size(&self) -> u64 {
        self.0.0.size() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let (blob, reader) = &*self.0;
        let end = offset + buffer.len() as u64;
        // A file that was changed or removed on disk since it was chosen fails here.
        let slice = blob
            .slice_with_f64_and_f64(offset as f64, end as f64)
            .and_then(|slice| reader.read_as_array_buffer(&slice))
            .map_err(|error| io::Error::other(super::js::text(&error)))?;
        let bytes = js_sys::Uint8Array::new(&slice);
        if bytes.length() as usize != buffer.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.copy_to(buffer);
        super::js::let_go(&bytes);
        Ok(())
    }
}
