//! Kernels at the points, as the multiplication reads them.

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

use pulp::{Simd, WithSimd};

use super::transform::{Transform, kernel};
use crate::network::cpu::kernel::{Direction, Kernels};
use crate::network::cpu::simd::{BLOCK, padded, run, vectors, vectors_mut};
use crate::weights::packed::{self, Packed};

/// Numbers that follow each point's, so that not all points lie in the same few lines of a cache.
pub(super) const SPARE: usize = BLOCK;

/// When kernels are brought to the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::network::cpu) enum When {
    /// Once: right where they are small and meet many tiles.
    Once,
    /// For every block of tiles anew. They take 36 or 16 numbers where the plain ones take 9, and read from the caches they
    /// are as fast as those that come from memory.
    Anew,
}

/// A convolution's kernels used one way, from which panels of [`BLOCK`] outputs are had.
#[derive(Debug, Clone)]
pub(super) enum Panels {
    /// All of them: [points, outputs / `BLOCK`, inputs, `BLOCK`], `SPARE` after each point's
    Kept(Vec<f32>),
    /// What they are made of.
    Made(Arc<Packed>, Direction),
}

impl Panels {
    pub(super) fn new<T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
        kernels: &Arc<Packed>,
        direction: Direction,
        when: When,
    ) -> Self {
        match when {
            When::Once => {
                let convolution = &kernels.convolution();
                Self::Kept(all::<T, IN, OUT>(Kernels { convolution, direction }))
            }
            When::Anew => Self::Made(Arc::clone(kernels), direction),
        }
    }

    /// Numbers of so many panels at the points.
    pub(super) const fn length(points: usize, panels: usize, inputs: usize) -> usize {
        points * (panels * inputs * BLOCK + SPARE)
    }

    /// Those of some panels for some inputs; `room` is where they are made.
    pub(super) fn some<'a, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
        &'a self,
        panels: &Range<usize>,
        inputs: &Range<usize>,
        room: &'a mut [f32],
    ) -> &'a [f32] {
        match self {
            Self::Kept(panels) => panels,
            Self::Made(kernels, direction) => {
                let points = &mut room[..Self::length(IN * IN, panels.len(), inputs.len())];
                run(Make::<T, IN, OUT> {
                    transform: PhantomData,
                    kernels,
                    direction: *direction,
                    panels: panels.clone(),
                    inputs: inputs.clone(),
                    points,
                });
                points
            }
        }
    }
}

impl When {
    /// Inputs of a panel that is made: few enough that it stays in a cache until it is multiplied.
    const MADE_INPUTS: usize = 64;

    /// How many panels and inputs are had at once, of all.
    pub(super) fn together(self, panels: usize, inputs: usize) -> (usize, usize) {
        match self {
            Self::Once => (panels, inputs),
            Self::Anew => (1, inputs.min(Self::MADE_INPUTS)),
        }
    }
}

/// All panels, in double precision.
fn all<T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(kernels: Kernels<'_>) -> Vec<f32> {
    let (inputs, outputs) = (padded(kernels.inputs()), padded(kernels.outputs()));
    let length = Panels::length(IN * IN, outputs / BLOCK, inputs);
    let mut panels = vec![0.0; length];
    for output in 0..kernels.outputs() {
        for input in 0..kernels.inputs() {
            let points = kernel::<T, IN, OUT>(kernels.taps(output, input));
            for (point, value) in points.as_flattened().iter().enumerate() {
                let group = output / BLOCK * inputs + input;
                panels[point * (length / (IN * IN)) + group * BLOCK + output % BLOCK] = *value as f32;
            }
        }
    }
    panels
}

/// Panels from the plain kernels.
struct Make<'a, T, const IN: usize, const OUT: usize> {
    transform: PhantomData<T>,
    kernels: &'a Packed,
    direction: Direction,
    panels: Range<usize>,
    inputs: Range<usize>,
    /// [points, panels, inputs, `BLOCK`], `SPARE` after each point's
    points: &'a mut [f32],
}

