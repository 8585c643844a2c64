//! A note beside a result of what it was made from, so that slow steps run only when their input changed.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The digest of a result's inputs and the file that remembers it.
pub(crate) struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    /// The stamp `name` that a result in `folder` made from `inputs` carries.
    pub(crate) fn of<'a>(folder: &Path, name: &str, inputs: impl IntoIterator<Item = &'a Vec<u8>>) -> Self {
        let mut hash = Sha256::new();
        for input in inputs {
            // The length keeps "ab", "c" apart from "a", "bc".
            hash.update(input.len().to_le_bytes());
            hash.update(input);
        }
        let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            file: folder.join(name).with_extension("sha256"),
            digest,
        }
    }

    /// Whether the folder's result was made from the same inputs.
    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|found| found == self.digest)
    }

    /// Notes that the result is complete.
    pub(crate) fn write(&self) -> Result<()> {
        fs::write(&self.file, &self.digest).with_context(|| format!("cannot write {}", self.file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::Stamp;
    use std::path::Path;

    #[test]
    fn differs_when_any_input_differs() {
        let digest = |inputs: &[&str]| {
            let inputs: Vec<_> = inputs.iter().map(|input| input.as_bytes().to_vec()).collect();
            Stamp::of(Path::new("."), "test", &inputs).digest
        };
        assert_eq!(digest(&["ab", "c"]), digest(&["ab", "c"]));
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(digest(&["ab", "c"]), digest(&["ab"]));
    }
}
