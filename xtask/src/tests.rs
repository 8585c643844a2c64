//! Every test: TypeScript, Rust, then the built site in browsers.

use crate::needs::VULKAN;
use crate::paths::Paths;
use crate::summary::Summary;
use crate::{chromium, command, needs, python, site};
use anyhow::Result;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

/// xtask is tested by itself: together, cargo would compile its dependencies again with the library's features.
const PACKAGES: [&[&str]; 2] = [&["--package", "xtask"], &["--package", "vggscope", "--tests"]];
/// The same network through wgpu: ignored by a plain `cargo test`, which may run where there is no adapter.
const GPU: [&str; 7] = ["--package", "vggscope", "--lib", "--test", "gpu", "--", "--ignored"];
/// Names of test files that need no Chromium.
const OTHER_BROWSERS: [&str; 1] = ["other-browsers"];

/// Looks for what the tests need, builds the site and runs the stages in turn; the first that fails ends the run.
pub(crate) fn test(paths: &Paths, summary: &Summary) -> Result<()> {
    needs::ensure(summary)?;
    thread::scope(|scope| {
        // Mostly a download: beside the compiler.
        let pythons = scope.spawn(|| Pythons::ensure(paths, summary));
        site::build(paths, summary)?;
        counted(summary, "TypeScript tests", &mut npm(paths, "test"))?;
        compile(paths, summary)?;
        counted(summary, "xtask's tests", &mut rust(paths, PACKAGES[0]))?;
        counted(summary, "Rust tests", &mut rust(paths, PACKAGES[1]))?;
        if VULKAN.is_met() {
            counted(summary, "GPU tests", &mut rust(paths, &GPU))?;
        }
        counted(
            summary,
            "browser tests",
            &mut browsers(paths, &command::joined(pythons)?),
        )
    })?;
    needs::all_ran(summary)
}

/// The Pythons of the browser tests, as far as they can be had.
struct Pythons {
    requirements: Option<PathBuf>,
    torch: Option<PathBuf>,
}

impl Pythons {
    fn ensure(paths: &Paths, summary: &Summary) -> Result<Self> {
        summary.stage("Python packages", || {
            Ok(Self {
                requirements: needs::if_possible(summary, python::with_requirements(paths))?,
                torch: needs::if_possible(summary, python::with_torch_and_matplotlib(paths))?,
            })
        })
    }
}

fn npm(paths: &Paths, script: &str) -> Command {
    let mut npm = command::npm(&paths.www);
    npm.args(["run", script]);
    npm
}

fn browsers(paths: &Paths, pythons: &Pythons) -> Command {
    let mut npm = npm(paths, "test:browser");
    match chromium::find() {
        Some(program) => npm.env(chromium::VARIABLE, program),
        None => npm.arg("--").args(OTHER_BROWSERS),
    };
    npm.envs(pythons.requirements.iter().map(|python| (python::VARIABLE, python)));
    npm.envs(pythons.torch.iter().map(|python| (python::TORCH_VARIABLE, python)));
    npm
}

fn rust(paths: &Paths, arguments: &[&str]) -> Command {
    let mut cargo = command::cargo(paths);
    cargo.args(["test", "--release"]).args(arguments);
    cargo
}

/// Compiles the tests, so that their own stages tell how long they run.
fn compile(paths: &Paths, summary: &Summary) -> Result<()> {
    let remedy = "Mend what the compiler says above.";
    summary.stage("compiling the tests", || {
        PACKAGES
            .iter()
            .try_for_each(|package| command::run("compiling the tests", rust(paths, package).arg("--no-run"), remedy))
    })
}

/// Runs one stage, showing its output and counting the tests it reports.
fn counted(summary: &Summary, stage: &str, command: &mut Command) -> Result<()> {
    println!("\n{stage}");
    summary.stage(stage, || {
        let status = shown(summary, command.stdout(Stdio::piped()));
        command::succeeded(stage, command, status, "The failing tests are named above.")
    })
}

/// Runs a command whose output is piped, showing it line by line.
fn shown(summary: &Summary, command: &mut Command) -> io::Result<ExitStatus> {
    let mut child = command.spawn()?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            summary.count(&line);
        }
    }
    child.wait()
}
