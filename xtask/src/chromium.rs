//! The browser for tests and benches: the system's Chromium, nothing downloaded by test tools.

use crate::needs::{self, CHROMIUM};
use crate::{apt, command};
use anyhow::{Result, bail};
use std::env;
use std::path::PathBuf;

/// Names its program in place of those looked for on PATH.
pub(crate) const VARIABLE: &str = "CHROMIUM";

/// Finds the browser's program; installs Debian's package where there is none and apt may be used.
pub(crate) fn ensure() -> Result<PathBuf> {
    if find().is_none() && apt::may_install() {
        apt::install(CHROMIUM.packages)?;
    }
    match find() {
        Some(program) => Ok(program),
        None => bail!("{}", needs::missing(&CHROMIUM)),
    }
}

/// The browser's program, if it is here.
pub(crate) fn find() -> Option<PathBuf> {
    let named = env::var_os(VARIABLE).map(PathBuf::from);
    named.or_else(|| command::on_path(&["chromium", "google-chrome", "google-chrome-stable"]))
}
