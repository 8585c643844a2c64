//! What kind of file it is, told by its first bytes.

use std::fmt;

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
const ZIP_SIGNATURE: &[u8] = b"PK";
/// At byte 257 of a tar archive.
const TAR_SIGNATURE: &[u8] = b"ustar";
/// Every pickle of protocol 2 and later begins so.
const PICKLE_PROTOCOL: u8 = 0x80;
/// Field 1 of ONNX's ModelProto, `ir_version`, a varint.
#[cfg(feature = "cli")]
const ONNX_IR_VERSION: u8 = 0x08;

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
        match head.as_slice() {
            head if head.starts_with(HDF5_SIGNATURE) => Ok(Self::Hdf5),
            head if head.starts_with(ZIP_SIGNATURE) || head[0] == PICKLE_PROTOCOL => Ok(Self::Torch),
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
}

fn unknown(file: &str, head: &[u8]) -> WeightsError {
    let problem = if head.starts_with(b"{") {
        "it is JSON, such as the index of a folder; give the folder instead".to_owned()
    } else {
        format!("its first bytes are {:02x?}", &head[..head.len().min(8)])
    };
    WeightsError::UnknownFormat {
        file: file.to_owned(),
        problem,
    }
}

/// Refuses nothing at all, and what hosts give in place of a file. A few bytes are enough to tell.
pub(crate) fn refuse_other_contents(file: &str, head: &[u8]) -> Result<(), WeightsError> {
    let file = file.to_owned();
    if head.is_empty() {
        return Err(WeightsError::Empty { file });
    }
    let head: Vec<u8> = head.iter().take(512).map(u8::to_ascii_lowercase).collect();
    let head = head.trim_ascii_start();
    if WEB_PAGES.iter().any(|page| begins_like(head, page)) {
        return Err(WeightsError::WebPage { file });
    }
    if begins_like(head, LFS_POINTER) {
        return Err(WeightsError::LfsPointer { file });
    }
    Ok(())
}

const WEB_PAGES: [&[u8]; 3] = [b"<!doctype html", b"<html", b"<head"];
const LFS_POINTER: &[u8] = b"version https://git-lfs";

/// Whether a text begins with another, as far as either goes.
fn begins_like(head: &[u8], text: &[u8]) -> bool {
    const ENOUGH: usize = 6;
    head.starts_with(text) || (head.len() >= ENOUGH && text.starts_with(head))
}
