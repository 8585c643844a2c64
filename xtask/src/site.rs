//! The static site in `www/dist/`.

use crate::paths::Paths;
use crate::summary::Summary;
use crate::{command, prerequisites, wasm, weights};
use anyhow::Result;
use std::thread;

/// Builds everything the site consists of. What the compiler does not need is done beside it.
pub(crate) fn build(paths: &Paths, summary: &Summary) -> Result<()> {
    prerequisites::ensure(paths)?;
    thread::scope(|scope| {
        let packages = scope.spawn(|| prerequisites::ensure_packages(&paths.www, summary));
        let untrained = scope.spawn(|| summary.stage("untrained weights", || weights::write_untrained(paths)));
        wasm::build(paths, summary, packages)?;
        command::joined(untrained)
    })?;
    summary.stage("site", || {
        command::run(
            "site",
            command::npm(&paths.www).args(["run", "build"]),
            "Mend what Vite or TypeScript says above.",
        )
    })
}
