//! `vggscope weights pin`: an entry for a catalogue.

use std::io::{Write, stdout};

use anyhow::Result;
use vggscope::weights::catalogue::pin as library;
use vggscope::weights::known::Origin;

use super::arguments::Pin;
use super::{byte_bar, show};

/// Runs the command.
pub(super) fn pin(arguments: &Pin) -> Result<()> {
    let bar = byte_bar(0);
    let pinned = library(&arguments.address, &mut |event| show(&bar, &event));
    bar.finish_and_clear();
    let pinned = pinned?;
    writeln!(stdout().lock(), "{}", serde_json::to_string_pretty(&pinned.entry)?)?;
    if pinned.origin == Origin::Guessed {
        eprintln!("the training is not recognised: mend name, note, licence and preprocessing, which is a guess");
    }
    eprintln!("put it into the list \"models\" of models.json, under an id and a name of your own");
    Ok(())
}
