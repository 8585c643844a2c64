//! What the program may be asked.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use vggscope::settings::{Preprocessing, StepRule};
use vggscope::vgg16::Layer;

use crate::serve::Serve;
use crate::weights::Weights;

/// See what VGG16's channels respond to: gradient ascent on the input image.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Climb some channels of a layer and write pictures and numbers
    Render(Render),
    /// Make, fetch, check and look at weights
    Weights {
        #[command(subcommand)]
        command: Weights,
    },
    /// Serve the site on this machine
    Serve(Serve),
}

/// Settings of `render`; the defaults are the course notes' own.
#[derive(Debug, Args)]
pub(crate) struct Render {
    /// Folder of a model, on disk or as a URL, or a file of weights of any format on disk
    #[arg(
        long,
        value_name = "PATH_OR_URL",
        required_unless_present = "model",
        conflicts_with = "model"
    )]
    pub(crate) weights: Option<String>,
    /// Model of the catalogue, by its id; a file that only a host has is fetched before with `vggscope weights fetch ID`
    #[arg(long, value_name = "ID")]
    pub(crate) model: Option<String>,
    /// Catalogue of models, such as a site's models.json, in place of this program's own
    #[arg(long, value_name = "FILE", requires = "model", conflicts_with = "weights")]
    pub(crate) models: Option<PathBuf>,
    /// Layer, by Keras's name
    #[arg(long, default_value = "block3_conv1", value_parser = layer)]
    pub(crate) layer: &'static Layer,
    /// Channels from 0, such as 0-39 or 1,5,7-9
    #[arg(long, default_value = "0-39", value_parser = channels)]
    pub(crate) channels: Channels,
    /// Image width in pixels
    #[arg(long, default_value_t = 150)]
    pub(crate) width: usize,
    /// Image height in pixels
    #[arg(long, default_value_t = 150)]
    pub(crate) height: usize,
    /// Steps
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) iterations: u32,
    /// Factor of each step
    #[arg(long, default_value_t = 10.0, allow_negative_numbers = true)]
    pub(crate) learning_rate: f64,
    /// How the gradient becomes a step: gradient, l2, rms or adam
    #[arg(long, default_value = "gradient")]
    pub(crate) step: StepRule,
    /// Input scaling: none, caffe, caffe-rgb or torch; the model's own if left out
    #[arg(long)]
    pub(crate) preprocessing: Option<Preprocessing>,
    /// Seed of the random start image
    #[arg(long, default_value_t = 436)]
    pub(crate) seed: u64,
    /// Start image instead of a random one: .npy, float32, shape (height, width, 3)
    #[arg(long, value_name = "FILE.npy")]
    pub(crate) start: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_enum, default_value_t = Backend::Auto)]
    pub(crate) backend: Backend,
    /// Grid of the last squashed iterates, eight a row
    #[arg(long, value_name = "FILE.png", required_unless_present_any = ["iterates", "objectives"])]
    pub(crate) grid: Option<PathBuf>,
    /// Every iterate, float32: one (channels, iterations, height, width, 3) array in an .npz, or one .npy a channel in a folder
    #[arg(long, value_name = "FILE.npz|FOLDER")]
    pub(crate) iterates: Option<PathBuf>,
    /// Objective, gradient norm and pixel range of every step
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) objectives: Option<PathBuf>,
}

impl Render {
    /// The command that makes the same pictures, whatever the model's own input scaling and the machine's choice of backend
    /// are elsewhere.
    pub(crate) fn command(&self, preprocessing: Preprocessing, backend: Backend) -> String {
        let start = match &self.start {
            Some(path) => format!("--start {}", quoted(&path.to_string_lossy())),
            None => format!("--seed {}", self.seed),
        };
        format!(
            "vggscope render {} --layer {} --channels {} --width {} --height {} --iterations {} --learning-rate {} \
             --step {} --preprocessing {preprocessing} {start} --backend {} --grid FILE.png",
            self.opened(),
            self.layer.name,
            self.channels,
            self.width,
            self.height,
            self.iterations,
            self.learning_rate,
            self.step,
            if backend == Backend::Wgpu { "wgpu" } else { "cpu" },
        )
    }

