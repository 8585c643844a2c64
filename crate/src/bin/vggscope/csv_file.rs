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

/// A CSV file being written, one channel after the other.
pub(crate) struct Objectives {
    path: PathBuf,
    writer: csv::Writer<File>,
    /// Rows of the batch that climbs, step by step. A row is a few thousand times smaller than an image.
    batch: Vec<Vec<Row>>,
}

impl Objectives {
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let writer = csv::Writer::from_path(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            writer,
            batch: Vec::new(),
        })
    }

    /// Takes one step of the batch.
    pub(crate) fn take(&mut self, step: &[Iterate]) {
        self.batch.push(step.iter().map(Row::of).collect());
    }

    /// Writes the batch's rows.
    pub(crate) fn end(&mut self) -> Result<()> {
        let steps = std::mem::take(&mut self.batch);
        self.write(&steps)
            .with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn write(&mut self, steps: &[Vec<Row>]) -> Result<()> {
        for channel in 0..steps.first().map_or(0, Vec::len) {
            for row in steps.iter().filter_map(|step| step.get(channel)) {
                self.writer.serialize(row)?;
            }
        }
        Ok(self.writer.flush()?)
    }
}

impl Row {
    fn of(iterate: &Iterate) -> Self {
        Self {
            channel: iterate.channel,
            iteration: iterate.iteration,
            objective: iterate.objective,
            gradient_norm: iterate.gradient_norm,
            min: iterate.min,
            max: iterate.max,
            dead: iterate.dead,
            constant: iterate.contrast == Contrast::Constant,
            finite: iterate.contrast != Contrast::NotFinite,
        }
    }
}
