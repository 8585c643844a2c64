//! From a file of any format to a folder for a static host.

use std::path::Path;

use super::staging::{self, Staging};
use super::write::cannot_write;
use super::{Checkpoint, FolderWriter, Metadata, Precision, WeightsError};

/// Whether a model may be written at `out`: where nothing is, into an empty folder, and over a model.
///
/// # Errors
/// [`WeightsError::Unwritable`].
fn check_out(out: &Path) -> Result<(), WeightsError> {
    staging::check_out(out).map_err(|error| cannot_write(out, &error))
}

/// Writes a model's folder at `out` from an opened file, a layer at a time; `report` is told the bytes read of each.
///
/// All is written to one side first: a failure leaves `out` as it was. A model's folder that is there already is
/// replaced; its files that no model's are stay.
///
/// # Errors
/// [`WeightsError::Unwritable`], also where `out` holds something that is not a model; or what is wrong with the file.
pub fn convert(
    checkpoint: &Checkpoint,
    out: &Path,
    precision: Precision,
    metadata: Metadata,
    report: &mut dyn FnMut(u64),
) -> Result<Metadata, WeightsError> {
    check_out(out)?;
    let staging = Staging::new(out)?;
    let mut writer = FolderWriter::create(staging.folder(), precision, metadata)?;
    for ordinal in 0..checkpoint.convolutions() {
        writer.add(&checkpoint.convolution(ordinal)?)?;
        report(checkpoint.bytes(ordinal));
    }
    let metadata = writer.finish()?;
    staging.publish(&metadata)?;
    Ok(metadata)
}
