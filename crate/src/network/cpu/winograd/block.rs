//! How a map is cut into blocks of tiles.

use std::ops::Range;

/// A rectangle of tiles that is worked on at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
}

impl Block {
    pub(super) fn tiles(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// Row and column of each tile, counted in tiles.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let columns = self.columns.clone();
        self.rows
            .clone()
            .flat_map(move |row| columns.clone().map(move |column| (row, column)))
    }
}

/// Blocks of about the same size and at most `most` tiles that cover `rows` x `columns` tiles, from top to bottom.
pub(super) fn blocks(rows: usize, columns: usize, most: usize) -> impl Iterator<Item = Block> {
    let across = share(columns, most);
    let down = share(rows, most / across);
    pieces(rows, down).flat_map(move |rows| {
        pieces(columns, across).map(move |columns| Block {
            rows: rows.clone(),
            columns,
        })
    })
}

/// The largest of the fewest equal pieces of at most `most`.
fn share(whole: usize, most: usize) -> usize {
    whole.div_ceil(whole.div_ceil(most))
}

/// The whole in pieces of this size and a last one of what is left.
pub(super) fn pieces(whole: usize, piece: usize) -> impl Iterator<Item = Range<usize>> {
    (0..whole)
        .step_by(piece)
        .map(move |start| start..(start + piece).min(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_is_in_one_block_of_bounded_size() {
        for (rows, columns, most) in [(1, 1, 1), (1, 9, 4), (5, 5, 24), (5, 5, 25), (38, 38, 24), (3, 100, 7)] {
            let mut seen = vec![0; rows * columns];
            for block in blocks(rows, columns, most) {
                assert!((1..=most).contains(&block.tiles()), "{block:?}");
                assert_eq!(block.each().count(), block.tiles());
                for (row, column) in block.each() {
                    seen[row * columns + column] += 1;
                }
            }
            assert!(seen.iter().all(|&times| times == 1), "{rows} x {columns} by {most}");
        }
    }
}
