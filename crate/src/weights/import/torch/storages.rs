//! Where the numbers are that a pickle's tensors are views of.

use std::ops::Range;

use crate::weights::WeightsError;

/// The storages of a file.
pub(super) trait Storages {
    /// Where the bytes of a storage lie in the file, in full; `None` where the file has no such storage.
    fn find(&self, key: &str) -> Result<Option<Range<u64>>, WeightsError>;

    /// What the file calls a storage, for messages.
    fn label(&self, key: &str) -> String;
}
