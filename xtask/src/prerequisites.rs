//! What a build needs beside Rust: Node, npm, the packages of www/ and the wasm target.

use crate::command;
use crate::paths::Paths;
use crate::summary::Summary;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// The oldest Node that Vite 8 runs on.
const OLDEST_NODE: (u32, u32) = (20, 19);
/// The target of both wasm files.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
const INSTALL_NODE: &str = "Install Node 20.19 or later, which brings npm, and put it on PATH.";

/// Makes sure that Node, npm and the wasm target are there.
pub(crate) fn ensure(paths: &Paths) -> Result<()> {
    ensure_node(paths)?;
    ensure_wasm_target(paths)
}

fn ensure_node(paths: &Paths) -> Result<()> {
    let version = command::read("Node", command::node(&paths.root).arg("--version"), INSTALL_NODE)?;
    if parse_version(&version).is_none_or(|found| found < OLDEST_NODE) {
        bail!("Node: found {}, which is too old.\n{INSTALL_NODE}", version.trim());
    }
    command::read("npm", command::npm(&paths.root).arg("--version"), INSTALL_NODE)?;
    Ok(())
}

/// Major and minor of a version such as `v20.19.2`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn ensure_wasm_target(paths: &Paths) -> Result<()> {
    let library = command::read(
        "wasm target",
        Command::new("rustc")
            .args(["--print", "target-libdir", "--target", WASM_TARGET])
            .current_dir(&paths.root),
        "Install Rust with rustup.",
    )?;
    if Path::new(library.trim()).is_dir() {
        return Ok(());
    }
    command::run(
        "wasm target",
        Command::new("rustup")
            .args(["target", "add", WASM_TARGET])
            .current_dir(&paths.root),
        "Install Rust's standard library for wasm32-unknown-unknown.",
    )
}

/// Installs a folder's npm packages when its lockfile is newer than what was installed from it.
pub(crate) fn ensure_packages(folder: &Path, summary: &Summary) -> Result<()> {
    // npm writes this copy of the lockfile when it has installed everything.
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&folder.join("package-lock.json")) {
        return Ok(());
    }
    summary.stage("npm packages", || {
        command::run(
            "npm packages",
            command::npm(folder).args(["ci", "--no-audit", "--no-fund"]),
            "Check that npm reaches its registry, and that package-lock.json fits package.json (`npm install` mends that).",
        )
    })
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|metadata| metadata.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn reads_nodes_versions() {
        assert_eq!(parse_version("v20.19.2\n"), Some((20, 19)));
        assert_eq!(parse_version("22.1.0"), Some((22, 1)));
        assert_eq!(parse_version("node"), None);
    }
}
