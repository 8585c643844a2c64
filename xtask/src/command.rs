//! Running other programs, so that every failure names the step, the command and the remedy.

use crate::paths::Paths;
use anyhow::{Context, Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::thread::ScopedJoinHandle;

/// npm's launcher is a batch file on Windows.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Announces a step, runs its command and waits for it.
pub(crate) fn run(step: &str, command: &mut Command, remedy: &str) -> Result<()> {
    println!("{step}: {}", shown(command));
    let status = command.status();
    succeeded(step, command, status, remedy)
}

/// Runs a command and returns what it wrote on standard output; what it wrote on standard error is shown.
pub(crate) fn read(step: &str, command: &mut Command, remedy: &str) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let (status, text) = match output {
        Ok(Output { status, stdout, .. }) => (Ok(status), stdout),
        Err(error) => (Err(error), Vec::new()),
    };
    succeeded(step, command, status, remedy)?;
    String::from_utf8(text).with_context(|| format!("{step}: `{}` did not print text", shown(command)))
}

/// Turns how a command ended into an error that says what to do.
pub(crate) fn succeeded(
    step: &str,
    command: &Command,
    status: std::io::Result<ExitStatus>,
    remedy: &str,
) -> Result<()> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("{step}: `{}` failed ({status}).\n{remedy}", shown(command)),
        Err(error) => bail!("{step}: `{}` could not start ({error}).\n{remedy}", shown(command)),
    }
}

/// Waits for work that was done beside.
pub(crate) fn joined<T>(work: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Whether a command runs and succeeds, without showing anything.
pub(crate) fn works(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The first of these programs that is on PATH.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    let program = |name: &&str| {
        let file = Path::new(name).with_extension(env::consts::EXE_EXTENSION);
        folders
            .iter()
            .map(|folder| folder.join(&file))
            .find(|program| program.is_file())
    };
    names.iter().find_map(program)
}

/// `cargo` in the workspace's root.
///
/// What the outer `cargo run` says about the package `xtask` is removed: build scripts that watch those
/// variables (ring's does) would run again each time one changes between cargo and cargo xtask.
pub(crate) fn cargo(paths: &Paths) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(&paths.root);
    let ours = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(ours) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// `npm` in a folder with a package.json.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut npm = Command::new(NPM);
    npm.current_dir(folder);
    npm
}

/// `node` in a folder.
pub(crate) fn node(folder: &Path) -> Command {
    let mut node = Command::new("node");
    node.current_dir(folder);
    node
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
