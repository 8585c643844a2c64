//! Hours of use in minutes: whether memory stays level.

use crate::paths::Paths;
use crate::summary::Summary;
use crate::{chromium, command, prerequisites, site};
use anyhow::Result;

/// Uses the built site as people do, over and over; `options` go to `tests/peers/soak.mjs`.
pub(crate) fn soak(paths: &Paths, options: &[String], summary: &Summary) -> Result<()> {
    let browser = chromium::ensure()?;
    site::build(paths, summary)?;
    prerequisites::ensure_packages(&paths.peers, summary)?;
    command::run(
        "soak",
        command::node(&paths.peers)
            .arg("soak.mjs")
            .args(options)
            .env(chromium::VARIABLE, browser),
        "The header of tests/peers/soak.mjs explains its options.",
    )
}