    /// The options that say which weights.
    fn opened(&self) -> String {
        let option =
            |name: &str, value: Option<Cow<'_, str>>| value.map(|value| format!("--{name} {}", quoted(&value)));
        let options = [
            option("weights", self.weights.as_deref().map(Cow::from)),
            option("model", self.model.as_deref().map(Cow::from)),
            option("models", self.models.as_ref().map(|path| path.to_string_lossy())),
        ];
        options.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// As a POSIX shell reads it.
fn quoted(text: &str) -> Cow<'_, str> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-:=%+@,".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        text.into()
    } else {
        format!("'{}'", text.replace('\'', r"'\''")).into()
    }
}

/// Where to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// A real GPU where there is one, else the CPU
    Auto,
    /// The GPU, even a software one
    Wgpu,
    /// The CPU
    Cpu,
}

/// Channels from 0, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Channels(pub(crate) Vec<usize>);

/// In the form that [`channels`] parses.
impl Display for Channels {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let runs = self.0.chunk_by(|before, after| before + 1 == *after);
        let texts = runs.filter_map(|run| match run {
            [] => None,
            [one] => Some(one.to_string()),
            [first, .., last] => Some(format!("{first}-{last}")),
        });
        formatter.write_str(&texts.collect::<Vec<_>>().join(","))
    }
}

fn layer(name: &str) -> Result<&'static Layer, vggscope::Error> {
    Layer::named(name)
}

/// Parses `0-39` or `1,5,7-9`.
fn channels(text: &str) -> Result<Channels, String> {
    let mut channels = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number = |text: &str| {
            let number = text.trim().parse::<usize>().ok().filter(|&channel| channel < 512);
            number.ok_or_else(|| {
                format!("\"{part}\" is not a channel or a range such as 0-39; VGG16 has at most channels 0 to 511")
            })
        };
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return Err(format!("the range {part} runs backwards"));
        }
        channels.extend(first..=last);
    }
    Ok(Channels(channels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_lists_of_numbers_and_ranges() {
        assert_eq!(channels("1,5,7-9"), Ok(Channels(vec![1, 5, 7, 8, 9])));
        for bad in ["", "a", "3-", "-3", "9-7", "512", "0-99999999999999999999", "1;2"] {
            assert!(channels(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn channels_are_written_as_they_are_read() {
        for text in ["0-39", "5", "1,5,7-9", "3,0", "2,2", "9,8-10,4"] {
            assert_eq!(channels(text).map(|channels| channels.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_path_stays_one_word_of_the_command() {
        for (path, word) in [
            ("weights/demo", "weights/demo"),
            ("my weights", "'my weights'"),
            ("it's", r"'it'\''s'"),
            ("https://host/?token=a&b", "'https://host/?token=a&b'"),
        ] {
            assert_eq!(quoted(path), word);
        }
    }

    #[test]
    fn the_command_names_the_weights_as_they_were_named() {
        for (given, opened) in [
            (&["--weights", "my weights"][..], "--weights 'my weights'"),
            (
                &["--model", "textures", "--models", "site/models.json"],
                "--model textures --models site/models.json",
            ),
        ] {
            let words = [&["vggscope", "render", "--grid", "a.png"], given].concat();
            let Command::Render(render) = Arguments::parse_from(words).command else {
                panic!("another command");
            };
            let command = render.command(Preprocessing::None, Backend::Cpu);
            assert!(
                command.starts_with(&format!("vggscope render {opened} --layer ")),
                "{command}"
            );
        }
    }

    #[test]
    fn weights_or_a_model_are_needed_and_not_both() {
        for (given, allowed) in [
            ("--weights a", true),
            ("--model a", true),
            ("--model a --models b", true),
            ("", false),
            ("--weights a --model b", false),
            ("--weights a --models b", false),
        ] {
            let words = "vggscope render --grid a.png".split(' ');
            let parsed = Arguments::try_parse_from(words.chain(given.split_whitespace()));
            assert_eq!(parsed.is_ok(), allowed, "{given}");
        }
    }

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