impl<T: Transform<IN, OUT>, const IN: usize, const OUT: usize> WithSimd for Make<'_, T, IN, OUT> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (mut plain, mut turned) = ([0.0; packed::BLOCK], [0.0; packed::BLOCK]);
        let mut at = 0;
        for panel in self.panels {
            for input in self.inputs.clone().step_by(packed::SIDE) {
                let input = input / packed::SIDE;
                let taps = match self.direction {
                    Direction::Forward => {
                        self.kernels.read(panel, input, &mut plain);
                        &plain
                    }
                    Direction::Backward => {
                        self.kernels.read(input, panel, &mut plain);
                        turn(&plain, &mut turned);
                        &turned
                    }
                };
                to_points::<S, T, IN, OUT>(simd, taps, at, self.points);
                at += SQUARE;
            }
        }
    }
}

/// Numbers of a tap between a block of inputs and one of outputs.
const SQUARE: usize = packed::SIDE * packed::SIDE;

/// One dimension after the other, each in loops that run along the inputs.
#[inline(always)]
fn to_points<S: Simd, T: Transform<IN, OUT>, const IN: usize, const OUT: usize>(
    simd: S,
    taps: &[f32; packed::BLOCK],
    at: usize,
    points: &mut [f32],
) {
    let count = SQUARE / S::F32_LANES;
    let mut half = [[[0.0; SQUARE]; IN]; 3];
    for (taps, half) in taps.as_chunks::<SQUARE>().0.as_chunks::<3>().0.iter().zip(&mut half) {
        let (a, b, c) = (vectors::<S>(&taps[0]), vectors::<S>(&taps[1]), vectors::<S>(&taps[2]));
        let (a, b, c) = (&a[..count], &b[..count], &c[..count]);
        let mut places: [&mut [S::f32s]; IN] = std::array::from_fn(|_| &mut [][..]);
        for (place, half) in places.iter_mut().zip(half) {
            *place = &mut vectors_mut::<S>(half)[..count];
        }
        for vector in 0..count {
            let line = T::kernels(simd, [a[vector], b[vector], c[vector]]);
            for row in 0..IN {
                places[row][vector] = line[row];
            }
        }
    }
    let point = points.len() / (IN * IN);
    let [first, second, third] = &half;
    for (column, ((a, b), c)) in first.iter().zip(second).zip(third).enumerate() {
        let (a, b, c) = (vectors::<S>(a), vectors::<S>(b), vectors::<S>(c));
        let (a, b, c) = (&a[..count], &b[..count], &c[..count]);
        let mut places: [&mut [S::f32s]; IN] = std::array::from_fn(|_| &mut [][..]);
        let rows = points.chunks_exact_mut(point).skip(column).step_by(IN);
        for (place, row) in places.iter_mut().zip(rows) {
            *place = &mut vectors_mut::<S>(&mut row[at..at + SQUARE])[..count];
        }
        for vector in 0..count {
            let line = T::kernels(simd, [a[vector], b[vector], c[vector]]);
            for row in 0..IN {
                places[row][vector] = line[row];
            }
        }
    }
}

/// Taps turned by 180 degrees, with inputs and outputs in each other's place.
#[inline(always)]
fn turn(plain: &[f32; packed::BLOCK], turned: &mut [f32; packed::BLOCK]) {
    const SIDE: usize = packed::SIDE;
    let (from, to) = (plain.as_chunks::<4>().0, turned.as_chunks_mut::<4>().0);
    let (from, to) = (from.as_chunks::<{ SIDE / 4 }>().0, to.as_chunks_mut::<{ SIDE / 4 }>().0);
    let squares = from.as_chunks::<SIDE>().0.iter().rev();
    // Four by four, which are a few shuffles.
    for (from, to) in squares.zip(to.as_chunks_mut::<SIDE>().0) {
        for row in 0..SIDE / 4 {
            for column in 0..SIDE / 4 {
                for across in 0..4 {
                    for down in 0..4 {
                        to[4 * column + across][row][down] = from[4 * row + down][column][across];
                    }
                }
            }
        }
    }
}
