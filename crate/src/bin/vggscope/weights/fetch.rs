//! `vggscope weights fetch`: from a publisher's host to a folder for one's own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use vggscope::weights::convert::check_out;
use vggscope::weights::download::{Event, download};
use vggscope::weights::{Checkpoint, known::Publication};

use super::arguments::Fetch;
use super::{byte_bar, convert};

/// Runs the command.
pub(super) fn fetch(arguments: &Fetch) -> Result<()> {
    let (publication, folder) = arguments.publisher.publication();
    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from(folder));
    check_out(&out)?;
    let file = out.with_file_name(publication.file);
    let was_there = file.exists();
    get(
        &publication,
        arguments.from.as_deref().unwrap_or(publication.url),
        &file,
    )?;
    let checkpoint = Checkpoint::open_path(&file)?;
    let metadata = publication.metadata();
    convert::write(
        &checkpoint,
        &out,
        arguments.dtype.into(),
        metadata,
        "as its publisher says",
    )?;
    if !arguments.keep && !was_there {
        fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
    }
    Ok(())
}

fn get(publication: &Publication, url: &str, file: &Path) -> Result<()> {
    eprintln!("fetching {url}");
    let bar = byte_bar(0);
    let result = download(url, publication.published, file, &mut |event| show(&bar, &event));
    bar.finish_and_clear();
    Ok(result?)
}

fn show(bar: &ProgressBar, event: &Event<'_>) {
    match event {
        Event::Progress { done, total } => {
            bar.set_length(total.unwrap_or(*done));
            bar.set_position(*done);
        }
        Event::Retry { error, seconds } => {
            bar.suspend(|| eprintln!("{error} Trying again in {seconds} s."));
        }
    }
}
