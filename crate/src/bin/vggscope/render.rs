//! `vggscope render`: climb, and write what was asked for.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use vggscope::ascent::{Ascent, Iterate};
use vggscope::device::{self, Arithmetic, Compute, wait};
use vggscope::image::Contrast;
use vggscope::network::Network;
use vggscope::settings::{Settings, Start};
use vggscope::weights::Weights;
use vggscope::weights::known::Origin;
use vggscope::weights::source::Source;

use crate::arguments::{Backend, Render};
use crate::csv_file::Objectives;
use crate::grid;
use crate::numpy::{self, Iterates};

/// Runs the command.
pub(crate) fn render(arguments: &Render) -> Result<()> {
    let start = start(arguments)?;
    let weights = load(arguments)?;
    let compute = open(arguments.backend)?;
    eprintln!("computing on the {}", if compute.is_gpu() { "GPU" } else { "CPU" });
    let batch = compute.batch_size(arguments.layer, arguments.height, arguments.width)?;
    let mut network = Network::new(compute);
    network.extend(&weights, arguments.layer)?;
    let settings = settings(arguments, &weights, start);
    // Every channel, before any time is spent on the first.
    settings.check()?;
    network.check(settings.layer, &settings.channels)?;
    let mut outputs = Outputs::create(arguments)?;
    let progress = progress(arguments);
    for channels in arguments.channels.0.chunks(batch) {
        let mut ascent = Ascent::new(
            &network,
            Settings {
                channels: channels.to_vec(),
                ..settings.clone()
            },
        )?;
        let mut climbs: BTreeMap<usize, Vec<Iterate>> = BTreeMap::new();
        for _ in 0..arguments.iterations {
            for iterate in ascent.step()? {
                outputs.keep(&mut climbs, iterate);
            }
            progress.inc(channels.len() as u64);
        }
        for channel in channels {
            outputs.write(climbs.remove(channel).unwrap_or_default(), &progress)?;
        }
    }
    progress.finish_and_clear();
    outputs.finish(arguments)
}

fn load(arguments: &Render) -> Result<Weights> {
    let source = Source::new(&arguments.weights);
    let (mut weights, origin) = source.open_described()?;
    if arguments.preprocessing.is_none() && origin == Origin::Guessed {
        let guess = weights.index().metadata().preprocessing;
        eprintln!("input scaling: {guess}, guessed from the names in the file; --preprocessing says otherwise");
    }
    let spinner = ProgressBar::new_spinner();
    source.load(&mut weights, arguments.layer, &mut |file| {
        spinner.set_message(format!("reading {file}"))
    })?;
    spinner.finish_and_clear();
    Ok(weights)
}

fn open(backend: Backend) -> Result<Compute> {
    let gpu = match backend {
        Backend::Cpu => false,
        Backend::Wgpu => true,
        Backend::Auto => wait(device::has_real_gpu()),
    };
    Ok(if gpu {
        wait(Compute::tuned_gpu())?
    } else {
        Compute::cpu(Arithmetic::F32)
    })
}

fn start(arguments: &Render) -> Result<Start> {
    match &arguments.start {
        None => Ok(Start::Seed(arguments.seed)),
        Some(path) => {
            let (image, shape) = numpy::read_image(path)?;
            let needed = [arguments.height as u64, arguments.width as u64, 3];
            if shape != needed {
                bail!(
                    "{} has shape {shape:?}; --height and --width ask for {needed:?}",
                    path.display()
                );
            }
            Ok(Start::Image(image))
        }
    }
}

fn settings(arguments: &Render, weights: &Weights, start: Start) -> Settings {
    Settings {
        layer: arguments.layer,
        channels: arguments.channels.0.clone(),
        height: arguments.height,
        width: arguments.width,
        learning_rate: arguments.learning_rate,
        step: arguments.step,
        preprocessing: arguments
            .preprocessing
            .unwrap_or(weights.index().metadata().preprocessing),
        start,
    }
}

fn progress(arguments: &Render) -> ProgressBar {
    let steps = arguments.channels.0.len() as u64 * u64::from(arguments.iterations);
    let bar = ProgressBar::new(steps);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} steps, {per_sec}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The files asked for, written channel by channel so that a long run needs little memory.
struct Outputs {
    last: Vec<Iterate>,
    iterates: Option<Iterates>,
    objectives: Option<Objectives>,
}

impl Outputs {
    fn create(arguments: &Render) -> Result<Self> {
        let objectives = arguments.objectives.as_deref().map(Objectives::create).transpose()?;
        let iterates = arguments
            .iterates
            .as_deref()
            .map(|path| Iterates::create(path, arguments))
            .transpose()?;
        Ok(Self {
            last: Vec::new(),
            iterates,
            objectives,
        })
    }

    /// Keeps an iterate as long as an output needs it; pixels and bytes only where they are written.
    fn keep(&self, climbs: &mut BTreeMap<usize, Vec<Iterate>>, iterate: Iterate) {
        let climb = climbs.entry(iterate.channel).or_default();
        if let Some(previous) = climb.last_mut() {
            previous.rgba = Vec::new();
            if self.iterates.is_none() {
                previous.pixels = Vec::new();
            }
        }
        climb.push(iterate);
    }

    fn write(&mut self, climb: Vec<Iterate>, progress: &ProgressBar) -> Result<()> {
        if let Some(iterates) = &mut self.iterates {
            iterates.write(&climb)?;
        }
        if let Some(objectives) = &mut self.objectives {
            objectives.write(&climb)?;
        }
        if let Some(last) = climb.into_iter().next_back() {
            if let Some(remark) = remark(&last) {
                progress.suspend(|| eprintln!("channel {}: {remark}", last.channel));
            }
            self.last.push(last);
        }
        Ok(())
    }

    fn finish(self, arguments: &Render) -> Result<()> {
        if let Some(iterates) = self.iterates {
            iterates.finish()?;
        }
        if let Some(objectives) = self.objectives {
            objectives.finish()?;
        }
        match &arguments.grid {
            Some(path) => {
                grid::write(path, &self.last, arguments).with_context(|| format!("cannot write {}", path.display()))
            }
            None => Ok(()),
        }
    }
}

/// What a picture alone would not say.
fn remark(iterate: &Iterate) -> Option<&'static str> {
    match iterate.contrast {
        Contrast::NotFinite => Some("the image left the range of 32-bit floats; try a lower learning rate"),
        Contrast::Constant => Some("the image is constant: there is nothing to stretch"),
        Contrast::Stretched if iterate.dead => Some("dead: its gradient is exactly zero, the image does not move"),
        Contrast::Stretched => None,
    }
}
