//! The untrained control model: large, and made from a seed, so it is generated and never in git.

use crate::paths::Paths;
use anyhow::{Context, Result};
use std::fs;

/// Writes `www/public/weights/untrained/` anew. Checking what is there would read and hash as many bytes.
pub(crate) fn write_untrained(paths: &Paths) -> Result<()> {
    println!("untrained weights: writing www/public/weights/untrained/");
    let folder = paths.www.join("public/weights/untrained");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    vggscope::weights::untrained::write_folder(&folder)
        .with_context(|| format!("untrained weights: cannot write {}", folder.display()))
}
