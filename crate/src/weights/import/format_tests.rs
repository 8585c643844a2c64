//! Every pair of kinds is told apart, whatever a file is called and whatever its first byte says.

use super::*;

/// A kind of file, the beginning of one, and the names that such files have.
struct Kind {
    format: Option<Format>,
    head: Vec<u8>,
    names: &'static [&'static str],
}

/// A safetensors file of one tensor whose header has this length.
fn safetensors(length: u64) -> Vec<u8> {
    let json = br#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let header = json
        .iter()
        .copied()
        .chain(std::iter::repeat(b' '))
        .take(length as usize);
    length.to_le_bytes().into_iter().chain(header).chain([0; 4]).collect()
}

fn padded(head: &[u8]) -> Vec<u8> {
    [head, &[0; 600]].concat()
}

fn kinds() -> Vec<Kind> {
    let torch: &[&str] = &["a.pth", "a.pt", "a.pth.tar", "a.bin", "a"];
    let kind = |format, head: &[u8], names| Kind {
        format,
        head: padded(head),
        names,
    };
    let mut tar = padded(b"sys_info");
    tar[257..262].copy_from_slice(b"ustar");
    vec![
        Kind {
            format: Some(Format::Safetensors),
            head: safetensors(4096),
            names: &["a.safetensors", "a"],
        },
        kind(
            Some(Format::Hdf5),
            b"\x89HDF\r\n\x1a\n",
            &["a.h5", "a.hdf5", "a.keras", "a"],
        ),
        kind(Some(Format::Torch), b"PK\x03\x04\x14\0", torch),
        kind(Some(Format::Torch), b"\x80\x02\x8a\nl\xfc\x9cF", torch),
        kind(Some(Format::Torch), b"\x80\x04\x95\x10\0\0\0\0\0\0\0}", torch),
        #[cfg(feature = "cli")]
        kind(Some(Format::Onnx), b"\x08\x08\x12\x07pytorch", &["a.onnx", "a"]),
        kind(None, b"<!DOCTYPE html><html>", &["a.html"]),
        kind(None, b"version https://git-lfs.github.com/spec/v1\n", &["a"]),
        Kind {
            format: None,
            head: tar,
            names: &["a.pth.tar"],
        },
        kind(None, b"\x93NUMPY\x01\0", &["a.npy"]),
        kind(None, b"{\"weight_map\": {}}", &["a.json"]),
    ]
}

fn told(name: &str, bytes: &[u8]) -> Option<Format> {
    Format::of(&InputFile::new(name, bytes.to_vec())).ok()
}

#[test]
fn every_kind_is_told_under_the_name_of_every_other() {
    for kind in kinds().iter().filter(|kind| kind.format.is_some()) {
        for other in kinds() {
            for name in other.names {
                assert_eq!(
                    told(name, &kind.head),
                    kind.format,
                    "{name} of {:02x?}",
                    &kind.head[..8]
                );
            }
        }
    }
}

#[test]
fn what_is_no_weight_file_is_none_under_its_own_name() {
    for kind in kinds().iter().filter(|kind| kind.format.is_none()) {
        for name in kind.names {
            assert_eq!(told(name, &kind.head), None, "{name}");
        }
    }
}

/// safetensors pads its headers to multiples of eight: the low byte of a length is one of 32, and each of them may begin
/// another kind of file.
#[test]
fn safetensors_are_told_with_every_low_byte_that_a_length_can_have() {
    let lows: Vec<u64> = (0..256).step_by(8).collect();
    assert_eq!(lows.len(), 32);
    for low in lows {
        for high in 1..=9 {
            let bytes = safetensors(high << 8 | low);
            for other in kinds() {
                for name in other.names {
                    assert_eq!(told(name, &bytes), Some(Format::Safetensors), "{high:x} {low:x} {name}");
                }
            }
        }
    }
}

#[test]
fn safetensors_are_told_with_a_length_that_spells_another_kinds_first_bytes() {
    for other in kinds() {
        let &[first, second, ..] = other.head.as_slice() else {
            continue;
        };
        let length = u64::from(u16::from_le_bytes([first, second]));
        if length > 54 {
            assert_eq!(told("a", &safetensors(length)), Some(Format::Safetensors), "{length:x}");
        }
    }
}
