//! The kernels as functions on tensors, all of them in row-major order.

use burn::tensor::{DType, Shape};
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::{CubeCount, CubeDim};

use super::backward::{convolve_turned, convolve_turned_unpooled};
use super::device::empty;
use super::forward::convolve_relu;
use super::head::{LANES, SLICES, convolve_head, convolve_head_turned, pick_rows};
use super::image::{SLOPES, image_gradient, scaled_maps};
use super::layout::{Sides, SidesLaunch, WINDOWS, area, pairs, pitch, pooled, rows, units};
use super::parts::{LANES as PART_LANES, PARTS};
use super::pool;
use super::squash::{self, FACTS};
use super::step::{self, Moment, MomentLaunch, RANGE};
use super::tile::SLICED_GROUP;
use crate::step::LEAST_SQUARE_SUM;

/// Units of a group.
const GROUP: u32 = 64;

/// The weights of a convolution, as a kernel reads them: [C, 9, O], with O a whole number of octets, or four.
#[derive(Debug, Clone)]
pub(super) struct Weights(pub(super) CubeTensor);

impl Weights {
    fn in_channels(&self) -> usize {
        self.0.meta.shape()[0]
    }

    fn out_channels(&self) -> usize {
        self.0.meta.shape()[2]
    }
}

/// Input scaling on the device.
#[derive(Debug, Clone)]
pub(super) struct Scaling {
    /// Three factors, then three offsets.
    pub(super) numbers: CubeTensor,
    pub(super) swap_red_and_blue: bool,
}

/// A gradient, where it is known: at a convolution's output, or behind the pooling of it.
pub(super) enum Gradient<'a> {
    /// Zero where the ReLU was closed.
    Plain(CubeTensor),
    /// With the windows' winners.
    Pooled(CubeTensor, &'a CubeTensor),
}

/// The network's input from images, [N, 3, H, W].
pub(super) fn input_maps(images: CubeTensor, scaling: &Scaling, sides: Sides) -> CubeTensor {
    let maps = maps(&images, 3, &sides);
    let count = CubeCount::Static(groups(area(&sides)), 3, sides.images);
    scaled_maps::launch(
        &images.client.clone(),
        count,
        CubeDim::new_1d(GROUP),
        images.into_buffer_arg(),
        scaling.numbers.clone().into_buffer_arg(),
        maps.clone().into_buffer_arg(),
        argument(&sides),
        scaling.swap_red_and_blue,
    );
    maps
}

/// The gradient at the images, [N, 3, H, W], from that at the network's input; and what the parts of each image find out
/// about it and about its feature map, of which `feature_maps` are [N, 1, H', W'].
pub(super) fn output_image(
    gradient: CubeTensor,
    feature_maps: CubeTensor,
    scaling: &Scaling,
    sides: Sides,
) -> (CubeTensor, CubeTensor) {
    let (count, height, width) = (sides.images as usize, sides.height as usize, sides.width as usize);
    let images = values(&gradient, [count, 3, height, width]);
    let slopes = values(&gradient, [count, PARTS, SLOPES]);
    let feature_map = feature_maps.meta.shape().num_elements() / count;
    image_gradient::launch(
        &gradient.client.clone(),
        parts(count),
        CubeDim::new_1d(PART_LANES as u32),
        gradient.into_buffer_arg(),
        scaling.numbers.clone().into_buffer_arg(),
        feature_maps.into_buffer_arg(),
        images.clone().into_buffer_arg(),
        slopes.clone().into_buffer_arg(),
        argument(&sides),
        feature_map as u32,
        scaling.swap_red_and_blue,
    );
    (images, slopes)
}

