//! `vggscope weights`: make, fetch, pin, check and look at files of weights.

mod arguments;
mod convert;
mod fetch;
mod inspect;
mod pin;
mod verify;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use vggscope::vgg16::Layer;
use vggscope::weights::download::Event;

pub(crate) use arguments::Weights;

/// Runs the command.
pub(crate) fn run(command: &Weights) -> Result<()> {
    match command {
        Weights::Convert(arguments) => convert::convert(arguments),
        Weights::Fetch(arguments) => fetch::fetch(arguments),
        Weights::Pin(arguments) => pin::pin(arguments),
        Weights::Verify(arguments) => verify::verify(arguments),
        Weights::Inspect(arguments) => inspect::inspect(arguments),
    }
}

/// A bar of bytes, drawn only on a terminal.
fn byte_bar(bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left");
    ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Shows how far a download is.
fn show(bar: &ProgressBar, event: &Event<'_>) {
    match event {
        Event::Progress { done, total } => {
            bar.set_length(total.unwrap_or(*done));
            bar.set_position(*done);
        }
        Event::Retry { error, seconds } => {
            bar.suspend(|| eprintln!("{error} Trying again in {seconds} s."));
        }
    }
}

/// A number of bytes as a person reads it.
fn readable(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn layer_name(ordinal: usize) -> &'static str {
    Layer::convolution(ordinal).map_or("unknown", |layer| layer.name)
}
