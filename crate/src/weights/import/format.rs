//! What kind of file it is, told by its first bytes.

use std::fmt;

use super::contents::refuse_other_contents;
use super::safetensors::LENGTH_BYTES;
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

/// The kinds of files that hold a VGG16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// safetensors: torchvision's, timm's or Keras's names.
    Safetensors,
    /// Keras: applications' `.h5` files of every age, and Keras 3's `.weights.h5`.
    Hdf5,
    /// PyTorch: `torch.save`, as a zip or in the older form.
    Torch,
    /// ONNX.
    #[cfg(feature = "cli")]
    Onnx,
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Safetensors => "safetensors",
            Self::Hdf5 => "Keras HDF5",
            Self::Torch => "PyTorch",
            #[cfg(feature = "cli")]
            Self::Onnx => "ONNX",
        })
    }
}

const HDF5_SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
/// Of a zip's first entry, or of its end where it is empty.
const ZIP_SIGNATURES: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
const NUMPY_SIGNATURE: &[u8] = b"\x93NUMPY";
/// At byte 257 of a tar archive.
const TAR_SIGNATURE: &[u8] = b"ustar";
/// Every pickle of protocol 2 and later begins with this byte and the protocol.
const PICKLE_PROTOCOL: u8 = 0x80;
const PICKLE_PROTOCOLS: std::ops::RangeInclusive<u8> = 2..=5;
/// The longest header that safetensors allows.
const LONGEST_SAFETENSORS_HEADER: u64 = 100_000_000;
/// Field 1 of ONNX's ModelProto, `ir_version`, a varint.
#[cfg(feature = "cli")]
const ONNX_IR_VERSION: u8 = 0x08;
/// The tags of the fields that may follow it: producer, its version, domain, model's version, text, graph, operators,
/// metadata.
#[cfg(feature = "cli")]
const ONNX_TAGS: [u8; 8] = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72];

impl Format {
    /// Tells a file by its first bytes.
    ///
    /// # Errors
    /// [`WeightsError::Empty`], [`WeightsError::WebPage`], [`WeightsError::LfsPointer`] or
    /// [`WeightsError::UnknownFormat`] saying what it looks like.
    pub fn of(input: &InputFile) -> Result<Self, WeightsError> {
        let head = input.head(512)?;
        refuse_other_contents(input.name(), &head)?;
        let name = input.name().to_ascii_lowercase();
        let named = |extension: &str| name.ends_with(extension);
        if let Some(format) = Self::told_by(&head, Some(input.size())) {
            return Ok(format);
        }
        match head.as_slice() {
            _ if named(".h5") || named(".hdf5") || named(".keras") => {
                Err(input.malformed("HDF5", "it does not begin with HDF5's signature"))
            }
            head if head.get(257..262) == Some(TAR_SIGNATURE) => Err(input.malformed(
                "PyTorch",
                "it is a tar archive, as torch wrote until early 2017; load it and save it again with a newer torch",
            )),
            _ if named(".pth") || named(".pt") => {
                Err(input.malformed("PyTorch", "it begins neither as a zip nor as a pickle"))
            }
            #[cfg(feature = "cli")]
            head if named(".onnx") || (head[0] == ONNX_IR_VERSION && !named(".safetensors")) => Ok(Self::Onnx),
            head if named(".safetensors") || head.get(8) == Some(&b'{') => Ok(Self::Safetensors),
            head => Err(unknown(input.name(), head)),
        }
    }

    /// The format that a file's first bytes, eight or more, are sure to be; `size` is the file's, where it is known.
    /// safetensors is asked about first: the low bytes of its header's length may be any other format's first bytes.
    pub(crate) fn told_by(head: &[u8], size: Option<u64>) -> Option<Self> {
        match head {
            _ if begins_as_safetensors(head, size) => Some(Self::Safetensors),
            _ if head.starts_with(HDF5_SIGNATURE) => Some(Self::Hdf5),
            _ if ZIP_SIGNATURES.iter().any(|signature| head.starts_with(signature)) => Some(Self::Torch),
            [PICKLE_PROTOCOL, protocol, ..] if PICKLE_PROTOCOLS.contains(protocol) => Some(Self::Torch),
            #[cfg(feature = "cli")]
            [ONNX_IR_VERSION, 1..0x80, tag, ..] if ONNX_TAGS.contains(tag) => Some(Self::Onnx),
            _ => None,
        }
    }
}

