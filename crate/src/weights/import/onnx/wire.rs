//! Protobuf's wire format, read from a file piece by piece.
//!
//! A decoder of whole messages would copy every tensor into memory, a classifier of 400 MB among them. This reader only
//! notes where in the file a byte field lies. Nothing here recurses, and no length is believed beyond the field around
//! it.

use std::ops::Range;

use super::FORMAT;
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

/// How many bytes are read ahead. Messages are small, and what is long is skipped.
const WINDOW: u64 = 16 << 10;

/// A field's value as it stands on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Varint(u64),
    Fixed64([u8; 8]),
    Fixed32([u8; 4]),
    /// Text, bytes, a message or packed numbers: where they lie in the file.
    Bytes(Range<u64>),
}

/// A number and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) number: u64,
    pub(super) value: Value,
}

/// Reads a range of a file from its beginning to its end.
pub(super) struct Cursor<'a> {
    input: &'a InputFile,
    at: u64,
    end: u64,
    window: Vec<u8>,
    window_start: u64,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(input: &'a InputFile, range: Range<u64>) -> Self {
        Self {
            input,
            at: range.start,
            end: range.end,
            window: Vec::new(),
            window_start: range.start,
        }
    }

    /// The next field of a message; `None` at its end.
    pub(super) fn field(&mut self) -> Result<Option<Field>, WeightsError> {
        if self.is_done() {
            return Ok(None);
        }
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(self.fixed()?),
            2 => Value::Bytes(self.bytes()?),
            5 => Value::Fixed32(self.fixed()?),
            kind => return Err(self.malformed(&format!("holds a field of wire type {kind}"))),
        };
        Ok(Some(Field {
            number: key >> 3,
            value,
        }))
    }

    pub(super) const fn is_done(&self) -> bool {
        self.at >= self.end
    }

    pub(super) fn varint(&mut self) -> Result<u64, WeightsError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.fixed()?;
            // The tenth byte has room for one bit.
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.malformed("holds a number of more than 64 bits"))
    }

    pub(super) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], WeightsError> {
        let width = N as u64;
        if self.end.saturating_sub(self.at) < width {
            return Err(self.malformed("ends in the middle of a field"));
        }
        let mut offset = self.at - self.window_start;
        if offset + width > self.window.len() as u64 {
            self.window = self.input.read(self.at..self.end.min(self.at + WINDOW.max(width)))?;
            self.window_start = self.at;
            offset = 0;
        }
        let bytes = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.window.get(offset..)?.first_chunk());
        let bytes = *bytes.ok_or_else(|| self.malformed("ends in the middle of a field"))?;
        self.at += width;
        Ok(bytes)
    }

    fn bytes(&mut self) -> Result<Range<u64>, WeightsError> {
        let length = self.varint()?;
        let start = self.at;
        match start.checked_add(length).filter(|&end| end <= self.end) {
            Some(end) => {
                self.at = end;
                Ok(start..end)
            }
            None => Err(self.malformed(&format!(
                "promises a field of {length} bytes where {} follow: a cut or foreign file",
                self.end - start
            ))),
        }
    }

    fn malformed(&self, problem: &str) -> WeightsError {
        self.input.malformed(FORMAT, format!("byte {} {problem}", self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(bytes: &[u8]) -> Result<Vec<Field>, WeightsError> {
        let input = InputFile::new("a.onnx", bytes.to_vec());
        let mut cursor = Cursor::new(&input, 0..input.size());
        let mut fields = Vec::new();
        while let Some(field) = cursor.field()? {
            fields.push(field);
        }
        Ok(fields)
    }

    #[test]
    fn every_wire_type_is_read_and_bytes_are_only_located() {
        let bytes = [
            &[0x08, 0x96, 0x01][..],
            &[0x11, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0x1a, 3, b'a', b'b', b'c'],
            &[0x25, 1, 2, 3, 4],
            &[0xf8, 0xff, 0xff, 0xff, 0x0f, 0],
        ]
        .concat();
        let expected = [
            (1, Value::Varint(150)),
            (2, Value::Fixed64([1, 2, 3, 4, 5, 6, 7, 8])),
            (3, Value::Bytes(14..17)),
            (4, Value::Fixed32([1, 2, 3, 4])),
            (0x1fff_ffff, Value::Varint(0)),
        ];
        let expected: Vec<Field> = expected.map(|(number, value)| Field { number, value }).to_vec();
        assert_eq!(fields(&bytes).expect("good"), expected);
    }

    #[test]
    fn the_largest_number_is_read_and_a_larger_one_refused() {
        let largest = [&[0x08][..], &[0xff; 9], &[0x01]].concat();
        assert_eq!(fields(&largest).expect("good")[0].value, Value::Varint(u64::MAX));
        let larger = [&[0x08][..], &[0xff; 9], &[0x02]].concat();
        let longer = [&[0x08][..], &[0x80; 10], &[0x00]].concat();
        for bytes in [larger, longer] {
            let message = fields(&bytes).expect_err("too large").to_string();
            assert!(message.contains("more than 64 bits"), "{message}");
        }
    }

    #[test]
    fn cut_and_foreign_bytes_are_refused() {
        for bytes in [
            &[0x08][..],
            &[0x08, 0x80],
            &[0x11, 1, 2, 3],
            &[0x25, 1, 2, 3],
            &[0x1a, 4, 1, 2, 3],
            &[0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            &[0x0b],
            &[0x0c],
            &[0x0e],
            &[0x0f],
        ] {
            assert_eq!(fields(bytes).expect_err("bad").code(), "weights-malformed", "{bytes:?}");
        }
    }

    #[test]
    fn what_crosses_the_window_is_read_whole() {
        let mut bytes = vec![0x1a, 0xfa, 0x7f];
        bytes.extend(vec![7; 0x3ffa]);
        bytes.extend([0x11, 1, 2, 3, 4, 5, 6, 7, 8].repeat(3000));
        let fields = fields(&bytes).expect("good");
        assert_eq!(fields.len(), 3001);
        assert_eq!(fields[0].value, Value::Bytes(3..3 + 0x3ffa));
        assert!(
            fields[1..]
                .iter()
                .all(|field| field.value == Value::Fixed64([1, 2, 3, 4, 5, 6, 7, 8]))
        );
    }
}
