//! A zip's directory (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>): what is in the file and where.
//!
//! Read here rather than by the zip crate for two reasons. A file that is all directory costs the crate six times the
//! file's length in memory, before anything in it is looked at. And it insists on checksums, which torch neither checks
//! nor, on request, computes (`torch.serialization.set_crc32_options`). Contents must be stored as they are, as torch
//! stores them: a tensor is then a range of the file.

use std::collections::HashMap;
use std::ops::Range;

use super::FORMAT;
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

/// The longest directory that is read: torch's takes some 100 bytes a tensor.
const LONGEST: u64 = 16 << 20;

const ENTRY_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const CONTENTS_SIGNATURE: [u8; 4] = *b"PK\x03\x04";
const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
const END64_SIGNATURE: [u8; 4] = *b"PK\x06\x06";
const LOCATOR64_SIGNATURE: [u8; 4] = *b"PK\x06\x07";

const ENTRY_BYTES: usize = 46;
const CONTENTS_BYTES: u64 = 30;
const END_BYTES: usize = 22;
const END64_BYTES: u64 = 56;
const LOCATOR64_BYTES: u64 = 20;
/// The comment behind the end record is at most as long as 16 bits can say.
const LONGEST_COMMENT: u64 = 0xffff;

/// What stands for a number that is given in 64 bits elsewhere.
const ELSEWHERE: u64 = 0xffff_ffff;
/// The extra field with those numbers.
const EXTRA_ZIP64: u16 = 1;

/// What a zip holds, by name.
pub(in crate::weights::import) struct Directory {
    entries: HashMap<String, Entry>,
}

/// One file in a zip.
#[derive(Debug, Clone, Copy)]
struct Entry {
    encrypted: bool,
    /// How the contents are compressed, [`STORED`] where they are not.
    method: u64,
    /// Length of the contents as the zip has them.
    stored: u64,
    /// Length of the contents.
    size: u64,
    /// Where the record before the contents begins.
    offset: u64,
}

/// Contents as they are.
pub(in crate::weights::import) const STORED: u64 = 0;
/// Contents that went through deflate.
pub(in crate::weights::import) const DEFLATED: u64 = 8;

/// Where the contents of a file in a zip lie, and as what.
pub(in crate::weights::import) struct Place {
    /// In the zip.
    pub(in crate::weights::import) range: Range<u64>,
    /// [`STORED`], [`DEFLATED`] or another.
    pub(in crate::weights::import) method: u64,
    /// Length of the contents when they are not compressed.
    pub(in crate::weights::import) size: u64,
}

impl Directory {
    /// Reads the directory, which is at the end of the file.
    pub(in crate::weights::import) fn read(input: &InputFile) -> Result<Self, WeightsError> {
        let range = locate(input)?;
        if range.end - range.start > LONGEST {
            return Err(broken(
                input,
                format!("its zip directory is longer than {LONGEST} bytes"),
            ));
        }
        let bytes = input.read(range)?;
        let mut fields = Fields(&bytes);
        let mut entries = HashMap::new();
        while !fields.0.is_empty() {
            let entry = fields.entry();
            let (name, entry) = entry.ok_or_else(|| broken(input, "its zip directory is damaged"))?;
            if entries.insert(name.clone(), entry).is_some() {
                return Err(broken(input, format!("its zip directory has {name} twice")));
            }
        }
        Ok(Self { entries })
    }

    pub(in crate::weights::import) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Where an entry's contents lie in the file; `None` where there is no such entry.
    pub(super) fn contents(&self, input: &InputFile, name: &str) -> Result<Option<Range<u64>>, WeightsError> {
        let Some(place) = self.place(input, name)? else {
            return Ok(None);
        };
        if place.method != STORED || place.size != place.range.end - place.range.start {
            return Err(broken(
                input,
                format!("{name} in it is compressed, which torch.save never does"),
            ));
        }
        Ok(Some(place.range))
    }

    /// Where an entry's contents lie, compressed or not; `None` where there is no such entry.
    pub(in crate::weights::import) fn place(
        &self,
        input: &InputFile,
        name: &str,
    ) -> Result<Option<Place>, WeightsError> {
        let Some(entry) = self.entries.get(name) else {
            return Ok(None);
        };
        if entry.encrypted {
            return Err(broken(
                input,
                format!("{name} in it is encrypted, which no weights are"),
            ));
        }
        let past = || broken(input, format!("{name} in it lies beyond the file's end"));
        let record_end = entry.offset.checked_add(CONTENTS_BYTES).ok_or_else(past)?;
        if record_end > input.size() {
            return Err(past());
        }
        let record = input.read(entry.offset..record_end)?;
        let lengths = Fields(&record).contents();
        let lengths =
            lengths.ok_or_else(|| broken(input, format!("{name} in it is not where its zip directory says")))?;
        let start = record_end + lengths;
        let end = start.checked_add(entry.stored).filter(|&end| end <= input.size());
        Ok(Some(Place {
            range: start..end.ok_or_else(past)?,
            method: entry.method,
            size: entry.size,
        }))
    }
}

