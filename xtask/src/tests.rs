//! Every test: TypeScript, Rust, then the built site in a browser.

use crate::paths::Paths;
use crate::summary::Summary;
use crate::{chromium, command, site};
use anyhow::Result;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Builds the site and runs the stages in turn; the first that fails ends the run.
pub(crate) fn test(paths: &Paths) -> Result<()> {
    let browser = chromium::ensure()?;
    site::build(paths)?;
    let mut summary = Summary::default();
    let mut stages = [
        ("TypeScript tests", npm(paths, "test")),
        ("xtask's tests", rust(paths, &["--package", "xtask"])),
        ("Rust tests", rust(paths, &["--workspace", "--exclude", "xtask"])),
        ("browser tests", npm(paths, "test:browser")),
    ];
    let outcome = stages.iter_mut().try_for_each(|(stage, command)| {
        command.env("CHROMIUM", &browser);
        run_counted(stage, command, &mut summary)
    });
    println!("\n{summary}");
    outcome
}

fn npm(paths: &Paths, script: &str) -> Command {
    let mut npm = command::npm(&paths.www);
    npm.args(["run", script]);
    npm
}

/// xtask is tested by itself: together, cargo would compile its dependencies again with the library's features.
fn rust(paths: &Paths, packages: &[&str]) -> Command {
    let mut cargo = command::cargo(paths);
    cargo.args(["test", "--release"]).args(packages);
    cargo
}

/// Runs one stage, showing its output line by line and counting the tests it reports.
fn run_counted(stage: &str, command: &mut Command, summary: &mut Summary) -> Result<()> {
    println!("\n{stage}");
    let status = (|| {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).lines() {
                let line = line?;
                println!("{line}");
                summary.count(&line);
            }
        }
        child.wait()
    })();
    command::succeeded(stage, command, status, "The failing tests are named above.")
}
