//! Reading the golden files.

use std::path::PathBuf;
use std::str::FromStr;

use half::f16;
use libtest_mimic::Failed;
use safetensors::SafeTensors;
use serde::Deserialize;
use vggscope::settings::StepRule;
use vggscope::vgg16::Layer;
use vggscope::weights::{Convolution, untrained};

/// One row of the index.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    pub file: String,
    pub layer: String,
    pub channel: usize,
    pub height: usize,
    pub width: usize,
    rule: String,
    pub lr: f64,
    pub steps: usize,
    pub scaling: String,
    pub div: usize,
    weights_seed: u64,
    pub image_seed: u64,
    pub image0_sha256: String,
    f16: bool,
    pub dead: bool,
}

pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/reference/golden"))
}

pub fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(folder().join("index.json")).expect("the golden index");
    serde_json::from_str(&text).expect("the golden index is JSON")
}

pub fn every_file_is_listed() -> Result<(), Failed> {
    let others = [
        "index.json",
        "activations_16x16.safetensors",
        "channel_means_64x64.safetensors",
    ];
    let listed: Vec<String> = cases().into_iter().map(|case| case.file).collect();
    for entry in std::fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !listed.contains(&name) && !others.contains(&name.as_str()) {
            return Err(format!("{name} is not in the index").into());
        }
    }
    Ok(())
}

impl Case {
    pub fn layer(&self) -> &'static Layer {
        Layer::named(&self.layer).expect("a VGG16 layer")
    }

    pub fn rule(&self) -> StepRule {
        StepRule::from_str(if self.rule == "plain" { "gradient" } else { &self.rule }).expect("a step rule")
    }

    /// The weights this case was computed with, up to its layer.
    pub fn weights(&self) -> Vec<Convolution> {
        let mut weights = untrained::convolutions(self.weights_seed, self.div);
        weights.truncate(self.layer().last_convolution() + 1);
        if self.f16 {
            for convolution in &mut weights {
                for value in convolution.weight.iter_mut().chain(&mut convolution.bias) {
                    *value = f16::from_f32(*value).to_f32();
                }
            }
        }
        weights
    }

    pub fn tensors(&self) -> Golden {
        Golden(std::fs::read(folder().join(&self.file)).expect("a golden file"))
    }
}

/// The tensors of one file.
pub struct Golden(Vec<u8>);

impl Golden {
    fn data(&self, name: &str) -> Option<Vec<u8>> {
        let tensors = SafeTensors::deserialize(&self.0).expect("a safetensors file");
        tensors.tensor(name).ok().map(|tensor| tensor.data().to_vec())
    }

    pub fn f32(&self, name: &str) -> Option<Vec<f32>> {
        Some(
            self.data(name)?
                .as_chunks()
                .0
                .iter()
                .map(|&bytes| f32::from_le_bytes(bytes))
                .collect(),
        )
    }

    pub fn f64(&self, name: &str) -> Option<Vec<f64>> {
        Some(
            self.data(name)?
                .as_chunks()
                .0
                .iter()
                .map(|&bytes| f64::from_le_bytes(bytes))
                .collect(),
        )
    }

    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.data(name)
    }
}
