//! Matrix product, the kernel that takes most of the time.

use pulp::{Simd, WithSimd};

use super::simd::{BLOCK, vectors, vectors_mut};

/// `products[i] = rows[i] * columns[i]` for some matrices i of the same sizes.
///
/// Columns come in panels of [`BLOCK`]. Vectors run along a panel; a few rows of a product stay in registers while they are
/// summed, the panel in the first cache, all rows in the second.
#[derive(Debug)]
pub(super) struct Multiply<'a> {
    /// [I, rows, depth]
    pub(super) rows: &'a [f32],
    /// [I, panels, depth, [`BLOCK`]]
    pub(super) panels: &'a [f32],
    /// [rows, panels, I, [`BLOCK`]]
    pub(super) products: &'a mut [f32],
    /// I
    pub(super) count: usize,
    pub(super) depth: usize,
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F32_LANES {
            16 => self.multiply::<S, 1>(simd),
            8 => self.multiply::<S, 2>(simd),
            4 => self.multiply::<S, 4>(simd),
            _ => self.multiply::<S, 16>(simd),
        }
    }
}

impl Multiply<'_> {
    /// VECTORS is a panel's width.
    #[inline(always)]
    fn multiply<S: Simd, const VECTORS: usize>(self, simd: S) {
        let (count, depth) = (self.count, self.depth);
        let height = self.rows.len() / count / depth;
        let width = self.panels.len() / count / depth / BLOCK;
        let products = vectors_mut::<S>(self.products).as_chunks_mut::<VECTORS>().0;
        let matrices = self.panels.chunks_exact(width * depth * BLOCK);
        for (matrix, (rows, panels)) in self.rows.chunks_exact(height * depth).zip(matrices).enumerate() {
            for (panel, columns) in panels.chunks_exact(depth * BLOCK).enumerate() {
                let columns = vectors::<S>(columns).as_chunks::<VECTORS>().0;
                let mut row = 0;
                while row < height {
                    let some = &rows[row * depth..];
                    let places = &mut products[(row * width + panel) * count + matrix..];
                    let (taken, stride) = (rows_at_once::<S>(height - row), width * count);
                    match taken {
                        1 => product::<S, 1, VECTORS>(simd, some, columns, places, stride),
                        2 => product::<S, 2, VECTORS>(simd, some, columns, places, stride),
                        3 => product::<S, 3, VECTORS>(simd, some, columns, places, stride),
                        4 => product::<S, 4, VECTORS>(simd, some, columns, places, stride),
                        5 => product::<S, 5, VECTORS>(simd, some, columns, places, stride),
                        6 => product::<S, 6, VECTORS>(simd, some, columns, places, stride),
                        7 => product::<S, 7, VECTORS>(simd, some, columns, places, stride),
                        8 => product::<S, 8, VECTORS>(simd, some, columns, places, stride),
                        9 => product::<S, 9, VECTORS>(simd, some, columns, places, stride),
                        10 => product::<S, 10, VECTORS>(simd, some, columns, places, stride),
                        11 => product::<S, 11, VECTORS>(simd, some, columns, places, stride),
                        _ => product::<S, 12, VECTORS>(simd, some, columns, places, stride),
                    }
                    row += taken;
                }
            }
        }
    }
}

/// How many of the rows left to take at once: about as many as keep the sums in registers, never a last one alone.
#[inline(always)]
fn rows_at_once<S: Simd>(left: usize) -> usize {
    if cfg!(target_arch = "wasm32") {
        // V8 has 15 registers on x86: 3 rows of 4 vectors just fit, 2 are faster.
        return if left % 2 == 1 { left.min(3) } else { 2 };
    }
    let most = match S::F32_LANES {
        16 => 12,
        8 => 6,
        _ => 4,
    };
    left.div_ceil(left.div_ceil(most))
}

/// ROWS rows times a panel, to every `stride`th place.
#[inline(always)]
fn product<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    rows: &[f32],
    panel: &[[S::f32s; VECTORS]],
    products: &mut [[S::f32s; VECTORS]],
    stride: usize,
) {
    let depth = panel.len();
    let mut each: [&[f32]; ROWS] = [&[]; ROWS];
    for (row, values) in each.iter_mut().enumerate() {
        *values = &rows[row * depth..][..depth];
    }
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    for (k, columns) in panel.iter().enumerate() {
        for row in 0..ROWS {
            let factor = simd.splat_f32s(each[row][k]);
            for vector in 0..VECTORS {
                sums[row][vector] = simd.mul_add_e_f32s(factor, columns[vector], sums[row][vector]);
            }
        }
    }
    for (row, sums) in sums.iter().enumerate() {
        products[row * stride] = *sums;
    }
}

#[cfg(test)]
mod tests {
    use super::super::simd::run;
    use super::super::twin::random;
    use super::*;

    #[test]
    fn products_are_the_plain_ones_for_every_number_of_rows() {
        for (count, width) in [(1, 1), (3, 1), (2, 3)] {
            for rows in 1..15 {
                for depth in [16, 48] {
                    compare(count, rows, width, depth);
                }
            }
        }
    }

    fn compare(count: usize, rows: usize, width: usize, depth: usize) {
        let (left, right) = (
            random(1, count * rows * depth),
            random(2, count * width * depth * BLOCK),
        );
        let mut products = vec![f32::NAN; rows * width * count * BLOCK];
        run(Multiply {
            rows: &left,
            panels: &right,
            products: &mut products,
            count,
            depth,
        });
        for (at, product) in products.into_iter().enumerate() {
            let (column, matrix) = (at % BLOCK, at / BLOCK % count);
            let (panel, row) = (at / BLOCK / count % width, at / BLOCK / count / width);
            let sum: f64 = (0..depth)
                .map(|k| {
                    let factor = left[(matrix * rows + row) * depth + k];
                    f64::from(factor) * f64::from(right[((matrix * width + panel) * depth + k) * BLOCK + column])
                })
                .sum();
            assert!(
                (f64::from(product) - sum).abs() < 1e-5,
                "{count} {rows} {width} {depth} at {at}"
            );
        }
    }
}
