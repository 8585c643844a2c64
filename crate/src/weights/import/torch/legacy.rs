//! `torch.save` before 1.6, and since then on request: pickles one after another, then the numbers.
//!
//! ```text
//! a magic number · the version, 1001 · the machine's byte order and sizes · the object · the storages' keys
//! then for each key: the count of its numbers, 8 bytes, and the numbers
//! ```

use std::collections::HashMap;
use std::ops::Range;

use super::pickle::{self, Pickle, Refusal, Storage, Value};
use super::storages::Storages;
use super::{Contents, FORMAT};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

/// 0x1950a86a20f9469cfc6c, little-endian.
const MAGIC: &[u8] = &[0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

const VERSION: i64 = 1001;

/// Bytes of the count before a storage's numbers.
const COUNT_BYTES: u64 = 8;

pub(super) fn open(input: &InputFile) -> Result<Contents, WeightsError> {
    let head = input.head(pickle::LONGEST)?;
    let mut pickles = Pickles {
        input,
        head: &head,
        position: 0,
    };
    check_preamble(&mut pickles)?;
    let object = pickles.next()?;
    let keys = pickles.next()?;
    let storages = place(input, &object, &keys, pickles.position as u64)?;
    Contents::find(input, &object, &storages)
}

/// The pickles at the beginning of a file.
struct Pickles<'a> {
    input: &'a InputFile,
    head: &'a [u8],
    position: usize,
}

impl<'a> Pickles<'a> {
    fn next(&mut self) -> Result<Pickle<'a>, WeightsError> {
        let rest = self.head.get(self.position..).unwrap_or_default();
        let pickle = Pickle::parse(rest).map_err(|refusal| match refusal {
            Refusal::EndsEarly if self.input.size() > self.head.len() as u64 => super::long_pickle(self.input),
            refusal => refusal.in_file(self.input),
        })?;
        self.position += pickle.length;
        Ok(pickle)
    }
}

/// Magic number, version and byte order.
fn check_preamble(pickles: &mut Pickles<'_>) -> Result<(), WeightsError> {
    let input = pickles.input;
    let magic = pickles.next()?;
    if !matches!(magic.root, Value::Long(MAGIC)) {
        return Err(input.malformed(FORMAT, "it is a bare pickle, not what torch.save writes"));
    }
    if !matches!(pickles.next()?.root, Value::Integer(VERSION)) {
        return Err(input.malformed(FORMAT, "its version is not 1001, the only one there is"));
    }
    let machine = pickles.next()?;
    match machine.heap.entry(machine.root, "little_endian") {
        Some(Value::Boolean(true)) => Ok(()),
        Some(Value::Boolean(false)) => Err(input.malformed(FORMAT, super::BIG_ENDIAN)),
        _ => Err(input.malformed(FORMAT, "it does not tell its byte order")),
    }
}

/// Where the storages lie, by key.
struct Placed(HashMap<String, Range<u64>>);

impl Storages for Placed {
    fn find(&self, key: &str) -> Result<Option<Range<u64>>, WeightsError> {
        Ok(self.0.get(key).cloned())
    }

    fn label(&self, key: &str) -> String {
        key.to_owned()
    }
}

/// Follows the storages through the file from `start` on.
fn place(input: &InputFile, object: &Pickle<'_>, keys: &Pickle<'_>, start: u64) -> Result<Placed, WeightsError> {
    let storages = listed(input, object, keys)?;
    let mut placed = HashMap::new();
    let mut position = start;
    for storage in &storages {
        let range = numbers(storage, position);
        let range = range
            .ok_or_else(|| input.malformed(FORMAT, format!("storage {} lies beyond any file's end", storage.key)))?;
        position = range.end;
        placed.insert(storage.key.to_owned(), range);
    }
    if position > input.size() {
        return Err(input.truncated(position));
    }
    for storage in &storages {
        check_count(input, storage, placed.get(storage.key))?;
    }
    Ok(Placed(placed))
}

/// The storages in the file's order. Their kinds of numbers are told by the tensors that use them.
fn listed<'a>(input: &InputFile, object: &Pickle<'a>, keys: &Pickle<'_>) -> Result<Vec<Storage<'a>>, WeightsError> {
    let Value::List(list) = keys.root else {
        return Err(input.malformed(FORMAT, "its list of storages is missing"));
    };
    let known = object.heap.storages().iter();
    let known: HashMap<&str, Storage<'a>> = known.map(|storage| (storage.key, *storage)).collect();
    let storage = |key: &Value<'_>| match key {
        Value::Text(key) => known.get(key).copied(),
        _ => None,
    };
    let storages = keys.heap.list(list).iter().map(storage).collect::<Option<_>>();
    storages.ok_or_else(|| input.malformed(FORMAT, "its list of storages has one that no tensor uses"))
}

/// Where the numbers of a storage lie, which begins at `position` with their count.
fn numbers(storage: &Storage<'_>, position: u64) -> Option<Range<u64>> {
    let start = position.checked_add(COUNT_BYTES)?;
    let bytes = storage.count.checked_mul(storage.dtype.width)?;
    Some(start..start.checked_add(bytes)?)
}

/// Compares the count before a storage's numbers with the one its tensors say.
fn check_count(input: &InputFile, storage: &Storage<'_>, range: Option<&Range<u64>>) -> Result<(), WeightsError> {
    let start = range.map_or(COUNT_BYTES, |range| range.start);
    let count = input.read(start - COUNT_BYTES..start)?;
    let count = count.first_chunk().map_or(0, |&count| u64::from_le_bytes(count));
    if count == storage.count {
        return Ok(());
    }
    Err(input.malformed(
        FORMAT,
        format!(
            "storage {} has {count} numbers where its tensors say {}",
            storage.key, storage.count
        ),
    ))
}
