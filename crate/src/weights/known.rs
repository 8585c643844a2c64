//! What a file of weights is: told by the checksums of the files that publishers describe, else by the numbers of its
//! first layer, else guessed by its names.

use std::path::Path;

use super::training::{OXFORD_LICENCE, Recognised, TORCHVISION_LICENCE};
use super::{Checkpoint, Format, Metadata, WeightsError, digest};
use crate::settings::Preprocessing;

/// A checksum as a publisher gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published<'a> {
    /// md5, hex: Keras.
    Md5(&'a str),
    /// sha256 or its beginning, hex: torchvision writes that into the file's name.
    Sha256(&'a str),
}

/// A file of VGG16's weights that a publisher describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Publication {
    /// The file's own name.
    pub file: &'static str,
    /// The publisher's address of it.
    pub url: &'static str,
    /// Its checksum.
    pub published: Published<'static>,
    format: Format,
    name: &'static str,
    description: &'static str,
    licence: &'static str,
    source: &'static str,
    preprocessing: Preprocessing,
}

const KERAS_DESCRIPTION: &str =
    "VGG16 trained on ImageNet (ILSVRC-2012) by the Visual Geometry Group, as ported by Keras";

/// Keras's VGG16 without its classifier.
pub const KERAS: Publication = Publication {
    file: "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    url: "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    published: Published::Md5("6d6bbae143d832006294945121d1f1fc"),
    format: Format::Hdf5,
    name: "VGG16, ImageNet (Keras)",
    description: KERAS_DESCRIPTION,
    licence: OXFORD_LICENCE,
    source: "https://keras.io/api/applications/vgg/",
    preprocessing: Preprocessing::Caffe,
};

/// Keras's VGG16 with its classifier.
pub const KERAS_WITH_TOP: Publication = Publication {
    file: "vgg16_weights_tf_dim_ordering_tf_kernels.h5",
    url: "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels.h5",
    published: Published::Md5("64373286793e3c8b2b4e3219cbf3544b"),
    ..KERAS
};

/// torchvision's VGG16, `VGG16_Weights.IMAGENET1K_V1`.
pub const TORCHVISION: Publication = Publication {
    file: "vgg16-397923af.pth",
    url: "https://download.pytorch.org/models/vgg16-397923af.pth",
    published: Published::Sha256("397923af"),
    format: Format::Torch,
    name: "VGG16, ImageNet (torchvision)",
    description: "VGG16 trained on ImageNet (ILSVRC-2012) by torchvision: VGG16_Weights.IMAGENET1K_V1",
    licence: TORCHVISION_LICENCE,
    source: "https://pytorch.org/vision/stable/models/generated/torchvision.models.vgg16.html",
    preprocessing: Preprocessing::Torch,
};

/// torchvision's copy of the weights that ssd.pytorch starts from, `VGG16_Weights.IMAGENET1K_FEATURES`.
pub const TORCHVISION_FEATURES: Publication = Publication {
    file: "vgg16_features-amdegroot-88682ab5.pth",
    url: "https://download.pytorch.org/models/vgg16_features-amdegroot-88682ab5.pth",
    published: Published::Sha256("88682ab5"),
    format: Format::Torch,
    name: "VGG16, ImageNet (Caffe's, by torchvision)",
    description: "VGG16 trained on ImageNet with Caffe, ported by amdegroot/ssd.pytorch and published by torchvision: \
                  VGG16_Weights.IMAGENET1K_FEATURES",
    licence: "not stated for the port: ssd.pytorch's code is MIT, and the weights go back to those of the Visual Geometry \
              Group, University of Oxford (CC BY 4.0)",
    source: "https://github.com/amdegroot/ssd.pytorch",
    preprocessing: Preprocessing::CaffeRgb,
};

/// Every file that is known.
pub const PUBLICATIONS: [Publication; 4] = [KERAS, KERAS_WITH_TOP, TORCHVISION, TORCHVISION_FEATURES];

impl Publication {
    /// What an index says of this file.
    pub fn metadata(&self) -> Metadata {
        Metadata {
            name: self.name.to_owned(),
            description: self.description.to_owned(),
            licence: self.licence.to_owned(),
            source: self.source.to_owned(),
            ..Metadata::new(self.preprocessing)
        }
    }
}

/// Where a description comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The folder's index says so.
    Stated,
    /// The file is a publisher's, by its checksum.
    Published(&'static str),
    /// The numbers of block1_conv1 are those of a known training.
    Recognised(Recognised),
    /// The file does not say what it is, is no publisher's and of no known training: names and layout were gone by.
    Guessed,
}

/// What a model is, as far as can be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// For an index.
    pub metadata: Metadata,
    /// How it is known.
    pub origin: Origin,
}

