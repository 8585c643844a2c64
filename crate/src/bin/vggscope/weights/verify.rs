//! `vggscope weights verify`: is a folder as it should be?

use std::io::{Write, stdout};

use anyhow::{Result, bail};
use vggscope::weights::source::Source;
use vggscope::weights::verify::{self as library, Finding, Verified};

use super::arguments::Verify;
use super::readable;

/// Runs the command.
pub(super) fn verify(arguments: &Verify) -> Result<()> {
    let source = Source::new(&arguments.folder);
    let mut written = Ok(());
    let verified = library::verify(&source, &mut |finding| {
        if written.is_ok() {
            written = row(finding);
        }
    })?;
    written?;
    let mut out = stdout().lock();
    for file in &verified.extra {
        writeln!(out, "extra   {file}: not listed in the index; nothing reads it")?;
    }
    if verified.broken > 0 {
        bail!(
            "{} of {} files of {} are not as they should be; make the folder again, or upload them again.",
            verified.broken,
            verified.files,
            arguments.folder
        );
    }
    let metadata = verified.index.metadata();
    writeln!(
        out,
        "{}: all {} files are as they should be",
        metadata.name, verified.files
    )?;
    recognised(&mut out, &verified)?;
    Ok(())
}

/// What the numbers of block1_conv1 say of the model, and whether the index agrees.
fn recognised(out: &mut impl Write, verified: &Verified) -> std::io::Result<()> {
    let Some(known) = verified.recognised else {
        return Ok(());
    };
    let stated = verified.index.metadata().preprocessing;
    writeln!(
        out,
        "by the numbers of block1_conv1 it is {}, whose input scaling is {}",
        known.name, known.preprocessing
    )?;
    if stated != known.preprocessing {
        writeln!(
            out,
            "its index says {stated}; make the folder again with --preprocessing {}",
            known.preprocessing
        )?;
    }
    Ok(())
}

fn row(finding: &Finding) -> std::io::Result<()> {
    let mut out = stdout().lock();
    match &finding.outcome {
        Ok(bytes) => writeln!(out, "ok      {}, {}", finding.file, readable(*bytes)),
        Err(error) => writeln!(out, "broken  {}: {error}", finding.file),
    }
}
