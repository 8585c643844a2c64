//! What was handed to a device and may not have been computed yet.

use std::fmt::{self, Debug, Formatter};
#[cfg(feature = "cpu")]
use std::future::ready;
use std::pin::Pin;

use crate::error::Result;

/// A result, on the device or already here.
pub struct Pending<T>(Pin<Box<dyn Future<Output = Result<T>>>>);

impl<T: 'static> Pending<T> {
    /// One that is here.
    #[cfg(feature = "cpu")]
    pub(super) fn done(result: T) -> Self {
        Self(Box::pin(ready(Ok(result))))
    }

    /// One that comes by `read`.
    #[cfg(any(feature = "gpu", feature = "double"))]
    pub(super) fn later(read: impl Future<Output = Result<T>> + 'static) -> Self {
        Self(Box::pin(read))
    }

    /// Reads it back.
    ///
    /// # Errors
    /// [`crate::Error::ComputeFailed`] with the device's words.
    pub async fn read(self) -> Result<T> {
        self.0.await
    }
}

impl<T> Debug for Pending<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pending").finish_non_exhaustive()
    }
}
