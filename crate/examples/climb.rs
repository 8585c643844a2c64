//! The native contestant of the bench: answers each setting on standard input with the time its steps took.
//!
//! `climb cpu|wgpu WEIGHTS`; `tests/peers/native.mjs` describes the conversation.
#![expect(clippy::print_stdout, reason = "the bench reads standard output")]

use std::collections::VecDeque;
use std::io::stdin;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use vggscope::ascent::Ascent;
use vggscope::device::{self, Arithmetic, Compute, wait};
use vggscope::network::Network;
use vggscope::settings::{Preprocessing, Settings, Start, StepRule};
use vggscope::vgg16::Layer;
use vggscope::weights::Weights;
use vggscope::weights::source::Source;

/// What the bench asks for.
#[derive(Deserialize)]
struct Request {
    layer: String,
    channels: Vec<usize>,
    size: usize,
    seed: u64,
    /// Steps before the clock starts.
    warm: usize,
    /// Steps timed.
    steps: usize,
}

/// The network as far as it has been asked for.
struct Contestant {
    compute: Compute,
    source: Source,
    weights: Weights,
    network: Network,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [backend, folder] = arguments.as_slice() else {
        bail!("usage: climb cpu|wgpu WEIGHTS");
    };
    let mut contestant = match Contestant::open(backend, folder) {
        Ok(contestant) => contestant,
        Err(error) => {
            say(&json!({ "unavailable": format!("{error:#}") }));
            return Ok(());
        }
    };
    say(&json!({ "about": contestant.about() }));
    let mut line = String::new();
    while stdin().read_line(&mut line)? > 0 {
        let answer = contestant.climb(&serde_json::from_str(&line)?);
        say(&answer.unwrap_or_else(|error| json!({ "error": format!("{error:#}") })));
        line.clear();
    }
    Ok(())
}

impl Contestant {
    fn open(backend: &str, folder: &str) -> Result<Self> {
        let source = Source::new(folder);
        let weights = source.open()?;
        let compute = if backend == "wgpu" {
            wait(Compute::tuned_gpu())?
        } else {
            Compute::cpu(Arithmetic::F32)
        };
        let network = Network::new(compute.clone());
        Ok(Self {
            compute,
            source,
            weights,
            network,
        })
    }

    fn about(&self) -> Value {
        let device = if !self.compute.is_gpu() {
            None
        } else if wait(device::has_real_gpu()) {
            Some("GPU")
        } else {
            Some("software adapter")
        };
        json!({ "version": env!("CARGO_PKG_VERSION"), "device": device })
    }

    /// Every channel climbs, in the batches that the program itself would make.
    fn climb(&mut self, request: &Request) -> Result<Value> {
        let mut batches = self.ascents(request)?;
        let mut objectives = Vec::new();
        for ascent in &mut batches {
            let iterates = wait(ascent.advance().read())?;
            objectives.extend(iterates.iter().map(|iterate| iterate.objective));
        }
        advance(&mut batches, request.warm)?;
        mark("start")?;
        let started = Instant::now();
        advance(&mut batches, request.steps)?;
        let wall = started.elapsed();
        mark("end")?;
        Ok(json!({ "wallMs": wall.as_secs_f64() * 1e3, "objectives": objectives }))
    }

    fn ascents(&mut self, request: &Request) -> Result<Vec<Ascent>> {
        let layer = Layer::named(&request.layer)?;
        self.source.load(&mut self.weights, layer, &mut |_| ())?;
        self.network.extend(&self.weights, layer)?;
        let batch = self.compute.batch_size(layer, request.size, request.size)?;
        let ascent = |channels: &[usize]| -> Result<Ascent> {
            let settings = Settings {
                layer,
                channels: channels.to_vec(),
                height: request.size,
                width: request.size,
                learning_rate: 10.0,
                step: StepRule::Gradient,
                preprocessing: Preprocessing::None,
                start: Start::Seed(request.seed),
            };
            Ok(Ascent::new(&self.network, settings)?)
        };
        request.channels.chunks(batch).map(ascent).collect()
    }
}

/// Steps handed over before the one that is waited for, as in the page where steps are short.
const AHEAD: usize = 3;

/// Steps of all batches in turn.
fn advance(batches: &mut [Ascent], steps: usize) -> Result<()> {
    let mut ahead = VecDeque::new();
    for _ in 0..steps {
        for ascent in &mut *batches {
            ahead.push_back(ascent.advance());
            if ahead.len() > AHEAD
                && let Some(step) = ahead.pop_front()
            {
                wait(step.read())?;
            }
        }
    }
    for step in ahead {
        wait(step.read())?;
    }
    Ok(())
}

/// Lets the bench read this process's CPU time, and waits until it has.
fn mark(moment: &str) -> Result<()> {
    say(&json!({ "mark": moment }));
    stdin().read_line(&mut String::new()).context("the bench is gone")?;
    Ok(())
}

fn say(message: &Value) {
    println!("{message}");
}
