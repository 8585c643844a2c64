//! `cargo xtask`: the project's own commands. Each finds or installs what it needs, so that a clean clone
//! needs only Rust and Node.
#![expect(clippy::print_stdout, reason = "a command-line program talks on standard output")]

mod bench;
mod budgets;
mod checks;
mod chromium;
mod command;
mod paths;
mod prerequisites;
mod python;
mod serve;
mod site;
mod sources;
mod stamp;
mod summary;
mod tests;
mod tools;
mod wasm;
mod wasm_opt;
mod weights;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

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
    Build,
    /// Run every test: Rust, TypeScript, then the built site in a browser
    Test,
    /// Check formatting, spelling, lints, types, licences and sizes, the cheapest first
    Check,
    /// Time gradient steps against TensorFlow.js, TensorFlow and PyTorch
    Bench {
        /// Options for tests/peers/bench.mjs, such as --only cpu-browser,tfjs-wasm --layers block1_conv2
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
    let paths = paths::Paths::find()?;
    match task {
        Task::Serve => serve::serve(&paths),
        Task::Build => site::build(&paths),
        Task::Test => tests::test(&paths),
        Task::Check => checks::check(&paths),
        Task::Bench { options } => bench::bench(&paths, options),
        Task::Fmt => checks::format(&paths),
    }
}
