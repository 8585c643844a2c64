//! PyTorch checkpoints: the reference's files, and hand-made ones for what no honest file has.

mod archives;
mod bystanders;
mod calls;
mod fixtures;
mod hostile;
mod legacy;
mod make;
mod mutations;
mod tensors;

use crate::weights::bytes::InputFile;
use crate::weights::{Checkpoint, Convolution, WeightsError};

/// Opens a checkpoint and reads all it has.
fn read(bytes: Vec<u8>) -> Result<Vec<Convolution>, WeightsError> {
    let checkpoint = Checkpoint::open(InputFile::new("x.pth", bytes))?;
    (0..checkpoint.convolutions())
        .map(|ordinal| checkpoint.convolution(ordinal))
        .collect()
}

/// The error of a checkpoint that is refused: its code, and its words.
fn refusal(bytes: Vec<u8>) -> (String, String) {
    let error = read(bytes).expect_err("refused");
    (error.code().to_owned(), error.to_string())
}

/// Checks that a checkpoint is refused with a code and, among others, these words.
#[track_caller]
fn check_refused(bytes: Vec<u8>, code: &str, words: &str) {
    let (found, message) = refusal(bytes);
    assert!(
        found == code && message.contains(words),
        "expected {code} with {words:?}, found {found}: {message}"
    );
}