/// relu(w * x + b), pooled or not, and what the way back needs of it.
pub(super) fn convolution(
    input: CubeTensor,
    weights: &Weights,
    bias: &CubeTensor,
    sides: Sides,
    pool: bool,
    sums: Sums,
) -> (CubeTensor, CubeTensor) {
    let channels = weights.out_channels();
    let output = maps(&input, channels, &if pool { pooled(&sides) } else { sides });
    let kept = words(&input, channels / 8 * units(&sides) * WINDOWS);
    let cut = Cut::of(weights, &sides, sums);
    convolve_relu::launch(
        &input.client.clone(),
        cut.count(&sides, channels),
        cut.dim(),
        input.into_buffer_arg(),
        weights.0.clone().into_buffer_arg(),
        bias.clone().into_buffer_arg(),
        output.clone().into_buffer_arg(),
        kept.clone().into_buffer_arg(),
        argument(&sides),
        weights.in_channels() as u32,
        (channels / 4) as u32,
        pool,
        cut.quads,
        cut.slices,
    );
    (output, kept)
}

/// The gradient at a convolution's input. `sides` are those of the convolution, `mask` the bits of the ReLU before it.
pub(super) fn convolution_backward(
    gradient: Gradient<'_>,
    weights: &Weights,
    mask: Option<&CubeTensor>,
    sides: Sides,
    sums: Sums,
) -> CubeTensor {
    let channels = weights.out_channels();
    let cut = Cut::of(weights, &sides, sums);
    let (count, dim) = (cut.count(&sides, channels), cut.dim());
    let (in_channels, all_quads) = (weights.in_channels() as u32, (channels / 4) as u32);
    let output = maps(&weights.0, channels, &sides);
    let client = output.client.clone();
    let mask = mask.map(|mask| mask.clone().into_buffer_arg()).into();
    let weights = weights.0.clone().into_buffer_arg();
    let result = output.clone().into_buffer_arg();
    let sides = argument(&sides);
    match gradient {
        Gradient::Plain(gradient) => convolve_turned::launch(
            &client,
            count,
            dim,
            gradient.into_buffer_arg(),
            weights,
            mask,
            result,
            sides,
            in_channels,
            all_quads,
            cut.quads,
            cut.slices,
        ),
        Gradient::Pooled(gradient, winners) => convolve_turned_unpooled::launch(
            &client,
            count,
            dim,
            gradient.into_buffer_arg(),
            winners.clone().into_buffer_arg(),
            weights,
            mask,
            result,
            sides,
            in_channels,
            all_quads,
            cut.quads,
            cut.slices,
        ),
    }
    output
}

/// relu(w * x + b) of one channel per image, [N, 1, H, W]: `weights` are [N, C, 9].
pub(super) fn head(input: CubeTensor, weights: &CubeTensor, bias: &CubeTensor, sides: Sides) -> CubeTensor {
    let shape = [sides.images as usize, 1, sides.height as usize, sides.width as usize];
    let output = values(&input, shape);
    let groups = (rows(&sides) * pairs(&sides)).div_ceil(LANES) as u32;
    convolve_head::launch(
        &input.client.clone(),
        CubeCount::Static(groups, 1, sides.images),
        CubeDim::new_2d(LANES as u32, SLICES as u32),
        input.into_buffer_arg(),
        weights.clone().into_buffer_arg(),
        bias.clone().into_buffer_arg(),
        output.clone().into_buffer_arg(),
        argument(&sides),
        weights.meta.shape()[1] as u32,
    );
    output
}

/// The gradient at that convolution's input, from [N, 1, H, W] at its output: `weights` are [N, 9, C].
pub(super) fn head_backward(
    gradient: CubeTensor,
    weights: &Weights,
    mask: Option<&CubeTensor>,
    sides: Sides,
) -> CubeTensor {
    let channels = weights.out_channels();
    let quads = quads(channels);
    let output = maps(&gradient, channels, &sides);
    let count = CubeCount::Static(
        groups(rows(&sides) * pairs(&sides)),
        (channels / 4 / quads) as u32,
        sides.images,
    );
    convolve_head_turned::launch(
        &gradient.client.clone(),
        count,
        CubeDim::new_1d(GROUP),
        gradient.into_buffer_arg(),
        weights.0.clone().into_buffer_arg(),
        mask.map(|mask| mask.clone().into_buffer_arg()).into(),
        output.clone().into_buffer_arg(),
        argument(&sides),
        (channels / 4) as u32,
        quads,
    );
    output
}

