//! Debian's packages, where apt may be used.

use crate::command;
use anyhow::Result;
use std::process::Command;

/// Whether apt is here and this user may install with it: as root, or by a sudo that asks for no password.
pub(crate) fn may_install() -> bool {
    command::works(Command::new("apt-get").arg("--version")) && command::works(&mut as_root("true"))
}

/// Installs packages, all of them at once.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    apt_get(&["update"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(&arguments)
}

/// What a person types for the same.
pub(crate) fn advice(packages: &[&str]) -> String {
    format!("on Debian: apt-get install {}", packages.join(" "))
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut apt = as_root("env");
    apt.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"])
        .args(arguments);
    command::run("apt", &mut apt, "Install these packages by hand.")
}

fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut sudo = Command::new("sudo");
    sudo.args(["--non-interactive", program]);
    sudo
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}
