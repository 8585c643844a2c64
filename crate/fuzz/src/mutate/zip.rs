//! A zip as torch writes it: every file stored as it is.

const CONTENTS: [u8; 4] = *b"PK\x03\x04";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";

/// A file in a zip.
#[derive(Clone)]
pub struct File {
    pub name: Vec<u8>,
    pub contents: Vec<u8>,
}

/// The files of a zip, as far as its directory can be followed.
pub fn split(zip: &[u8]) -> Vec<File> {
    let start = zip.windows(4).position(|window| window == ENTRY);
    let mut rest = start.and_then(|start| zip.get(start..)).unwrap_or_default();
    let mut files = Vec::new();
    while rest.starts_with(&ENTRY) {
        let lengths = [28, 30, 32].map(|at| number::<2>(rest, at));
        let end = 46 + lengths.iter().sum::<usize>();
        let name = rest.get(46..46 + lengths[0]).unwrap_or_default().to_vec();
        let contents = contents(zip, number::<4>(rest, 42), number::<4>(rest, 24));
        files.push(File { name, contents });
        rest = rest.get(end..).unwrap_or_default();
    }
    files
}

fn contents(zip: &[u8], start: usize, size: usize) -> Vec<u8> {
    let Some(record) = zip.get(start..) else {
        return Vec::new();
    };
    let start = 30 + number::<2>(record, 26) + number::<2>(record, 28);
    record
        .get(start..start.saturating_add(size))
        .unwrap_or_default()
        .to_vec()
}

/// A zip of these files. Checksums are left out: torch does not check them either.
pub fn join(files: &[File]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for File { name, contents } in files {
        let [name_length, size] = [name.len(), contents.len()].map(|length| (length as u32).to_le_bytes());
        let common = [&[0; 14][..], &size, &size, &name_length[..2], &[0; 2]].concat();
        let offset = (zip.len() as u32).to_le_bytes();
        directory.extend([&ENTRY[..], &[0; 2], &common, &[0; 10], &offset, name].concat());
        zip.extend([&CONTENTS[..], &common, name, contents].concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let [size, offset] = [directory.len(), zip.len()].map(|length| (length as u32).to_le_bytes());
    [
        &zip[..],
        &directory,
        &END,
        &[0; 4],
        &count,
        &count,
        &size,
        &offset,
        &[0; 2],
    ]
    .concat()
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> usize {
    let number = bytes.get(at..).and_then(|rest| rest.first_chunk::<N>());
    number.map_or(0, |number| {
        number
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | usize::from(byte))
    })
}
