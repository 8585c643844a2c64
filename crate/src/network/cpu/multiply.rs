//! Matrix product, the kernel that takes most of the time.

use pulp::{Simd, WithSimd};

use super::simd::{BLOCK, vectors, vectors_mut};

/// `products[i] = rows[i] * columns[i]` for some matrices i of the same sizes, or added to what is there.
///
/// Columns come in panels of [`BLOCK`]. Vectors run along a panel; a few rows of a product stay in registers while they are
/// summed, the panel in the first cache, all rows in the second.
#[derive(Debug)]
pub(super) struct Multiply<'a> {
    /// [I, rows, depth], and `spare` numbers after each of the I
    pub(super) rows: &'a [f32],
    /// [I, panels, depth, [`BLOCK`]], and `spare` numbers after each of the I
    pub(super) panels: &'a [f32],
    /// [rows, panels, I, [`BLOCK`]]
    pub(super) products: &'a mut [f32],
    /// I
    pub(super) count: usize,
    pub(super) depth: usize,
    pub(super) spare: usize,
    /// Whether the products hold sums that go on.
    pub(super) begun: bool,
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
        let [of_rows, of_panels] = [self.rows, self.panels].map(|matrices| matrices.len() / count);
        let height = (of_rows - self.spare) / depth;
        let width = (of_panels - self.spare) / depth / BLOCK;
        let products = vectors_mut::<S>(self.products).as_chunks_mut::<VECTORS>().0;
        let matrices = self.panels.chunks_exact(of_panels);
        for (matrix, (rows, panels)) in self.rows.chunks_exact(of_rows).zip(matrices).enumerate() {
            for (panel, columns) in panels.chunks_exact(depth * BLOCK).take(width).enumerate() {
                let columns = vectors::<S>(columns).as_chunks::<VECTORS>().0;
                let mut row = 0;
                while row < height {
                    let some = &rows[row * depth..];
                    let taken = rows_at_once::<S>(height - row);
                    let places = Places {
                        products: &mut products[(row * width + panel) * count + matrix..],
                        stride: width * count,
                        begun: self.begun,
                    };
                    match taken {
                        1 => product::<S, 1, VECTORS>(simd, some, columns, places),
                        2 => product::<S, 2, VECTORS>(simd, some, columns, places),
                        3 => product::<S, 3, VECTORS>(simd, some, columns, places),
                        4 => product::<S, 4, VECTORS>(simd, some, columns, places),
                        5 => product::<S, 5, VECTORS>(simd, some, columns, places),
                        6 => product::<S, 6, VECTORS>(simd, some, columns, places),
                        7 => product::<S, 7, VECTORS>(simd, some, columns, places),
                        8 => product::<S, 8, VECTORS>(simd, some, columns, places),
                        9 => product::<S, 9, VECTORS>(simd, some, columns, places),
                        10 => product::<S, 10, VECTORS>(simd, some, columns, places),
                        11 => product::<S, 11, VECTORS>(simd, some, columns, places),
                        _ => product::<S, 12, VECTORS>(simd, some, columns, places),
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

/// Where products go: every `stride`th place.
struct Places<'a, V, const VECTORS: usize> {
    products: &'a mut [[V; VECTORS]],
    stride: usize,
    /// Whether sums that go on are there.
    begun: bool,
}

/// ROWS rows times a panel.
#[inline(always)]
fn product<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    rows: &[f32],
    panel: &[[S::f32s; VECTORS]],
    places: Places<'_, S::f32s, VECTORS>,
) {
    let Places {
        products,
        stride,
        begun,
    } = places;
    let depth = panel.len();
    let mut each: [&[f32]; ROWS] = [&[]; ROWS];
    for (row, values) in each.iter_mut().enumerate() {
        *values = &rows[row * depth..][..depth];
    }
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    if begun {
        for (row, sums) in sums.iter_mut().enumerate() {
            *sums = products[row * stride];
        }
    }
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
                    compare(count, rows, width, depth, 0);
                    compare(count, rows, width, depth, BLOCK);
                }
            }
        }
    }

    #[test]
    fn sums_in_parts_are_those_at_once_to_the_bit() {
        let (rows, width, depth) = (5, 2, 48);
        let left = random(1, rows * depth);
        let right = random(2, width * depth * BLOCK);
        let [mut whole, mut parts] = [(); 2].map(|()| vec![f32::NAN; rows * width * BLOCK]);
        for (products, step) in [(&mut whole, depth), (&mut parts, 16)] {
            for start in (0..depth).step_by(step) {
                let part = |values: &[f32], each: usize| -> Vec<f32> {
                    let lines = values.chunks_exact(depth * each);
                    let some = lines.flat_map(|line| &line[start * each..(start + step) * each]);
                    some.copied().collect()
                };
                run(Multiply {
                    rows: &part(&left, 1),
                    panels: &part(&right, BLOCK),
                    products,
                    count: 1,
                    depth: step,
                    spare: 0,
                    begun: start > 0,
                });
            }
        }
        assert_eq!(whole, parts);
    }

    fn compare(count: usize, rows: usize, width: usize, depth: usize, spare: usize) {
        let (of_rows, of_panels) = (rows * depth + spare, width * depth * BLOCK + spare);
        let (left, right) = (random(1, count * of_rows), random(2, count * of_panels));
        let mut products = vec![f32::NAN; rows * width * count * BLOCK];
        run(Multiply {
            rows: &left,
            panels: &right,
            products: &mut products,
            count,
            depth,
            spare,
            begun: false,
        });
        for (at, product) in products.into_iter().enumerate() {
            let (column, matrix) = (at % BLOCK, at / BLOCK % count);
            let (panel, row) = (at / BLOCK / count % width, at / BLOCK / count / width);
            let sum: f64 = (0..depth)
                .map(|k| {
                    let factor = left[matrix * of_rows + row * depth + k];
                    f64::from(factor) * f64::from(right[matrix * of_panels + (panel * depth + k) * BLOCK + column])
                })
                .sum();
            assert!(
                (f64::from(product) - sum).abs() < 1e-5,
                "{count} {rows} {width} {depth} {spare} at {at}"
            );
        }
    }
}