/// The pooled maps, [N, 1, H / 2, W / 2], of maps [N, 1, H, W].
pub(super) fn pool(maps: &CubeTensor, sides: Sides) -> CubeTensor {
    let small = pooled(&sides);
    let output = values(
        maps,
        [sides.images as usize, 1, small.height as usize, small.width as usize],
    );
    pool::pool::launch(
        &maps.client.clone(),
        CubeCount::Static(groups((small.height * small.width) as usize), 1, sides.images),
        CubeDim::new_1d(GROUP),
        maps.clone().into_buffer_arg(),
        output.clone().into_buffer_arg(),
        argument(&sides),
    );
    output
}

/// The gradient, at the ReLU that made maps [N, 1, H, W], of each one's mean, or of the mean of what [`pool`] makes of it.
pub(super) fn mean_gradient(maps: CubeTensor, sides: Sides, pool: bool) -> CubeTensor {
    let gradient = empty(&maps, maps.meta.shape().clone(), DType::F32);
    let client = maps.client.clone();
    let count = CubeCount::Static(groups((sides.height * sides.width) as usize), 1, sides.images);
    let dim = CubeDim::new_1d(GROUP);
    let (maps, result) = (maps.into_buffer_arg(), gradient.clone().into_buffer_arg());
    if pool {
        let share = share(pooled(&sides));
        pool::pooled_mean_gradient::launch(&client, count, dim, maps, result, argument(&sides), share);
    } else {
        step::mean_gradient::launch(&client, count, dim, maps, result, argument(&sides), share(sides));
    }
    gradient
}

fn share(sides: Sides) -> f32 {
    (1.0 / (f64::from(sides.height) * f64::from(sides.width))) as f32
}

/// How the rows that [`pick`] picks from lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    /// Values of a row.
    pub(super) length: usize,
    /// From one channel's row to the next.
    pub(super) from_row: usize,
    /// From one value of a row to the next.
    pub(super) from_value: usize,
}

/// One row of `source` per image, [N, ...], in the order of `channels`.
pub(super) fn pick<const D: usize>(
    source: &CubeTensor,
    channels: &CubeTensor,
    rows: Rows,
    shape: [usize; D],
) -> CubeTensor {
    let output = values(source, shape);
    pick_rows::launch(
        &source.client.clone(),
        CubeCount::Static(groups(rows.length), 1, shape[0] as u32),
        CubeDim::new_1d(GROUP),
        source.clone().into_buffer_arg(),
        channels.clone().into_buffer_arg(),
        output.clone().into_buffer_arg(),
        rows.length as u32,
        rows.from_row as u32,
        rows.from_value as u32,
    );
    output
}

/// Turns a gradient into Adam's direction, where it lies, and both moments into the next.
pub(super) fn adam(gradient: &CubeTensor, [first, second]: &[CubeTensor; 2], moment: Moment) {
    let count = groups(gradient.meta.shape().num_elements());
    step::adam::launch(
        &gradient.client.clone(),
        CubeCount::Static(count, 1, 1),
        CubeDim::new_1d(GROUP),
        gradient.clone().into_buffer_arg(),
        first.clone().into_buffer_arg(),
        second.clone().into_buffer_arg(),
        MomentLaunch::new(
            moment.first_decay,
            moment.second_decay,
            moment.first_share,
            moment.second_share,
            moment.first_bias,
            moment.second_bias,
            moment.epsilon,
        ),
    );
}

/// Moves images, [N, 3, H, W], where they lie; gives what their parts find out about them. `length` is that of every step
/// of learning rate 1, for the rules that have one.
pub(super) fn climb(
    images: &CubeTensor,
    direction: CubeTensor,
    slopes: &CubeTensor,
    learning_rate: f64,
    length: Option<f64>,
) -> CubeTensor {
    let [count, colors, height, width] = images.meta.shape().dims();
    let ranges = values(images, [count, PARTS, RANGE]);
    step::climb::launch(
        &images.client.clone(),
        parts(count),
        CubeDim::new_1d(PART_LANES as u32),
        images.clone().into_buffer_arg(),
        direction.into_buffer_arg(),
        slopes.clone().into_buffer_arg(),
        ranges.clone().into_buffer_arg(),
        (colors * height * width) as u32,
        learning_rate as f32,
        length.unwrap_or(1.0) as f32,
        LEAST_SQUARE_SUM as f32,
        length.is_some(),
    );
    ranges
}