fn broken(input: &InputFile, problem: impl Into<String>) -> WeightsError {
    input.malformed(FORMAT, problem)
}

/// Where the directory lies, by the record at the file's end.
fn locate(input: &InputFile) -> Result<Range<u64>, WeightsError> {
    let missing = || broken(input, "its zip directory is missing, as in a file that was cut off");
    let searched = input.size().min(END_BYTES as u64 + LONGEST_COMMENT);
    let tail_start = input.size() - searched;
    let tail = input.read(tail_start..input.size())?;
    let (position, mut directory) = tail
        .windows(END_BYTES)
        .enumerate()
        .rev()
        .find_map(|(position, window)| Some((position, Fields(window).end()?)))
        .ok_or_else(missing)?;
    let mut before = tail_start + position as u64;
    if let Some(end64) = locate64(input, before)? {
        before = end64;
        directory = Fields(&input.read(end64..end64 + END64_BYTES)?)
            .end64()
            .ok_or_else(missing)?;
    }
    let [size, offset] = directory;
    match offset.checked_add(size) {
        Some(end) if end <= before => Ok(offset..end),
        _ => Err(missing()),
    }
}

/// Where the 64-bit end record begins, if a locator for it precedes the end record.
fn locate64(input: &InputFile, end: u64) -> Result<Option<u64>, WeightsError> {
    let Some(start) = end.checked_sub(LOCATOR64_BYTES) else {
        return Ok(None);
    };
    let offset = Fields(&input.read(start..end)?).locator64();
    Ok(offset.filter(|offset| offset.checked_add(END64_BYTES).is_some_and(|end| end <= start)))
}

/// A zip's records, field by field; `None` where the bytes end or are not the record's.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// An unsigned number of so many bytes, little-endian.
    fn number(&mut self, bytes: usize) -> Option<u64> {
        let bytes = self.take(bytes)?.iter().rev();
        Some(bytes.fold(0, |number, &byte| (number << 8) | u64::from(byte)))
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number(2)?).ok()
    }

    fn signature(&mut self, signature: [u8; 4]) -> Option<()> {
        (self.take(4)? == signature).then_some(())
    }

    /// Size and offset of the directory, from the end record.
    fn end(&mut self) -> Option<[u64; 2]> {
        self.signature(END_SIGNATURE)?;
        self.take(8)?;
        Some([self.number(4)?, self.number(4)?])
    }

    /// Offset of the 64-bit end record, from its locator.
    fn locator64(&mut self) -> Option<u64> {
        self.signature(LOCATOR64_SIGNATURE)?;
        self.take(4)?;
        self.number(8)
    }

    /// Size and offset of the directory, from the 64-bit end record.
    fn end64(&mut self) -> Option<[u64; 2]> {
        self.signature(END64_SIGNATURE)?;
        self.take(36)?;
        Some([self.number(8)?, self.number(8)?])
    }

    /// One entry of the directory.
    fn entry(&mut self) -> Option<(String, Entry)> {
        let mut fields = Fields(self.take(ENTRY_BYTES)?);
        fields.signature(ENTRY_SIGNATURE)?;
        fields.take(4)?;
        let (flags, method) = (fields.number(2)?, fields.number(2)?);
        fields.take(8)?;
        let (stored_size, size) = (fields.number(4)?, fields.number(4)?);
        let (name, extra, comment) = (fields.length()?, fields.length()?, fields.length()?);
        fields.take(8)?;
        let offset = fields.number(4)?;
        let name = String::from_utf8_lossy(self.take(name)?).into_owned();
        let mut long = Fields(self.take(extra)?).zip64();
        self.take(comment)?;
        // The 64-bit numbers come in this order, only those that did not fit.
        let [size, stored_size, offset] = [size, stored_size, offset].map(|number| match number {
            ELSEWHERE => long.number(8),
            number => Some(number),
        });
        let entry = Entry {
            encrypted: flags & 1 != 0,
            method,
            stored: stored_size?,
            size: size?,
            offset: offset?,
        };
        Some((name, entry))
    }

    /// The 64-bit numbers among an entry's extra fields; empty where there are none.
    fn zip64(mut self) -> Self {
        while let (Some(kind), Some(length)) = (self.number(2), self.length()) {
            match self.take(length) {
                Some(field) if kind == u64::from(EXTRA_ZIP64) => return Fields(field),
                Some(_) => {}
                None => break,
            }
        }
        Fields(&[])
    }

    /// Bytes between the record before an entry's contents and the contents.
    fn contents(&mut self) -> Option<u64> {
        self.signature(CONTENTS_SIGNATURE)?;
        self.take(22)?;
        Some(self.number(2)? + self.number(2)?)
    }
}
