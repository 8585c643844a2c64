//! Passes, lent to whoever computes: as many as are at work at once, however many channels climb.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Cut, Pass};

/// Passes through the network cut at one layer, for images of one size.
#[derive(Debug)]
pub(super) struct Passes {
    cut: Cut,
    /// Height and width of the images.
    size: (usize, usize),
    free: Mutex<Vec<Pass>>,
}

impl Passes {
    pub(super) const fn new(cut: Cut, size: (usize, usize)) -> Self {
        Self {
            cut,
            size,
            free: Mutex::new(Vec::new()),
        }
    }

    /// Whether these are passes of this cut, for images of this size.
    pub(super) fn are_of(&self, cut: &Cut, size: (usize, usize)) -> bool {
        self.cut.is(cut) && self.size == size
    }

    /// Takes the memory that `count` at work at once need.
    pub(super) fn reserve(&self, count: usize) {
        let mut free = self.free();
        let count = count.max(free.len());
        free.resize_with(count, || Pass::new(&self.cut, self.size));
    }

    /// Gives `work` a pass that nobody else uses meanwhile.
    pub(super) fn lend<R>(&self, work: impl FnOnce(&mut Pass) -> R) -> R {
        let free = self.free().pop();
        let mut pass = free.unwrap_or_else(|| Pass::new(&self.cut, self.size));
        let result = work(&mut pass);
        self.free().push(pass);
        result
    }

    /// Bytes held by the passes that are not lent.
    pub(super) fn bytes(&self) -> usize {
        self.free().iter().map(Pass::bytes).sum()
    }

    /// Nothing that can panic is done while the list is locked.
    fn free(&self) -> MutexGuard<'_, Vec<Pass>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
