//! Not yet.
use super::parameter::Parameters;
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;

pub(super) fn open(input: &InputFile) -> Result<Box<dyn Parameters>, WeightsError> {
    Err(input.malformed("hdf5", "not yet"))
}
