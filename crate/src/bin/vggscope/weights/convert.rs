//! `vggscope weights convert`: a folder for a static host from a file of any format.

use std::path::Path;

use anyhow::Result;
use vggscope::weights::known::{self, Origin};
use vggscope::weights::{Checkpoint, Metadata, Precision, convert as library};

use super::arguments::Convert;
use super::{byte_bar, layer_name, readable};

/// Runs the command.
pub(super) fn convert(arguments: &Convert) -> Result<()> {
    let checkpoint = Checkpoint::open_path_network(&arguments.input, arguments.network.as_deref())?;
    for sentence in checkpoint.assumed() {
        eprintln!("assumed: {sentence}");
    }
    let description = known::describe(&checkpoint)?;
    let facts = &arguments.facts;
    let known_by = match (facts.preprocessing, description.origin) {
        (Some(_), _) => "as given",
        (None, Origin::Stated) => "as its index says",
        (None, Origin::Published(_)) => "as its publisher says",
        (None, Origin::Recognised(_)) => "by the numbers of block1_conv1",
        (None, Origin::Guessed) => "guessed from the names in the file; --preprocessing says otherwise",
    };
    let metadata = facts.apply(description.metadata);
    write(&checkpoint, &arguments.out, arguments.dtype.into(), metadata, known_by)
}

/// Writes the folder and says what it is; `known_by` tells where the input scaling comes from.
pub(super) fn write(
    checkpoint: &Checkpoint,
    out: &Path,
    precision: Precision,
    metadata: Metadata,
    known_by: &str,
) -> Result<()> {
    let layers = checkpoint.convolutions();
    let bar = byte_bar((0..layers).map(|ordinal| checkpoint.bytes(ordinal)).sum());
    let metadata = library::convert(checkpoint, out, precision, metadata, &mut |bytes| bar.inc(bytes))?;
    bar.finish_and_clear();
    let bytes = metadata.shards.values().map(|facts| facts.bytes).sum();
    let out = out.display();
    eprintln!(
        "{}: {layers} layers, block1_conv1 to {}, {} in {out}",
        metadata.name,
        layer_name(layers - 1),
        readable(bytes)
    );
    eprintln!(
        "input scaling: {} ({known_by}); licence: {}",
        metadata.preprocessing, metadata.licence
    );
    eprintln!("next: `vggscope weights verify {out}`; put the folder on a static host; open the page with");
    eprintln!("      #weights= and the folder's address");
    Ok(())
}
