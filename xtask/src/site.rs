//! The static site in `www/dist/`.

use crate::paths::Paths;
use crate::summary::Summary;
use crate::{command, prerequisites, wasm, weights};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::thread;

/// The environment variable by which the site's own build learns of another catalogue of models.
const MODELS: &str = "VGGSCOPE_MODELS";

/// Builds everything the site consists of.
pub(crate) fn build(paths: &Paths, summary: &Summary) -> Result<()> {
    build_with(paths, None, summary)
}

/// The same with another catalogue of models. What the compiler does not need is done beside it.
pub(crate) fn build_with(paths: &Paths, models: Option<&Path>, summary: &Summary) -> Result<()> {
    // Before the build, which may take minutes.
    let models = models.map(catalogue).transpose()?;
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
            command::npm(&paths.www)
                .args(["run", "build"])
                .envs(models.map(|file| (MODELS, file))),
            "Mend what Vite or TypeScript says above, or what is wrong with the catalogue of models.",
        )
    })
}

/// The catalogue's path, whatever folder it is read from.
fn catalogue(file: &Path) -> Result<PathBuf> {
    let path = file.canonicalize().with_context(|| {
        format!(
            "cannot read the catalogue of models {}: give the path of a file like www/public/models.json with --models",
            file.display()
        )
    })?;
    if path.is_file() {
        return Ok(path);
    }
    bail!(
        "the catalogue of models {} is no file: give the path of one like www/public/models.json with --models",
        file.display()
    )
}

#[cfg(test)]
mod tests {
    use super::catalogue;
    use std::path::Path;

    #[test]
    fn a_catalogue_is_a_file_and_its_path_complete() {
        assert!(catalogue(Path::new("Cargo.toml")).is_ok_and(|path| path.is_absolute()));
        for path in ["nowhere/models.json", "src"] {
            let error = catalogue(Path::new(path)).err().map(|error| error.to_string());
            assert!(error.is_some_and(|text| text.contains(path) && text.contains("--models")));
        }
    }
}
