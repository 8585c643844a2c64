//! The static site in `www/dist/`.

use crate::paths::Paths;
use crate::{command, prerequisites, wasm, weights};
use anyhow::Result;

/// Builds everything the site consists of.
pub(crate) fn build(paths: &Paths) -> Result<()> {
    prerequisites::ensure(paths)?;
    wasm::build(paths)?;
    weights::write_untrained(paths)?;
    command::run(
        "site",
        command::npm(&paths.www).args(["run", "build"]),
        "Mend what Vite or TypeScript says above.",
    )
}
