//! `vggscope render`: climb, and write what was asked for.

use std::path::Path;

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use vggscope::ascent::{Ascent, Iterate, Step};
use vggscope::device::{self, Arithmetic, Compute, wait};
use vggscope::network::{Network, Pending};
use vggscope::settings::{Settings, Start};
use vggscope::weights::Weights;
use vggscope::weights::known::Origin;
use vggscope::weights::source::{Described, Source};

use crate::arguments::{Backend, Render};
use crate::catalogue::catalogue;
use crate::numpy;
use crate::outputs::Outputs;

/// Runs the command.
pub(crate) fn render(arguments: &Render) -> Result<()> {
    let start = start(arguments)?;
    let weights = load(arguments)?;
    let compute = open(arguments.backend)?;
    let backend = if compute.is_gpu() { Backend::Wgpu } else { Backend::Cpu };
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
        let batch = Settings {
            channels: channels.to_vec(),
            ..settings.clone()
        };
        outputs.begin(channels)?;
        climb(&mut Ascent::new(&network, batch)?, arguments, &mut outputs, &progress)?;
        for remark in outputs.end()? {
            progress.suspend(|| eprintln!("{remark}"));
        }
    }
    progress.finish_and_clear();
    outputs.finish(arguments, &arguments.command(settings.preprocessing, backend))
}

/// A batch's whole climb. Each step is handed to the device before the one before it is read, so that a GPU never waits
/// for a file.
fn climb(ascent: &mut Ascent, arguments: &Render, outputs: &mut Outputs, progress: &ProgressBar) -> Result<()> {
    let mut handed: Option<Handed> = None;
    for step in 0..=arguments.iterations {
        let next = (step < arguments.iterations).then(|| Handed::to_device(ascent, outputs.need_pixels()));
        if let Some(handed) = std::mem::replace(&mut handed, next) {
            let iterates = handed.read()?;
            progress.inc(iterates.len() as u64);
            outputs.take(iterates)?;
        }
    }
    Ok(())
}

/// A step that is under way, with its exact images if they are asked for.
struct Handed {
    step: Step,
    images: Option<Pending<Vec<Vec<f32>>>>,
}

impl Handed {
    fn to_device(ascent: &mut Ascent, pixels: bool) -> Self {
        let step = ascent.advance();
        let images = pixels.then(|| ascent.images());
        Self { step, images }
    }

    fn read(self) -> Result<Vec<Iterate>> {
        let mut iterates = wait(self.step.read())?;
        if let Some(images) = self.images {
            for (iterate, image) in iterates.iter_mut().zip(wait(images.read())?) {
                iterate.pixels = image;
            }
        }
        Ok(iterates)
    }
}

/// The weights that were asked for, without layers yet, and where those are read from.
fn described(arguments: &Render) -> Result<(Source, Described)> {
    let Some(id) = &arguments.model else {
        let source = Source::new(arguments.weights.as_deref().unwrap_or_default());
        let described = source.open_described()?;
        return Ok((source, described));
    };
    let opened = catalogue(arguments.models.as_deref())?.open_model(id, Path::new(""))?;
    for sentence in opened.passed {
        eprintln!("passed over: {sentence}");
    }
    Ok((opened.source, opened.described))
}

fn load(arguments: &Render) -> Result<Weights> {
    let (source, described) = described(arguments)?;
    let Described {
        mut weights,
        origin,
        assumed,
    } = described;
    for sentence in assumed {
        eprintln!("assumed: {sentence}");
    }
    if arguments.preprocessing.is_none() {
        let scaling = weights.index().metadata().preprocessing;
        match origin {
            Origin::Stated | Origin::Published(_) => {}
            Origin::Recognised(model) => eprintln!(
                "input scaling: {scaling}; by the numbers of block1_conv1 this is {}",
                model.name
            ),
            Origin::Guessed => {
                eprintln!(
                    "input scaling: {scaling}, guessed from the names in the file; --preprocessing says otherwise"
                );
            }
        }
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
