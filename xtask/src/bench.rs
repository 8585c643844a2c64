//! Side-by-side benches against what a visitor would otherwise run.

use crate::paths::Paths;
use crate::{chromium, command, prerequisites, site};
use anyhow::Result;

/// Times the built site against TensorFlow.js; `options` go to `tests/peers/bench.mjs`.
pub(crate) fn bench(paths: &Paths, options: &[String]) -> Result<()> {
    let browser = chromium::ensure()?;
    site::build(paths)?;
    prerequisites::ensure_packages(&paths.peers)?;
    command::run(
        "bench",
        command::node(&paths.root)
            .arg(paths.peers.join("bench.mjs"))
            .args(options)
            .env("CHROMIUM", browser),
        "The header of tests/peers/bench.mjs explains its options.",
    )
}
