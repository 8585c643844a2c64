//! A tensor as a view of a storage: where its numbers are in the file, and reading them in the order of its shape.

use std::ops::Range;

use super::FORMAT;
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;
use crate::weights::import::parameter::{Element, floats};

/// The most dimensions a tensor can have in torch.
const MOST_DIMENSIONS: usize = 64;

/// Bytes read at once: few beside a tensor, many beside the cost of a read. A multiple of every number's width.
const PIECE: u64 = 4 << 20;

/// The longest range that is read whole, for a tensor with other numbers between its own or in another order. The
/// longest of VGG16 takes 9.4 MB as f32.
const LONGEST_SCATTERED: u64 = 32 << 20;

/// How a tensor's numbers lie in its storage.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Bytes of a number.
    pub(super) width: u64,
    /// Numbers before the first.
    pub(super) offset: u64,
    pub(super) shape: Vec<u64>,
    /// Numbers from one index to the next, in each dimension.
    pub(super) strides: Vec<u64>,
}

impl Layout {
    /// Number of the tensor's numbers, and of its storage's from the first of them to the last.
    /// An error is a clause that follows the tensor's name.
    fn extent(&self) -> Result<(u64, u64), String> {
        let (shape, strides) = (&self.shape, &self.strides);
        if shape.len() != strides.len() || shape.len() > MOST_DIMENSIONS {
            let [sides, strides] = [shape.len(), strides.len()];
            return Err(format!("has {sides} dimensions and {strides} strides"));
        }
        let overflow = || format!("has the shape {shape:?} and the strides {strides:?}, which overflow");
        let product = |product: u64, &side: &u64| product.checked_mul(side);
        let count = shape.iter().try_fold(1, product).ok_or_else(overflow)?;
        if count == 0 {
            return Ok((0, 0));
        }
        let reach = |reach: u64, (&side, &stride): (&u64, &u64)| (side - 1).checked_mul(stride)?.checked_add(reach);
        let span = shape.iter().zip(strides).try_fold(1, reach).ok_or_else(overflow)?;
        if count > span {
            return Err(format!(
                "has the strides {strides:?}, which repeat numbers: save a clone of it"
            ));
        }
        Ok((count, span))
    }

    /// Whether the numbers follow each other in the order of the shape, last dimension fastest.
    fn is_contiguous(&self) -> bool {
        let mut expected = 1_u64;
        self.shape.iter().zip(&self.strides).rev().all(|(&side, &stride)| {
            let fits = side <= 1 || stride == expected;
            expected = expected.saturating_mul(side);
            fits
        })
    }

    /// Where in the storage, from the tensor's first number on, a number is.
    fn position(&self, mut number: u64) -> u64 {
        let mut position = 0;
        for (&side, &stride) in self.shape.iter().zip(&self.strides).rev() {
            position += number % side * stride;
            number /= side;
        }
        position
    }
}

/// A tensor whose numbers lie in the file in full.
#[derive(Debug)]
pub(super) struct View {
    /// In the file, from the first number to the last; others lie between them where strides leave room.
    range: Range<u64>,
    count: u64,
    layout: Layout,
}

impl View {
    /// Checks that a storage has what a tensor needs of it. An error is a clause that follows the tensor's name;
    /// `label` is what it calls the storage.
    pub(super) fn new(storage: Range<u64>, label: &str, layout: Layout) -> Result<Self, String> {
        let (count, span) = layout.extent()?;
        let bytes = |numbers: u64| numbers.checked_mul(layout.width);
        let start = bytes(layout.offset);
        let end = layout.offset.checked_add(span).and_then(bytes);
        let (Some(start), Some(end)) = (start, end) else {
            return Err(format!(
                "with the offset {} and the strides {:?} reaches beyond any file",
                layout.offset, layout.strides
            ));
        };
        let available = storage.end.saturating_sub(storage.start);
        if end > available {
            return Err(format!(
                "needs {end} bytes of storage {label}, which has {available} bytes"
            ));
        }
        if end - start > LONGEST_SCATTERED && !layout.is_contiguous() {
            return Err(format!(
                "is scattered over {} bytes: save a contiguous copy of it",
                end - start
            ));
        }
        Ok(Self {
            range: storage.start + start..storage.start + end,
            count,
            layout,
        })
    }

    /// Where the numbers lie in the file; others may lie between them.
    pub(super) fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// The numbers in the order of the shape; `None` for an element type that is not a float.
    pub(super) fn read(&self, input: &InputFile, element: &Element) -> Result<Option<Vec<f32>>, WeightsError> {
        if !self.layout.is_contiguous() {
            let bytes = input.read(self.range.clone())?;
            return Ok(floats(element, &self.gather(&bytes)));
        }
        let mut values = Vec::new();
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        let reserved = values.try_reserve_exact(count);
        reserved.map_err(|_| input.malformed(FORMAT, "one of its tensors is larger than this device's memory"))?;
        let mut position = self.range.start;
        while position < self.range.end {
            let end = self.range.end.min(position + PIECE);
            let Some(piece) = floats(element, &input.read(position..end)?) else {
                return Ok(None);
            };
            values.extend(piece);
            position = end;
        }
        Ok(Some(values))
    }

    /// The bytes of the numbers in the order of the shape, out of those of the whole range.
    fn gather(&self, bytes: &[u8]) -> Vec<u8> {
        let mut gathered = Vec::new();
        for number in 0..self.count {
            let start = self.layout.position(number) * self.layout.width;
            let number = usize::try_from(start)
                .ok()
                .and_then(|start| bytes.get(start..)?.get(..self.layout.width as usize));
            gathered.extend_from_slice(number.unwrap_or_default());
        }
        gathered
    }
}
