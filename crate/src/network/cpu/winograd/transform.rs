//! Winograd's transforms in one dimension (Lavin & Gray 2016): a polynomial product by evaluation at points.

use pulp::Simd;

/// F(OUT, 3): OUT outputs of a correlation with 3 taps from IN = OUT + 2 inputs, by IN multiplications.
pub(in crate::network::cpu) trait Transform<const IN: usize, const OUT: usize>: Copy {
    /// The kernel at each point, in double precision: where it is done once.
    fn kernel(taps: [f64; 3]) -> [f64; IN];
    /// The kernel at each point, where it is done anew for every image.
    fn kernels<S: Simd>(simd: S, taps: [S::f32s; 3]) -> [S::f32s; IN];
    /// The input at each point.
    fn input<S: Simd>(simd: S, x: [S::f32s; IN]) -> [S::f32s; IN];
    /// From the products at each point to the outputs.
    fn output<S: Simd>(simd: S, x: [S::f32s; IN]) -> [S::f32s; OUT];
}

/// F(4, 3) at 0, ±√½, ±√2 and infinity: points whose powers stay near 1 lose fewer digits than 0, ±1, ±2.
#[derive(Debug, Clone, Copy)]
pub(in crate::network::cpu) struct Four;

const NEAR: f32 = std::f32::consts::FRAC_1_SQRT_2;
const FAR: f32 = std::f32::consts::SQRT_2;

impl Transform<6, 4> for Four {
    fn kernel([a, b, c]: [f64; 3]) -> [f64; 6] {
        let at = |point: f64, scale: f64| (a + point * b + point * point * c) / scale;
        let (near, far) = (std::f64::consts::FRAC_1_SQRT_2, std::f64::consts::SQRT_2);
        [a, at(near, -1.5), at(-near, -1.5), at(far, 6.0), at(-far, 6.0), c]
    }

    #[inline(always)]
    fn kernels<S: Simd>(simd: S, [a, b, c]: [S::f32s; 3]) -> [S::f32s; 6] {
        let near_even = plus(simd, -1.0 / 3.0, c, times(simd, -2.0 / 3.0, a));
        let near_odd = times(simd, -NEAR / 1.5, b);
        let far_even = plus(simd, 1.0 / 3.0, c, times(simd, 1.0 / 6.0, a));
        let far_odd = times(simd, FAR / 6.0, b);
        [
            a,
            simd.add_f32s(near_even, near_odd),
            simd.sub_f32s(near_even, near_odd),
            simd.add_f32s(far_even, far_odd),
            simd.sub_f32s(far_even, far_odd),
            c,
        ]
    }

    #[inline(always)]
    fn input<S: Simd>(simd: S, [a, b, c, d, e, f]: [S::f32s; 6]) -> [S::f32s; 6] {
        let (near_even, near_odd) = (plus(simd, -2.0, c, e), times(simd, NEAR, plus(simd, -2.0, b, d)));
        let (far_even, far_odd) = (plus(simd, -0.5, c, e), times(simd, FAR, plus(simd, -0.5, b, d)));
        [
            simd.add_f32s(plus(simd, -2.5, c, a), e),
            simd.add_f32s(near_even, near_odd),
            simd.sub_f32s(near_even, near_odd),
            simd.add_f32s(far_even, far_odd),
            simd.sub_f32s(far_even, far_odd),
            simd.add_f32s(plus(simd, -2.5, d, b), f),
        ]
    }

    #[inline(always)]
    fn output<S: Simd>(simd: S, [a, b, c, d, e, f]: [S::f32s; 6]) -> [S::f32s; 4] {
        let (near_sum, near_difference) = (simd.add_f32s(b, c), simd.sub_f32s(b, c));
        let (far_sum, far_difference) = (simd.add_f32s(d, e), simd.sub_f32s(d, e));
        [
            simd.add_f32s(a, simd.add_f32s(near_sum, far_sum)),
            plus(simd, NEAR, near_difference, times(simd, FAR, far_difference)),
            plus(simd, 0.5, near_sum, times(simd, 2.0, far_sum)),
            plus(
                simd,
                0.5 * NEAR,
                near_difference,
                plus(simd, 2.0 * FAR, far_difference, f),
            ),
        ]
    }
}

/// F(2, 3) at 0, ±1 and infinity.
#[derive(Debug, Clone, Copy)]
pub(in crate::network::cpu) struct Two;

impl Transform<4, 2> for Two {
    fn kernel([a, b, c]: [f64; 3]) -> [f64; 4] {
        [a, (a + b + c) / 2.0, (a - b + c) / 2.0, c]
    }

    #[inline(always)]
    fn kernels<S: Simd>(simd: S, [a, b, c]: [S::f32s; 3]) -> [S::f32s; 4] {
        let (even, odd) = (times(simd, 0.5, simd.add_f32s(a, c)), times(simd, 0.5, b));
        [a, simd.add_f32s(even, odd), simd.sub_f32s(even, odd), c]
    }

    #[inline(always)]
    fn input<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 4] {
        [
            simd.sub_f32s(a, c),
            simd.add_f32s(b, c),
            simd.sub_f32s(c, b),
            simd.sub_f32s(b, d),
        ]
    }

    #[inline(always)]
    fn output<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 2] {
        [
            simd.add_f32s(a, simd.add_f32s(b, c)),
            simd.sub_f32s(simd.sub_f32s(b, c), d),
        ]
    }
}

/// A kernel's taps at all pairs of points.
pub(super) fn kernel<T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(taps: [[f32; 3]; 3]) -> [[f64; IN]; IN] {
    let rows = taps.map(|row| T::kernel(row.map(f64::from)));
    let columns: [[f64; IN]; IN] = std::array::from_fn(|column| T::kernel(rows.map(|row| row[column])));
    std::array::from_fn(|row| columns.map(|column| column[row]))
}

/// `factor * x + y`.
#[inline(always)]
fn plus<S: Simd>(simd: S, factor: f32, x: S::f32s, y: S::f32s) -> S::f32s {
    simd.mul_add_e_f32s(simd.splat_f32s(factor), x, y)
}

/// `factor * x`.
#[inline(always)]
fn times<S: Simd>(simd: S, factor: f32, x: S::f32s) -> S::f32s {
    simd.mul_f32s(simd.splat_f32s(factor), x)
}
