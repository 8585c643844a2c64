//! Every test: TypeScript, Rust, then the built site in a browser.

use crate::paths::Paths;
use crate::summary::Summary;
use crate::{chromium, command, python, site};
use anyhow::Result;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Builds the site and runs the stages in turn; the first that fails ends the run.
pub(crate) fn test(paths: &Paths) -> Result<()> {
    let browser = chromium::ensure()?;
    let python = python::ensure(paths)?;
    site::build(paths)?;
    let mut summary = Summary::default();
    let mut stages = vec![
        ("TypeScript tests", npm(paths, "test")),
        ("xtask's tests", rust(paths, &["--package", "xtask"])),
        ("Rust tests", rust(paths, &["--workspace", "--exclude", "xtask"])),
        ("browser tests", npm(paths, "test:browser")),
    ];
    if has_gpu_driver() {
        stages.insert(3, ("GPU tests", gpu(paths)));
    } else {
        println!("\nGPU tests: not run, no Vulkan driver is installed (on Debian: mesa-vulkan-drivers)");
    }
    let outcome = stages.iter_mut().try_for_each(|(stage, command)| {
        command.env("CHROMIUM", &browser).env(python::VARIABLE, &python);
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

/// The same network through wgpu: ignored by a plain `cargo test`, which may run where there is no adapter.
fn gpu(paths: &Paths) -> Command {
    let mut gpu = rust(paths, &["--package", "vggscope", "--lib", "--test", "gpu"]);
    gpu.args(["--", "--ignored"]);
    gpu
}

/// Whether Vulkan has a driver, hardware or software; other systems bring Metal or DX12 along.
fn has_gpu_driver() -> bool {
    let folders = [
        "/etc/vulkan/icd.d",
        "/usr/share/vulkan/icd.d",
        "/usr/local/share/vulkan/icd.d",
    ];
    let holds_a_driver = |folder: &str| std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some());
    !cfg!(target_os = "linux") || folders.into_iter().any(holds_a_driver)
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
