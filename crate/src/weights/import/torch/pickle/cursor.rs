//! The bytes of a pickle, read from front to back.

use super::Refusal;

/// A place in a pickle. Everything read is checked against the bytes that are left and borrowed from them.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Bytes read so far.
    pub(super) const fn position(&self) -> usize {
        self.position
    }

    pub(super) fn byte(&mut self) -> Result<u8, Refusal> {
        self.array().map(|[byte]| byte)
    }

    /// A fixed number of bytes, such as those of an integer.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let array = self.rest().first_chunk().copied().ok_or(Refusal::EndsEarly)?;
        self.position += N;
        Ok(array)
    }

    /// As many bytes as the pickle says, if it has them.
    pub(super) fn take(&mut self, count: u64) -> Result<&'a [u8], Refusal> {
        let count = usize::try_from(count).map_err(|_| Refusal::EndsEarly)?;
        let taken = self.rest().get(..count).ok_or(Refusal::EndsEarly)?;
        self.position += count;
        Ok(taken)
    }

    /// The text up to the next line feed, which is passed over.
    pub(super) fn line(&mut self) -> Result<&'a str, Refusal> {
        let end = self.rest().iter().position(|&byte| byte == b'\n');
        let line = self.take(end.ok_or(Refusal::EndsEarly)? as u64)?;
        self.position += 1;
        text(line)
    }

    /// Text of a length that precedes it in `N` bytes, little-endian.
    pub(super) fn text<const N: usize>(&mut self) -> Result<&'a str, Refusal> {
        text(self.block::<N>()?)
    }

    /// Bytes of a length that precedes them in `N` bytes, little-endian.
    pub(super) fn block<const N: usize>(&mut self) -> Result<&'a [u8], Refusal> {
        let length = self.array::<N>()?;
        let length = length
            .iter()
            .rev()
            .fold(0_u64, |number, &byte| (number << 8) | u64::from(byte));
        self.take(length)
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }
}

fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(bytes).map_err(|_| Refusal::broken("its pickle has text that is not UTF-8"))
}
