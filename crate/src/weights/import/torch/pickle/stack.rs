//! The values at hand while a pickle is parsed.

use std::vec::Drain;

use super::Refusal;
use super::heap::Value;

/// How many lists, dicts and tuples may be begun inside each other.
const DEEPEST: usize = 1000;

/// A stack with marks: below the last one, nothing may be taken.
#[derive(Default)]
pub(super) struct Stack<'a> {
    values: Vec<Value<'a>>,
    /// Heights where something with parts was begun.
    marks: Vec<usize>,
}

impl<'a> Stack<'a> {
    pub(super) fn push(&mut self, value: Value<'a>) {
        self.values.push(value);
    }

    pub(super) fn pop(&mut self) -> Result<Value<'a>, Refusal> {
        let value = self.top()?;
        self.values.pop();
        Ok(value)
    }

    pub(super) fn top(&self) -> Result<Value<'a>, Refusal> {
        self.below(self.height())
    }

    pub(super) fn height(&self) -> usize {
        self.values.len()
    }

    /// Begins something with parts.
    pub(super) fn mark(&mut self) -> Result<(), Refusal> {
        if self.marks.len() == DEEPEST {
            return Err(Refusal::broken(format!(
                "its pickle is nested more than {DEEPEST} deep"
            )));
        }
        self.marks.push(self.height());
        Ok(())
    }

    /// Takes the last mark away and gives its height.
    pub(super) fn unmark(&mut self) -> Result<usize, Refusal> {
        self.marks.pop().ok_or_else(underflow)
    }

    /// Height below the last `count` values.
    pub(super) fn last(&self, count: usize) -> Result<usize, Refusal> {
        let height = self.height().checked_sub(count);
        height.filter(|&height| height >= self.floor()).ok_or_else(underflow)
    }

    /// The value right below a height.
    pub(super) fn below(&self, height: usize) -> Result<Value<'a>, Refusal> {
        let position = height.checked_sub(1).filter(|&position| position >= self.floor());
        position
            .and_then(|position| self.values.get(position).copied())
            .ok_or_else(underflow)
    }

    /// Takes the values above a height, the lowest first.
    pub(super) fn take(&mut self, height: usize) -> Drain<'_, Value<'a>> {
        self.values.drain(height.min(self.values.len())..)
    }

    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }
}

fn underflow() -> Refusal {
    Refusal::broken("its pickle takes a value that it never made")
}
