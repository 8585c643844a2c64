//! Check tools at fixed versions, installed once below the target directory.

use crate::command;
use crate::paths::Paths;
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that `check` needs and neither cargo nor npm brings along.
pub(crate) struct Tool {
    /// The program's name.
    program: &'static str,
    /// Its crate.
    package: &'static str,
    version: &'static str,
    /// The name of the Python package that its authors publish with the finished program in it, if they do:
    /// seconds instead of minutes.
    wheel: Option<&'static str>,
}

/// The spelling checker.
pub(crate) const TYPOS: Tool = Tool {
    program: "typos",
    package: "typos-cli",
    version: "1.52.0",
    wheel: Some("typos"),
};

/// The checker of dependencies' licences, sources and duplicates.
pub(crate) const CARGO_DENY: Tool = Tool {
    program: "cargo-deny",
    package: "cargo-deny",
    version: "0.20.2",
    wheel: None,
};

/// The tool's program, installed first when it is not there at this version.
pub(crate) fn ensure(paths: &Paths, tool: &Tool) -> Result<PathBuf> {
    let folder = target_directory(paths)?
        .join("tools")
        .join(format!("{}-{}", tool.program, tool.version));
    let program = folder
        .join("bin")
        .join(tool.program)
        .with_extension(std::env::consts::EXE_EXTENSION);
    if !program.is_file() && !install_wheel(tool, &folder) {
        compile(paths, tool, &folder)?;
    }
    Ok(program)
}

fn install_wheel(tool: &Tool, folder: &Path) -> bool {
    let Some(wheel) = tool.wheel else { return false };
    println!("{}: installing {wheel} {} with pip, once", tool.program, tool.version);
    let requirement = format!("{wheel}=={}", tool.version);
    command::works(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--target",
            ])
            .arg(folder)
            .arg(requirement),
    )
}

/// Compiles without optimisation, which takes a fraction of the time, in a folder that is thrown away.
fn compile(paths: &Paths, tool: &Tool, folder: &Path) -> Result<()> {
    println!("{}: compiling it once, which takes some minutes", tool.program);
    let build = folder.join("build");
    command::run(
        tool.program,
        command::cargo(paths)
            .args([
                "install",
                "--quiet",
                "--locked",
                "--debug",
                "--version",
                tool.version,
                tool.package,
                "--root",
            ])
            .arg(folder)
            .arg("--target-dir")
            .arg(&build),
        "Check that cargo reaches its registry, then run the same command again.",
    )?;
    fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))
}

pub(crate) fn target_directory(paths: &Paths) -> Result<PathBuf> {
    let metadata = command::read(
        "target directory",
        command::cargo(paths).args(["metadata", "--no-deps", "--format-version", "1"]),
        "Mend Cargo.toml as cargo says above.",
    )?;
    let metadata: Value = serde_json::from_str(&metadata).context("`cargo metadata` did not print JSON")?;
    let folder = metadata["target_directory"]
        .as_str()
        .context("`cargo metadata` names no target directory")?;
    Ok(folder.into())
}
