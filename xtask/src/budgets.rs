//! What a visitor downloads, compressed as hosts compress it, held to a budget.

use crate::paths::Paths;
use crate::summary::Summary;
use crate::{site, wasm};
use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Some files and the most that they may take together.
struct Budget {
    what: &'static str,
    files: fn(&Paths) -> Result<Vec<PathBuf>>,
    /// Bytes after `gzip -9` of each file.
    limit: usize,
}

/// The goals of the wasm files are 450 kB and 1.5 MB: a limit is the present size rounded up. What a first picture needs of
/// scripts, styles and pages has a budget in a browser test, `first-picture.test.ts`; here is all that any visitor may come to
/// download, video's writer of 55 kB included. A limit grows only for what it names:
///
/// - 4 kB of scripts when what the first picture does without was split off, since more files compress less well;
/// - 4 kB with the curves of a comparison, Firefox's ways and the words gathered in modules of their own;
/// - 13 kB of scripts, 3 kB of documents and 38 kB of the CPU's wasm with changes at the end of a run, start pictures in saved files,
///   pictures written without a canvas, mended links, denied storage, opaque origins, newer editions, slides and pages' styles; and in
///   the wasm pictures kept as differences (12 kB), weights packed for both ways and addresses told by what is there;
/// - 6 kB of scripts and styles with the bar, its sheets, the grid that fits the window and notices that can be dismissed; 2 kB of
///   documents with the elements that they show; 2 kB of the CPU's wasm with weights that are handed over without a copy;
/// - 36 kB of the wasm that reads single files with safetensors on hosts and from disk, which the other two no longer read, with
///   networks told by names and shapes, trainings told by numbers, and `.keras`. The CPU's shrank by 51 kB: 23 by this and the
///   rest by being compiled in one piece;
/// - 4 kB of scripts and 4 kB of documents with the catalogue of models: its reading, its choice in the sheet, and a page that
///   compares its trainings. A first picture takes none of it.
const BUDGETS: [Budget; 5] = [
    Budget {
        what: "wasm for the CPU",
        files: |paths| Ok(vec![wasm::file(paths, "cpu")]),
        limit: 243_000,
    },
    Budget {
        what: "wasm for WebGPU",
        files: |paths| Ok(vec![wasm::file(paths, "gpu")]),
        limit: 1_330_000,
    },
    Budget {
        what: "wasm that reads other formats",
        files: |paths| Ok(vec![wasm::file(paths, "import")]),
        limit: 322_000,
    },
    Budget {
        what: "JavaScript, CSS and HTML",
        files: |paths| {
            Ok(texts(&paths.www.join("dist"))?
                .into_iter()
                .filter(|file| !is_reading(file))
                .collect())
        },
        limit: 224_000,
    },
    Budget {
        what: "documentation and model card",
        files: |paths| {
            Ok(texts(&paths.www.join("dist"))?
                .into_iter()
                .filter(|file| is_reading(file))
                .collect())
        },
        limit: 33_000,
    },
];
const TEXTS: [&str; 3] = ["css", "html", "js"];

/// Builds the site and fails when a part of it is larger than it may be.
pub(crate) fn check(paths: &Paths, summary: &Summary) -> Result<()> {
    site::build(paths, summary)?;
    BUDGETS.iter().try_for_each(|budget| {
        let files = (budget.files)(paths)?;
        let size = files.iter().map(|file| compressed(file)).sum::<Result<usize>>()?;
        println!("size: {}: {}", budget.what, shown(size, budget.limit));
        if size > budget.limit {
            bail!(
                "size: {} is over its budget, {}.\nMake it smaller, or argue for another limit in xtask/src/budgets.rs.",
                budget.what,
                shown(size, budget.limit)
            );
        }
        Ok(())
    })
}

/// Whether only who reads about the program downloads this file.
fn is_reading(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    file.parent().is_some_and(|folder| folder.ends_with("docs")) || name == "model-card.html"
}

fn shown(size: usize, limit: usize) -> String {
    format!("{} kB of {} kB", size.div_ceil(1000), limit / 1000)
}

fn compressed(file: &Path) -> Result<usize> {
    let plain = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    gzip_length(&plain).with_context(|| format!("cannot compress {}", file.display()))
}

fn gzip_length(plain: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?.len())
}

/// The site's own text files at any depth.
fn texts(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(texts(&path)?);
        } else if path
            .extension()
            .is_some_and(|kind| TEXTS.iter().any(|text| kind == *text))
        {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{gzip_length, is_reading, shown};
    use anyhow::Result;
    use std::path::Path;

    #[test]
    fn counts_bytes_as_they_travel() -> Result<()> {
        // Header and trailer are 18 bytes; a run of one letter is next to nothing.
        let length = gzip_length(&[b'a'; 10_000])?;
        assert!((20..100).contains(&length), "{length}");
        Ok(())
    }

    #[test]
    fn tells_what_is_read_from_what_runs() {
        assert!(is_reading(Path::new("www/dist/docs/api.html")));
        assert!(is_reading(Path::new("www/dist/model-card.html")));
        assert!(!is_reading(Path::new("www/dist/index.html")));
        assert!(!is_reading(Path::new("www/dist/assets/docs-1a.css")));
    }

    #[test]
    fn rounds_sizes_up_so_that_one_byte_too_many_shows() {
        assert_eq!(shown(60_001, 60_000), "61 kB of 60 kB");
    }
}
