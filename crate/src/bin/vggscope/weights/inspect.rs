//! `vggscope weights inspect`: what is in a file?

use std::io::{Write, stdout};

use anyhow::Result;
use vggscope::vgg16::Layer;
use vggscope::weights::known::{self, Description, Origin};
use vggscope::weights::{Checkpoint, Convolution};

use super::arguments::Inspect;
use super::{layer_name, readable};

/// The layers of the notes' figures.
const FIGURES: [&str; 2] = ["block1_conv2", "block3_conv1"];

/// Runs the command.
pub(super) fn inspect(arguments: &Inspect) -> Result<()> {
    let checkpoint = Checkpoint::open_path_network(&arguments.input, arguments.network.as_deref())?;
    let description = known::describe(&checkpoint)?;
    let mut out = stdout().lock();
    head(&mut out, &checkpoint, &description)?;
    writeln!(
        out,
        "{:13} {:18} {:5} {:>9}  {:>10} {:>10} {:>10}  tensors",
        "layer", "kernel", "type", "bytes", "min", "mean", "max"
    )?;
    for ordinal in 0..checkpoint.convolutions() {
        row(&mut out, &checkpoint, ordinal)?;
    }
    writeln!(out)?;
    for layer in FIGURES {
        cost(&mut out, &checkpoint, Layer::named(layer)?)?;
    }
    Ok(())
}

fn head(out: &mut impl Write, checkpoint: &Checkpoint, description: &Description) -> Result<()> {
    let known_by = match description.origin {
        Origin::Stated => "as its index says".to_owned(),
        Origin::Published(file) => format!("by its checksum the published {file}"),
        Origin::Recognised(_) => "by the numbers of block1_conv1".to_owned(),
        Origin::Guessed => "no file that a publisher describes; the input scaling is guessed from the names".to_owned(),
    };
    let input = checkpoint.input();
    let metadata = &description.metadata;
    writeln!(out, "file           {}, {}", input.name(), readable(input.size()))?;
    writeln!(out, "format         {}", checkpoint.format())?;
    writeln!(out, "model          {} ({known_by})", metadata.name)?;
    for (title, text) in [
        ("description", &metadata.description),
        ("licence", &metadata.licence),
        ("source", &metadata.source),
    ] {
        if !text.is_empty() {
            writeln!(out, "{title:14} {text}")?;
        }
    }
    writeln!(out, "input scaling  {}", metadata.preprocessing)?;
    for sentence in checkpoint.assumed() {
        writeln!(out, "assumed        {sentence}")?;
    }
    writeln!(out)?;
    Ok(())
}

/// One layer: shape, type and bytes as in the file, and the range of its kernel.
fn row(out: &mut impl Write, checkpoint: &Checkpoint, ordinal: usize) -> Result<()> {
    let convolution = checkpoint.convolution(ordinal)?;
    let tensors = checkpoint.tensors(ordinal);
    let [min, mean, max] = range(&convolution);
    let names: Vec<&str> = tensors.iter().map(|(name, _)| name.as_str()).collect();
    writeln!(
        out,
        "{:13} {:18} {:5} {:>9}  {min:>10.6} {mean:>10.6} {max:>10.6}  {}",
        layer_name(ordinal),
        format!("{} x {} x 3 x 3", convolution.out_channels, convolution.in_channels),
        tensors.first().map_or("", |(_, element)| element.as_str()),
        checkpoint.bytes(ordinal),
        names.join(", ")
    )?;
    Ok(())
}

fn range(convolution: &Convolution) -> [f64; 3] {
    let values = || convolution.weight.iter().map(|&value| f64::from(value));
    let min = values().fold(f64::INFINITY, f64::min);
    let max = values().fold(f64::NEG_INFINITY, f64::max);
    [min, values().sum::<f64>() / convolution.weight.len() as f64, max]
}

/// What a visitor of the page fetches to see a layer.
fn cost(out: &mut impl Write, checkpoint: &Checkpoint, layer: &Layer) -> Result<()> {
    let channels: Option<Vec<_>> = (0..=layer.last_convolution())
        .map(|ordinal| checkpoint.channels(ordinal))
        .collect();
    let Some(channels) = channels else {
        writeln!(out, "{} is not in it", layer.name)?;
        return Ok(());
    };
    let parameters: usize = channels
        .iter()
        .map(|(inputs, outputs)| (9 * inputs + 1) * outputs)
        .sum();
    let parameters = parameters as u64;
    writeln!(
        out,
        "to show {}: {} in f32, {} in f16",
        layer.name,
        readable(4 * parameters),
        readable(2 * parameters)
    )?;
    Ok(())
}
