//! What `vggscope weights` may be asked.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use vggscope::settings::Preprocessing;
use vggscope::weights::{Metadata, Precision};

/// What to do with weights.
#[derive(Debug, Subcommand)]
pub(crate) enum Weights {
    /// Make a folder for a static host from a file of weights
    Convert(Convert),
    /// Download a model of the catalogue, and check it
    Fetch(Fetch),
    /// Print a catalogue's entry for a file or folder, with digests of its layers
    Pin(Pin),
    /// Check every file of a folder: length, sha256, shapes, numbers
    Verify(Verify),
    /// Show what is in a file or folder: layers, shapes, types, ranges
    Inspect(Inspect),
}

/// Settings of `weights convert`.
#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// .h5, .weights.h5, .pth, .safetensors or .onnx, or a folder of safetensors files or its index
    pub(crate) input: PathBuf,
    /// Folder to write; a model that is there already is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How numbers are stored
    #[arg(long, value_enum, default_value_t = Dtype::F32)]
    pub(crate) dtype: Dtype,
    /// Which VGG16, of a file that holds several
    #[arg(long, value_name = "NAME")]
    pub(crate) network: Option<String>,
    #[command(flatten)]
    pub(crate) facts: Facts,
}

/// Settings of `weights fetch`.
#[derive(Debug, Args)]
pub(crate) struct Fetch {
    /// Id of the model, such as imagenet-keras
    #[arg(value_name = "ID")]
    pub(crate) model: String,
    /// File to write; left out, one in the current folder with the id for its name, where `vggscope render --model ID` finds
    /// it. A model that is a folder becomes a folder
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Address of a mirror; its file must have the checksum that the catalogue gives
    #[arg(long, value_name = "URL")]
    pub(crate) from: Option<String>,
    /// Catalogue of models, such as a site's models.json, in place of this program's own
    #[arg(long, value_name = "FILE")]
    pub(crate) models: Option<PathBuf>,
}

/// Settings of `weights pin`.
#[derive(Debug, Args)]
pub(crate) struct Pin {
    /// File or folder of weights, on a host or on disk
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: String,
}

/// Settings of `weights verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Folder of a model, on disk or as a URL
    #[arg(value_name = "DIR_OR_URL")]
    pub(crate) folder: String,
}

/// Settings of `weights inspect`.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// A file of weights, or a folder with an index
    #[arg(value_name = "FILE_OR_DIR")]
    pub(crate) input: PathBuf,
    /// Which VGG16, of a file that holds several
    #[arg(long, value_name = "NAME")]
    pub(crate) network: Option<String>,
}

/// What the index says of the model. Known files bring their own; what is given here counts more.
#[derive(Debug, Args)]
pub(crate) struct Facts {
    /// Short name of the model
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// What the model is, in a sentence
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Licence of the weights
    #[arg(long, value_name = "TEXT")]
    licence: Option<String>,
    /// Where the weights come from
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Input scaling that the model expects: none, caffe, caffe-rgb or torch
    #[arg(long)]
    pub(crate) preprocessing: Option<Preprocessing>,
}

impl Facts {
    /// Puts what was given in place of what is known.
    pub(crate) fn apply(&self, metadata: Metadata) -> Metadata {
        let or = |given: &Option<String>, known| given.clone().unwrap_or(known);
        Metadata {
            name: or(&self.name, metadata.name),
            description: or(&self.description, metadata.description),
            licence: or(&self.licence, metadata.licence),
            source: or(&self.source, metadata.source),
            preprocessing: self.preprocessing.unwrap_or(metadata.preprocessing),
            ..metadata
        }
    }
}

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dtype {
    /// 32-bit floats: exact; 58.9 MB for all of VGG16
    F32,
    /// 16-bit floats: half the download, 29.4 MB, rounded to 11 significant bits
    F16,
}

impl From<Dtype> for Precision {
    fn from(dtype: Dtype) -> Self {
        match dtype {
            Dtype::F32 => Self::F32,
            Dtype::F16 => Self::F16,
        }
    }
}