/// Pictures and facts to be read back, [N, H W + FACTS].
pub(super) fn squash(images: &CubeTensor, slopes: CubeTensor, ranges: CubeTensor) -> CubeTensor {
    let [count, _, height, width] = images.meta.shape().dims();
    let positions = height * width;
    let rows = empty(images, Shape::from([count, positions + FACTS]), DType::U32);
    squash::squash::launch(
        &images.client.clone(),
        parts(count),
        CubeDim::new_1d(PART_LANES as u32),
        images.clone().into_buffer_arg(),
        slopes.into_buffer_arg(),
        ranges.into_buffer_arg(),
        rows.clone().into_buffer_arg(),
        positions as u32,
    );
    rows
}

/// A copy of images, [N, 3, H, W], as they are now: [N, H, W, 3].
pub(super) fn interleave(images: &CubeTensor) -> CubeTensor {
    let [count, colors, height, width] = images.meta.shape().dims();
    let copy = values(images, [count, height, width, colors]);
    squash::interleave::launch(
        &images.client.clone(),
        CubeCount::Static(groups(height * width), colors as u32, count as u32),
        CubeDim::new_1d(GROUP),
        images.clone().into_buffer_arg(),
        copy.clone().into_buffer_arg(),
        (height * width) as u32,
    );
    copy
}

/// Quads of channels of one unit: more of them read the input less often, fewer leave more units to run side by side.
const fn quads(channels: usize) -> usize {
    if channels.is_multiple_of(8) { 2 } else { 1 }
}

/// Who sums the input channels of a convolution whose maps are small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sums {
    /// One unit all of them: the least work.
    Whole,
    /// Several units a slice each: small maps have too few units to keep a large GPU busy.
    InSlices,
}

/// How a convolution is cut into units.
struct Cut {
    /// Quads of channels of one unit.
    quads: usize,
    /// Slices of its input channels, summed side by side.
    slices: usize,
}

impl Cut {
    /// It goes by the size of one image alone, so that a channel climbs alike in every company.
    fn of(weights: &Weights, sides: &Sides, sums: Sums) -> Self {
        let slices = match (sums, rows(sides) * pairs(sides)) {
            (Sums::InSlices, 0..=256) => 8,
            (Sums::InSlices, 257..=1024) => 4,
            _ => 1,
        };
        let inputs = weights.in_channels();
        Self {
            quads: quads(weights.out_channels()),
            // A slice of few channels is not worth the adding up.
            slices: if inputs >= 64 && inputs.is_multiple_of(slices) {
                slices
            } else {
                1
            },
        }
    }

    fn count(&self, sides: &Sides, channels: usize) -> CubeCount {
        let groups = units(sides).div_ceil(self.lanes()) as u32;
        CubeCount::Static(groups, (channels / 4 / self.quads) as u32, 1)
    }

    fn dim(&self) -> CubeDim {
        CubeDim::new_2d(self.lanes() as u32, self.slices as u32)
    }

    fn lanes(&self) -> usize {
        if self.slices == 1 {
            GROUP as usize
        } else {
            SLICED_GROUP / self.slices
        }
    }
}

/// Groups that share the images of a batch.
const fn parts(images: usize) -> CubeCount {
    CubeCount::Static(PARTS as u32, 1, images as u32)
}

fn groups(units: usize) -> u32 {
    (units as u32).div_ceil(GROUP)
}

fn argument(sides: &Sides) -> SidesLaunch {
    SidesLaunch::new(sides.images, sides.height, sides.width)
}

/// Room for maps with their border.
fn maps(like: &CubeTensor, channels: usize, sides: &Sides) -> CubeTensor {
    let rows = 2 * rows(sides) + 2;
    values(like, [channels, sides.images as usize, rows, pitch(sides)])
}

fn values<const D: usize>(like: &CubeTensor, shape: [usize; D]) -> CubeTensor {
    empty(like, Shape::from(shape), DType::F32)
}

fn words(like: &CubeTensor, count: usize) -> CubeTensor {
    empty(like, Shape::from([count]), DType::U32)
}