/// Tells what an opened file or folder is.
///
/// # Errors
/// [`WeightsError::Unreachable`] when the file cannot be read to its end, or what is wrong with its first layer.
pub fn describe(checkpoint: &Checkpoint) -> Result<Description, WeightsError> {
    if let Some(metadata) = checkpoint.metadata() {
        return Ok(Description {
            metadata: metadata.clone(),
            origin: Origin::Stated,
        });
    }
    if let Some(publication) = recognise(checkpoint, &PUBLICATIONS)? {
        return Ok(Description {
            metadata: publication.metadata(),
            origin: Origin::Published(publication.file),
        });
    }
    let recognised = checkpoint.recognised()?;
    let licence = recognised.map_or("not stated", |recognised| recognised.licence);
    let preprocessing = recognised.map_or_else(|| checkpoint.likely_preprocessing(), |known| known.preprocessing);
    Ok(Description {
        metadata: Metadata {
            name: recognised.map_or_else(|| plain_name(checkpoint.input().name()), |known| known.name.to_owned()),
            description: recognised.map_or_else(String::new, |recognised| recognised.description()),
            licence: licence.to_owned(),
            ..Metadata::new(preprocessing)
        },
        origin: recognised.map_or(Origin::Guessed, Origin::Recognised),
    })
}

/// The publication that a file is. Only formats in which one exists are read to their end, once for all: publishers of a
/// format give the same kind of checksum.
fn recognise<'a>(
    checkpoint: &Checkpoint,
    publications: &'a [Publication],
) -> Result<Option<&'a Publication>, WeightsError> {
    let mut candidates = publications
        .iter()
        .filter(|publication| publication.format == checkpoint.format());
    let Some(first) = candidates.clone().next() else {
        return Ok(None);
    };
    let digest = first.published.digest(checkpoint.input())?;
    Ok(candidates.find(|publication| publication.published.matches(&digest)))
}

impl<'a> Published<'a> {
    /// The digest of this kind of a file, hex.
    pub(super) fn digest(self, input: &super::bytes::InputFile) -> Result<String, WeightsError> {
        match self {
            Self::Md5(_) => digest::md5(input),
            Self::Sha256(_) => digest::sha256(input),
        }
    }

    /// Whether a digest of this kind is the one published.
    pub(super) fn matches(self, digest: &str) -> bool {
        digest.starts_with(self.hex())
    }

    /// What was published.
    pub(super) const fn hex(self) -> &'a str {
        match self {
            Self::Md5(hex) | Self::Sha256(hex) => hex,
        }
    }

    /// What the checksum is called.
    pub(super) const fn algorithm(self) -> &'static str {
        match self {
            Self::Md5(_) => "md5",
            Self::Sha256(_) => "sha256",
        }
    }
}

/// A file's name without its folder and its ending; of a folder's index, the folder's name.
fn plain_name(file: &str) -> String {
    let path = Path::new(file);
    let path = match path.file_name().and_then(|name| name.to_str()) {
        Some(super::INDEX_FILE) => path.parent().unwrap_or(path),
        _ => path,
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match stem.strip_suffix(".weights").unwrap_or(&stem) {
        "" => "unnamed".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_lower_case_hex_of_the_length_their_publishers_give() {
        for publication in PUBLICATIONS {
            let hex = publication.published.hex();
            assert!(
                hex.bytes()
                    .all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit)),
                "{hex}"
            );
            match publication.published {
                Published::Md5(hex) => assert_eq!(hex.len(), 32),
                Published::Sha256(hex) => assert!(publication.file.ends_with(&format!("-{hex}.pth"))),
            }
            assert!(publication.url.starts_with("https://") && publication.url.ends_with(publication.file));
        }
    }

    #[test]
    fn a_file_is_recognised_by_its_checksum_and_by_nothing_else() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tests/reference/weights/vgg16_narrow16.safetensors"
        );
        let checkpoint = Checkpoint::open_path(Path::new(file)).expect("good");
        let sha256 = digest::sha256(checkpoint.input()).expect("read");
        let published = |hex: &'static str| Publication {
            format: Format::Safetensors,
            published: Published::Sha256(hex),
            ..TORCHVISION
        };
        let beginning: &'static str = sha256[..8].to_owned().leak();
        let found = recognise(&checkpoint, &[published("00000000"), published(beginning)])
            .expect("read")
            .copied();
        assert_eq!(found, Some(published(beginning)));
        assert_eq!(
            recognise(&checkpoint, &[published("00000000"), KERAS]).expect("read"),
            None
        );
        let description = describe(&checkpoint).expect("read");
        assert_eq!(description.origin, Origin::Guessed);
        assert_eq!(description.metadata.name, "vgg16_narrow16");
        assert_eq!(description.metadata.licence, "not stated");
        assert_eq!(description.metadata.preprocessing, Preprocessing::Torch);
    }

    #[test]
    fn a_name_is_the_files_without_folder_and_ending() {
        for (file, name) in [
            ("weights/my vgg.pth", "my vgg"),
            ("vgg16.weights.h5", "vgg16"),
            ("models/narrow/model.safetensors.index.json", "narrow"),
            ("model.safetensors.index.json", "unnamed"),
        ] {
            assert_eq!(plain_name(file), name);
        }
    }
}
