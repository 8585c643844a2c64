//! The catalogue that a command was given.

use std::path::Path;

use anyhow::Result;
use vggscope::weights::catalogue::Catalogue;

/// The catalogue in this file, or this program's own. What is wrong with it is said, and does not keep the rest from being
/// used.
pub(crate) fn catalogue(file: Option<&Path>) -> Result<Catalogue> {
    let catalogue = file.map_or_else(Catalogue::ours, Catalogue::open)?;
    for problem in &catalogue.problems {
        eprintln!("{problem}");
    }
    Ok(catalogue)
}
