//! `vggscope`: gradient ascent on VGG16's channels from the command line.
//!
//! Exit status: 0 done, 1 failed (standard error says what, where and what to do), 2 bad usage.
#![allow(clippy::print_stderr, reason = "a command-line program talks on standard error")]

mod arguments;
mod catalogue;
mod csv_file;
mod grid;
mod numpy;
mod outputs;
mod render;
mod serve;
mod weights;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Render(arguments) => render::render(&arguments),
        Command::Weights { command } => weights::run(&command),
        Command::Serve(arguments) => serve::serve(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
