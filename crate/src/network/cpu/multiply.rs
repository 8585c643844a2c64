//! Matrix product, the kernel that takes most of the time.

use pulp::{Simd, WithSimd};

use super::simd::{BLOCK, vectors, vectors_mut};

/// `products[i] = rows[i] * panel` for many small matrices i of the same sizes.
///
/// A panel is [`BLOCK`] columns wide. Vectors run along it; a tile of the product stays in registers while it is summed.
#[derive(Debug)]
pub(super) struct Multiply<'a> {
    /// [I, rows, depth]
    pub(super) rows: &'a [f32],
    /// [I, depth, [`BLOCK`]]
    pub(super) panels: &'a [f32],
    /// [I, rows, [`BLOCK`]]
    pub(super) products: &'a mut [f32],
    pub(super) depth: usize,
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    /// Rows at a time: as many accumulators as there are registers, less those that the operands need.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F32_LANES {
            8 => self.tiled::<S, 6, 2>(simd),
            4 if cfg!(target_arch = "wasm32") => self.tiled::<S, 2, 4>(simd),
            4 => self.tiled::<S, 4, 4>(simd),
            _ => self.tiled::<S, 1, 16>(simd),
        }
    }
}

impl Multiply<'_> {
    #[inline(always)]
    fn tiled<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let panel = self.depth * BLOCK;
        let count = self.panels.len() / panel;
        let rows = self.rows.len() / count;
        let products = self.products.len() / count;
        for ((rows, panel), products) in self
            .rows
            .chunks_exact(rows)
            .zip(self.panels.chunks_exact(panel))
            .zip(self.products.chunks_exact_mut(products))
        {
            let panel = vectors::<S>(panel).as_chunks::<VECTORS>().0;
            let products = vectors_mut::<S>(products).as_chunks_mut::<VECTORS>().0;
            let whole = rows.chunks_exact(ROWS * self.depth);
            let (tiles, rest) = products.as_chunks_mut::<ROWS>();
            for (rows, tile) in whole.clone().zip(tiles) {
                *tile = product(simd, rows, panel);
            }
            for (row, product_row) in whole.remainder().chunks_exact(self.depth).zip(rest) {
                let [sums] = product(simd, row, panel);
                *product_row = sums;
            }
        }
    }
}

/// ROWS rows times a panel.
#[inline(always)]
fn product<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    rows: &[f32],
    panel: &[[S::f32s; VECTORS]],
) -> [[S::f32s; VECTORS]; ROWS] {
    let depth = panel.len();
    let rows: [&[f32]; ROWS] = std::array::from_fn(|row| &rows[row * depth..(row + 1) * depth]);
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    for (k, columns) in panel.iter().enumerate() {
        for (row, sums) in rows.iter().zip(&mut sums) {
            let factor = simd.splat_f32s(row[k]);
            for (column, sum) in columns.iter().zip(sums) {
                *sum = simd.mul_add_e_f32s(factor, *column, *sum);
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::simd::run;
    use super::super::twin::random;
    use super::*;

    #[test]
    fn products_are_the_plain_ones_for_every_number_of_rows() {
        for count in [1, 3] {
            for rows in 1..15 {
                for depth in [16, 48] {
                    compare(count, rows, depth);
                }
            }
        }
    }

    fn compare(count: usize, rows: usize, depth: usize) {
        let (left, right) = (random(1, count * rows * depth), random(2, count * depth * BLOCK));
        let mut products = vec![f32::NAN; count * rows * BLOCK];
        run(Multiply {
            rows: &left,
            panels: &right,
            products: &mut products,
            depth,
        });
        for (at, product) in products.into_iter().enumerate() {
            let (matrix, row, column) = (at / BLOCK / rows, at / BLOCK % rows, at % BLOCK);
            let sum: f64 = (0..depth)
                .map(|k| {
                    let factor = left[(matrix * rows + row) * depth + k];
                    f64::from(factor) * f64::from(right[(matrix * depth + k) * BLOCK + column])
                })
                .sum();
            assert!((f64::from(product) - sum).abs() < 1e-5, "{count} {rows} {depth} at {at}");
        }
    }
}
