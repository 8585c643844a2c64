//! The Python that browser tests open our files with and run the page's programs in: a virtual environment below the target
//! directory, made once.

use crate::command;
use crate::paths::Paths;
use crate::stamp::Stamp;
use crate::tools::target_directory;
use anyhow::{Context, Result};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Names a Python with the requirements installed, in place of ours.
pub(crate) const VARIABLE: &str = "VGGSCOPE_PYTHON";
const REQUIREMENTS: &str = "tests/browser/requirements.txt";
const INSTALL: &str = "Install Python 3.11 or later with venv and pip (on Debian: python3-venv).";

/// A Python that has the packages of the browser tests.
pub(crate) fn ensure(paths: &Paths) -> Result<PathBuf> {
    if let Some(python) = env::var_os(VARIABLE) {
        return Ok(python.into());
    }
    let folder = target_directory(paths)?.join("tools").join("python");
    let python = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let list = paths.root.join(REQUIREMENTS);
    let requirements = fs::read(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let installed = Stamp::of(&folder, "requirements", [&requirements]);
    if python.is_file() && installed.is_current() {
        return Ok(python);
    }
    println!("Python packages: installing {REQUIREMENTS} with pip, once");
    command::run(
        "Python",
        Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder),
        INSTALL,
    )?;
    command::run(
        "Python packages",
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--requirement"])
            .arg(&list),
        "Check that pip reaches its registry, then run the same command again.",
    )?;
    installed.write()?;
    Ok(python)
}
