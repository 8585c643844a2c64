//! Where a convolution's outputs go: what is done to them before they are written.

use pulp::Simd;

use super::map::Map;
use super::pooling::Choices;
use super::simd::{vectors, vectors_mut};

/// Takes a rectangle of outputs, a vector of channels each.
pub(super) trait Sink {
    /// Takes the outputs at rows `y..y + ROWS` and columns `x..x + COLUMNS`, channels from vector `vector` on; those
    /// outside the map are to be dropped.
    fn take<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &mut self,
        simd: S,
        position: (usize, usize),
        vector: usize,
        outputs: [[S::f32s; COLUMNS]; ROWS],
    );
}

/// Takes a whole row of outputs at once.
pub(super) trait RowSink {
    /// Takes the outputs of row `y`, all positions and channels.
    fn take_row<S: Simd>(&mut self, simd: S, y: usize, outputs: &[S::f32s]);
}

/// Each output of the rectangle that lies in the map, with its place there.
#[inline(always)]
fn each<S: Simd, const ROWS: usize, const COLUMNS: usize>(
    map: &mut Map,
    (y, x): (usize, usize),
    vector: usize,
    outputs: [[S::f32s; COLUMNS]; ROWS],
    mut take: impl FnMut(&mut S::f32s, S::f32s),
) {
    let depth = map.channels() / S::F32_LANES;
    let (rows, columns) = (map.height().saturating_sub(y), map.width().saturating_sub(x));
    // Bounds known when it is compiled, and a question inside: so outputs stay in registers.
    for (row, outputs) in outputs.iter().enumerate() {
        if row < rows {
            let places = vectors_mut::<S>(map.rest_of_row_mut(y + row, x));
            for (column, output) in outputs.iter().enumerate() {
                if column < columns {
                    take(&mut places[column * depth + vector], *output);
                }
            }
        }
    }
}

/// Writes the outputs as they are.
#[derive(Debug)]
pub(super) struct Plain<'a>(pub(super) &'a mut Map);

impl Sink for Plain<'_> {
    #[inline(always)]
    fn take<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &mut self,
        _: S,
        position: (usize, usize),
        vector: usize,
        outputs: [[S::f32s; COLUMNS]; ROWS],
    ) {
        each::<S, ROWS, COLUMNS>(self.0, position, vector, outputs, |place, output| *place = output);
    }
}

impl RowSink for Plain<'_> {
    #[inline(always)]
    fn take_row<S: Simd>(&mut self, _: S, y: usize, outputs: &[S::f32s]) {
        vectors_mut::<S>(self.0.row_mut(y)).copy_from_slice(outputs);
    }
}

/// Forward: adds the bias and cuts off what is negative.
#[derive(Debug)]
pub(super) struct Rectified<'a> {
    pub(super) map: &'a mut Map,
    pub(super) bias: &'a [f32],
}

impl Sink for Rectified<'_> {
    #[inline(always)]
    fn take<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &mut self,
        simd: S,
        position: (usize, usize),
        vector: usize,
        outputs: [[S::f32s; COLUMNS]; ROWS],
    ) {
        let (bias, zero) = (vectors::<S>(self.bias)[vector], simd.splat_f32s(0.0));
        each::<S, ROWS, COLUMNS>(self.map, position, vector, outputs, |place, output| {
            *place = simd.max_f32s(simd.add_f32s(output, bias), zero);
        });
    }
}

impl RowSink for Rectified<'_> {
    #[inline(always)]
    fn take_row<S: Simd>(&mut self, simd: S, y: usize, outputs: &[S::f32s]) {
        let (bias, zero) = (vectors::<S>(self.bias), simd.splat_f32s(0.0));
        let places = vectors_mut::<S>(self.map.row_mut(y)).chunks_exact_mut(bias.len());
        for (places, outputs) in places.zip(outputs.chunks_exact(bias.len())) {
            for ((place, output), bias) in places.iter_mut().zip(outputs).zip(bias) {
                *place = simd.max_f32s(simd.add_f32s(*output, *bias), zero);
            }
        }
    }
}

/// Backward: writes the gradient over the activations that it belongs to, zero where those are zero. The derivative of
/// ReLU at 0 is 0, as in TensorFlow.
#[derive(Debug)]
pub(super) struct Masked<'a>(pub(super) &'a mut Map);

impl Sink for Masked<'_> {
    #[inline(always)]
    fn take<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &mut self,
        simd: S,
        position: (usize, usize),
        vector: usize,
        outputs: [[S::f32s; COLUMNS]; ROWS],
    ) {
        let zero = simd.splat_f32s(0.0);
        each::<S, ROWS, COLUMNS>(self.0, position, vector, outputs, |place, gradient| {
            *place = simd.select_f32s(simd.greater_than_f32s(*place, zero), gradient, zero);
        });
    }
}

impl RowSink for Masked<'_> {
    #[inline(always)]
    fn take_row<S: Simd>(&mut self, simd: S, y: usize, outputs: &[S::f32s]) {
        let zero = simd.splat_f32s(0.0);
        for (place, gradient) in vectors_mut::<S>(self.0.row_mut(y)).iter_mut().zip(outputs) {
            *place = simd.select_f32s(simd.greater_than_f32s(*place, zero), *gradient, zero);
        }
    }
}

/// Forward, where a pooling follows: adds the bias, cuts off what is negative and keeps the largest of each 2 x 2, and
/// which it was. The full map is never written.
#[derive(Debug)]
pub(super) struct Pooled<'a> {
    pub(super) map: &'a mut Map,
    pub(super) choices: &'a mut Choices,
    pub(super) bias: &'a [f32],
}

impl Sink for Pooled<'_> {
    /// ROWS and COLUMNS are even, and so is the position.
    #[inline(always)]
    fn take<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &mut self,
        simd: S,
        (y, x): (usize, usize),
        vector: usize,
        outputs: [[S::f32s; COLUMNS]; ROWS],
    ) {
        let bias = vectors::<S>(self.bias)[vector];
        let mut winners = simd.splat_u32s(0);
        let rows = self.map.height().saturating_sub(y / 2);
        let columns = self.map.width().saturating_sub(x / 2);
        for half_row in 0..ROWS / 2 {
            for half_column in 0..COLUMNS / 2 {
                if half_row >= rows || half_column >= columns {
                    continue;
                }
                let (row, column) = (2 * half_row, 2 * half_column);
                let (mut largest, mut winner) = (simd.splat_f32s(0.0), simd.splat_u32s(0));
                for (below, right) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                    // Below zero, where ReLU cuts it off, an output cannot win: the first above it does.
                    let output = simd.add_f32s(outputs[row + below][column + right], bias);
                    let bit = simd.splat_u32s(Choices::bit(y + row + below, x + column + right));
                    let larger = simd.greater_than_f32s(output, largest);
                    largest = simd.select_f32s(larger, output, largest);
                    winner = simd.select_u32s(larger, bit, winner);
                }
                winners = simd.or_u32s(winners, winner);
                vectors_mut::<S>(self.map.position_mut((y + row) / 2, (x + column) / 2))[vector] = largest;
            }
        }
        self.choices.set::<S>(simd, (y, x), vector, winners);
    }
}
