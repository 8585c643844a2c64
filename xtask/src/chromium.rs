//! The browser for tests and benches: the system's Chromium, nothing downloaded by test tools.

use crate::command;
use anyhow::{Result, bail};
use std::env;
use std::path::PathBuf;
use std::process::Command;

const NAMES: [&str; 3] = ["chromium", "google-chrome", "google-chrome-stable"];
const INSTALL: &str = "Install Chromium or Chrome, or name its program in the environment variable CHROMIUM.";

/// Finds the browser's program; installs Debian's package where there is none and apt may be used.
pub(crate) fn ensure() -> Result<PathBuf> {
    if let Some(program) = find() {
        return Ok(program);
    }
    install()?;
    match find() {
        Some(program) => Ok(program),
        None => bail!("Chromium: not found.\n{INSTALL}"),
    }
}

fn find() -> Option<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM") {
        return Some(named.into());
    }
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    let candidates = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.into_iter().find(|program| program.is_file())
}

fn install() -> Result<()> {
    if !command::works(Command::new("apt-get").arg("--version")) {
        bail!("Chromium: not found.\n{INSTALL}");
    }
    apt_get(&["update"])?;
    apt_get(&["install", "--yes", "--no-install-recommends", "chromium"])
}

/// `apt-get` as root: sudo asks for no password where it is set up so, and otherwise fails with our advice.
fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut apt = if is_root() {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["--non-interactive", "env"]);
        sudo
    };
    apt.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
    command::run("Chromium", &mut apt, INSTALL)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}
