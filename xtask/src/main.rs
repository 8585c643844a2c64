//! `cargo xtask`: the project's own commands. Each finds or installs what it needs, so that a clean clone
//! needs only Rust and Node.
#![expect(clippy::print_stdout, reason = "a command-line program talks on standard output")]

mod apt;
mod bench;
mod budgets;
mod checks;
mod chromium;
mod command;
mod needs;
mod paths;
mod prerequisites;
mod python;
mod serve;
mod site;
mod soak;
mod sources;
mod stamp;
mod summary;
mod tests;
mod tools;
mod wasm;
mod wasm_opt;
mod weights;

use clap::{Parser, Subcommand};
use paths::Paths;
use std::path::PathBuf;
use std::process::ExitCode;
use summary::Summary;

/// Builds, serves, checks, tests and measures vggscope.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and serve the page on 127.0.0.1:8080
    Serve,
    /// Build the static site in www/dist/
    Build {
        /// Catalogue of models of your own, in place of www/public/models.json
        #[arg(long, value_name = "FILE")]
        models: Option<PathBuf>,
    },
    /// Run every test: TypeScript, Rust, then the built site in browsers
    Test,
    /// Check formatting, spelling, lints, types, licences and sizes, the cheapest first
    Check,
    /// Time gradient steps against TensorFlow.js, TensorFlow and PyTorch
    Bench {
        /// Options for tests/peers/bench.mjs, such as --only cpu-browser,tfjs-wasm --layers block1_conv2
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Use the built site as people do, over and over, and see whether memory stays level
    Soak {
        /// Options for tests/peers/soak.mjs
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Format Rust, TypeScript, CSS and JSON
    Fmt,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<()> {
    let (paths, summary) = (Paths::find()?, Summary::new());
    let outcome = match task {
        Task::Serve => return serve::serve(&paths, &summary),
        Task::Build { models } => site::build_with(&paths, models.as_deref(), &summary),
        Task::Test => tests::test(&paths, &summary),
        Task::Check => checks::check(&paths, &summary),
        Task::Bench { options } => return bench::bench(&paths, options, &summary),
        Task::Soak { options } => return soak::soak(&paths, options, &summary),
        Task::Fmt => return checks::format(&paths, &summary),
    };
    println!("\n{summary}");
    outcome
}