/// A length that a header may have, and then the header's brace. No other format has four zeros there: neither has a zip's
/// or HDF5's signature, and no pickle has an instruction that is zero. Where the brace is not among the bytes, the file must be
/// long enough for the header.
fn begins_as_safetensors(head: &[u8], size: Option<u64>) -> bool {
    let Some(length) = head.first_chunk().map(|&bytes| u64::from_le_bytes(bytes)) else {
        return false;
    };
    let fits = size.is_none_or(|size| size.checked_sub(LENGTH_BYTES).is_some_and(|rest| length <= rest));
    let braced = head.get(8).map_or(fits, |&byte| byte == b'{');
    (1..=LONGEST_SAFETENSORS_HEADER).contains(&length) && braced
}

/// The format of a file of which only the beginning is here, `size` of the whole where it is known. A file that is called
/// safetensors is taken for one, so that its header says what is wrong with it.
///
/// # Errors
/// As [`Format::of`].
#[cfg(all(feature = "web", feature = "import"))]
pub(crate) fn of_beginning(name: &str, head: &[u8], size: Option<u64>) -> Result<Format, WeightsError> {
    refuse_other_contents(name, head)?;
    let path = name.split(['?', '#']).next().unwrap_or(name);
    match Format::told_by(head, size) {
        Some(format) => Ok(format),
        None if path.ends_with(".safetensors") => Ok(Format::Safetensors),
        None => Err(unknown(name, head)),
    }
}

fn unknown(file: &str, head: &[u8]) -> WeightsError {
    let problem = if head.starts_with(b"{") {
        "it is JSON, such as the index of a folder; give the folder instead".to_owned()
    } else if head.starts_with(NUMPY_SIGNATURE) {
        "it is one array of NumPy's; save each layer's weight and bias with safetensors.numpy.save_file".to_owned()
    } else {
        format!("its first bytes are {:02x?}", &head[..head.len().min(8)])
    };
    WeightsError::UnknownFormat {
        file: file.to_owned(),
        problem,
    }
}

#[cfg(test)]
#[path = "format_tests.rs"]
mod kinds;

#[cfg(test)]
mod tests {
    use super::*;

    /// A safetensors file of one tensor whose header has this length.
    fn safetensors(length: u64) -> Vec<u8> {
        let json = br#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
        let mut file = length.to_le_bytes().to_vec();
        file.extend_from_slice(json);
        file.resize(8 + length as usize, b' ');
        file.extend([0; 4]);
        file
    }

    #[test]
    fn safetensors_are_told_whatever_bytes_the_length_of_their_header_has() {
        // A pickle's, a zip's, a tag of ONNX, a web page's and blanks.
        let like_others = [0x80, 0x0280, 0x0480, 0x4b50, 0x0108, 0x683c, 0x2020, 0x0a0d];
        for length in (54..4096).chain(like_others).filter(|&length| length >= 54) {
            let bytes = safetensors(length);
            for known in [8, 9, 512] {
                let head = &bytes[..bytes.len().min(known)];
                let told = Format::told_by(head, Some(bytes.len() as u64));
                assert_eq!(told, Some(Format::Safetensors), "{length}, {known} bytes");
                assert_eq!(Format::told_by(head, None), told, "{length}, {known} bytes");
            }
            for name in ["a.safetensors", "a", "a.pth", "a.h5"] {
                let format = Format::of(&InputFile::new(name, bytes.clone()));
                assert_eq!(format.ok(), Some(Format::Safetensors), "{length}, {name}");
            }
        }
    }

    #[test]
    fn no_other_format_is_taken_for_safetensors() {
        let magic = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02";
        // A frame of protocol 4 has a length of eight bytes, most of them zero.
        let frame = |length: u8| [&[0x80, 4, 0x95, length][..], &[0; 7], b"}."].concat();
        let torch = [
            magic.to_vec(),
            b"PK\x03\x04\x14\0\x06\0\x08\0".to_vec(),
            frame(2),
            frame(255),
        ];
        for bytes in torch {
            for known in [8, bytes.len()] {
                let told = Format::told_by(&bytes[..known], Some(bytes.len() as u64));
                assert_eq!(told, Some(Format::Torch), "{bytes:02x?}, {known} bytes");
            }
        }
        let hdf5 = b"\x89HDF\r\n\x1a\n\0\0\0\0";
        assert_eq!(Format::told_by(hdf5, None), Some(Format::Hdf5));
        for other in [
            &b"PK are the first letters"[..],
            &[0x80, 9, 1, 2, 3, 4, 5, 6, 7],
            &[0; 16],
            b"{\"a\": 1}    ",
        ] {
            assert_eq!(Format::told_by(other, None), None, "{other:02x?}");
        }
    }

    #[test]
    fn a_header_that_leaves_the_file_is_safetensors_cut_short() {
        let cut = safetensors(0x0280)[..100].to_vec();
        assert_eq!(Format::of(&InputFile::new("a", cut)).ok(), Some(Format::Safetensors));
    }
}
