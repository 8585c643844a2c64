//! `vggscope weights fetch`: a model of the catalogue, from its host to this machine.

use anyhow::Result;
use vggscope::weights::catalogue::{Event, Wanted, fetch as library};

use super::arguments::Fetch;
use super::{byte_bar, show};
use crate::catalogue::catalogue;

/// Runs the command.
pub(super) fn fetch(arguments: &Fetch) -> Result<()> {
    let catalogue = catalogue(arguments.models.as_deref())?;
    let entry = catalogue.model(&arguments.model)?;
    let wanted = Wanted {
        out: arguments.out.as_deref(),
        from: arguments.from.as_deref(),
    };
    let bar = byte_bar(0);
    let fetched = library(entry, wanted, &mut |event| match event {
        Event::Asking(url) => bar.suspend(|| eprintln!("fetching {url}")),
        Event::Passed(error) => bar.suspend(|| eprintln!("{error} Trying the next address.")),
        Event::Download(event) => show(&bar, &event),
    });
    bar.finish_and_clear();
    let path = fetched?;
    let path = path.display();
    eprintln!("{} is {path}; licence: {}", entry.name, entry.licence);
    if arguments.out.is_some() {
        eprintln!("next: `vggscope render --weights {path}`");
    } else {
        eprintln!("next: `vggscope render --model {}` in this folder", entry.id);
    }
    eprintln!("      `vggscope weights convert {path} --out DIR` makes a folder for a static host");
    Ok(())
}
