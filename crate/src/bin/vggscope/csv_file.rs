//! Objectives as CSV.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;
use vggscope::ascent::Iterate;
use vggscope::image::Contrast;

/// One row: what is known of one step of one channel.
#[derive(Serialize)]
struct Row {
    channel: usize,
    iteration: usize,
    objective: f64,
    gradient_norm: f64,
    min: f32,
    max: f32,
    dead: bool,
    constant: bool,
    finite: bool,
}

/// A CSV file being written.
pub(crate) struct Objectives {
    path: PathBuf,
    writer: csv::Writer<File>,
}

impl Objectives {
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let writer = csv::Writer::from_path(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            writer,
        })
    }

    /// Writes one channel's climb.
    pub(crate) fn write(&mut self, climb: &[Iterate]) -> Result<()> {
        for iterate in climb {
            self.writer
                .serialize(Row {
                    channel: iterate.channel,
                    iteration: iterate.iteration,
                    objective: iterate.objective,
                    gradient_norm: iterate.gradient_norm,
                    min: iterate.min,
                    max: iterate.max,
                    dead: iterate.dead,
                    constant: iterate.contrast == Contrast::Constant,
                    finite: iterate.contrast != Contrast::NotFinite,
                })
                .with_context(|| format!("cannot write {}", self.path.display()))?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<()> {
        self.writer
            .flush()
            .with_context(|| format!("cannot write {}", self.path.display()))
    }
}
