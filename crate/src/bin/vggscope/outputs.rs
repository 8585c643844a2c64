//! The files that `render` was asked for. All are opened before the climb, and each step is written as it comes.

use anyhow::Result;
use vggscope::ascent::Iterate;
use vggscope::image::Contrast;

use crate::arguments::Render;
use crate::csv_file::Objectives;
use crate::grid::Grid;
use crate::numpy::Iterates;

/// Every output, and each channel's last iterate.
pub(crate) struct Outputs {
    grid: Option<Grid>,
    iterates: Option<Iterates>,
    objectives: Option<Objectives>,
    /// Of the batch that climbs, in its order.
    newest: Vec<Iterate>,
    /// Of the batches that have climbed.
    last: Vec<Iterate>,
}

impl Outputs {
    /// Opens every file. What cannot be written is said before any time is spent on a climb.
    pub(crate) fn create(arguments: &Render) -> Result<Self> {
        Ok(Self {
            grid: arguments.grid.as_deref().map(Grid::create).transpose()?,
            objectives: arguments.objectives.as_deref().map(Objectives::create).transpose()?,
            iterates: arguments
                .iterates
                .as_deref()
                .map(|path| Iterates::create(path, arguments))
                .transpose()?,
            newest: Vec::new(),
            last: Vec::new(),
        })
    }

    /// Whether exact images are written. The grid and the CSV file need none.
    pub(crate) const fn need_pixels(&self) -> bool {
        self.iterates.is_some()
    }

    /// Begins a batch of channels.
    pub(crate) fn begin(&mut self, channels: &[usize]) -> Result<()> {
        self.iterates
            .as_mut()
            .map_or(Ok(()), |iterates| iterates.begin(channels))
    }

    /// Writes one step of the batch: an iterate a channel, in the batch's order.
    pub(crate) fn take(&mut self, step: Vec<Iterate>) -> Result<()> {
        if let Some(iterates) = &mut self.iterates {
            iterates.take(&step)?;
        }
        if let Some(objectives) = &mut self.objectives {
            objectives.take(&step);
        }
        self.newest = step;
        Ok(())
    }

    /// Ends the batch; gives a line for each channel whose picture alone would mislead.
    pub(crate) fn end(&mut self) -> Result<Vec<String>> {
        if let Some(iterates) = &mut self.iterates {
            iterates.end()?;
        }
        if let Some(objectives) = &mut self.objectives {
            objectives.end()?;
        }
        let ended = std::mem::take(&mut self.newest);
        let remarks = ended.iter().filter_map(remark).collect();
        self.last.extend(ended);
        Ok(remarks)
    }

    /// Completes every file. `command` makes the grid again.
    pub(crate) fn finish(self, arguments: &Render, command: &str) -> Result<()> {
        if let Some(iterates) = self.iterates {
            iterates.finish()?;
        }
        match self.grid {
            Some(grid) => grid.write(&self.last, arguments, command),
            None => Ok(()),
        }
    }
}

fn remark(iterate: &Iterate) -> Option<String> {
    let remark = match iterate.contrast {
        Contrast::NotFinite => "the image left the range of 32-bit floats; try a lower learning rate",
        Contrast::Constant => "the image is constant: there is nothing to stretch",
        Contrast::Stretched if iterate.dead => "dead: its gradient is exactly zero, the image does not move",
        Contrast::Stretched => return None,
    };
    Some(format!("channel {}: {remark}", iterate.channel))
}
