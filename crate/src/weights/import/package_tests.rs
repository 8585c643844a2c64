//! `.keras` files, stored and compressed, and zips that only look like them.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::weights::bytes::InputFile;
use crate::weights::{Checkpoint, WeightsError, untrained};

/// The first bytes of a file as an entry of a zip says them: its method, and both lengths.
struct Entry<'a> {
    name: &'a str,
    method: u16,
    contents: Vec<u8>,
    size: u32,
}

fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let common = [
            &[0_u8; 2][..],
            &entry.method.to_le_bytes(),
            &[0; 8],
            &(entry.contents.len() as u32).to_le_bytes(),
            &entry.size.to_le_bytes(),
            &(entry.name.len() as u16).to_le_bytes(),
            &[0; 2],
        ]
        .concat();
        let offset = (file.len() as u32).to_le_bytes();
        directory.extend(
            [
                &b"PK\x01\x02\0\0\0\0"[..],
                &common,
                &[0; 10],
                &offset,
                entry.name.as_bytes(),
            ]
            .concat(),
        );
        file.extend([&b"PK\x03\x04\0\0"[..], &common, entry.name.as_bytes(), &entry.contents].concat());
    }
    let (offset, size) = (
        (file.len() as u32).to_le_bytes(),
        (directory.len() as u32).to_le_bytes(),
    );
    [
        file,
        directory,
        b"PK\x05\x06\0\0\0\0\0\0\0\0".to_vec(),
        size.to_vec(),
        offset.to_vec(),
        vec![0; 2],
    ]
    .concat()
}

fn weights() -> Vec<u8> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/reference/weights/vgg16_narrow16.weights.h5"
    );
    std::fs::read(path).unwrap()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn keras(method: u16, contents: Vec<u8>, size: u32) -> Vec<u8> {
    let config = Entry {
        name: "config.json",
        method: 0,
        contents: b"{}".to_vec(),
        size: 2,
    };
    let weights = Entry {
        name: "model.weights.h5",
        method,
        contents,
        size,
    };
    zip(&[config, weights])
}

fn open(bytes: Vec<u8>) -> Result<Checkpoint, WeightsError> {
    Checkpoint::open(InputFile::new("vgg16.keras", bytes))
}

#[track_caller]
fn assert_refused(bytes: Vec<u8>, words: &str) {
    let error = open(bytes).unwrap_err().to_string();
    assert!(error.contains(words) && error.contains("vgg16.keras"), "{error}");
}

#[test]
fn weights_are_read_stored_and_deflated() {
    let (bytes, expected) = (weights(), untrained::convolutions(11, 16));
    let size = bytes.len() as u32;
    for file in [keras(8, deflated(&bytes), size), keras(0, bytes, size)] {
        let checkpoint = open(file.clone()).unwrap();
        assert!((0..13).all(|ordinal| checkpoint.convolution(ordinal).unwrap() == expected[ordinal]));
        assert_eq!(checkpoint.input().size(), file.len() as u64);
    }
}

#[test]
fn a_length_that_is_not_the_contents_is_told() {
    let bytes = weights();
    let (size, packed) = (bytes.len() as u32, deflated(&bytes));
    assert_refused(keras(8, packed.clone(), size + 1), "bytes where");
    assert_refused(keras(8, packed.clone(), size - 1), "are promised");
    assert_refused(keras(8, packed.clone(), u32::MAX - 1), "far more than the file");
    assert_refused(keras(8, packed[..1000].to_vec(), size), "model.weights.h5 in it");
    assert_refused(keras(8, vec![0xff; 1000], size), "cannot be unpacked");
    assert_refused(keras(12, packed, size), "by the method 12");
    assert_refused(keras(0, b"no HDF5".to_vec(), 7), "has 7 bytes where");
}

#[test]
fn a_zip_bomb_takes_no_memory() {
    // 10,000 to 1, within what a length may be beyond the file's.
    let zeros = vec![0; 16 << 20];
    let bomb = deflated(&zeros);
    assert_refused(keras(8, bomb, zeros.len() as u32), "HDF5");
}

#[test]
fn arrays_of_numpys_are_told_and_other_zips_are_torchs() {
    let entry = |name| Entry {
        name,
        method: 0,
        contents: b"\x93NUMPY".to_vec(),
        size: 6,
    };
    assert_eq!(
        open(zip(&[entry("conv1_1_W.npy")])).unwrap_err().code(),
        "weights-numpy-archive"
    );
    assert_refused(zip(&[entry("readme.txt")]), "data.pkl");
}
