//! Finding out what suits a GPU, in a few milliseconds: never in front of somebody who waits, and once per GPU.

use std::time::Duration;

use super::launch::{self, Sums};
use super::layout::{Sides, plane};
use super::stage::Stage;
use super::{Gpu, device};
use crate::error::Result;
use crate::weights::Convolution;

/// A convolution in the depth of the network, where maps are small.
const CHANNELS: usize = 128;
const SIDES: Sides = Sides {
    images: 1,
    height: 18,
    width: 18,
};

/// One after the other, so that what is measured is more than the way there and back.
const CONVOLUTIONS: usize = 8;

/// The shortest of so many times counts.
const TIMES: usize = 3;

/// A GPU that takes so long for one of these has no units to spare.
const SLOW: Duration = Duration::from_millis(4);

/// By so much must slices be faster.
const GAIN: f64 = 0.8;

impl Gpu {
    /// Which way of summing small maps is the faster one here. `now` is a clock.
    pub(crate) async fn measure_sums(&self, now: impl Fn() -> Duration) -> Result<Sums> {
        let stage = Stage::new(self, 1, &convolution());
        let time = async |sums: Sums, count: usize| -> Result<Duration> {
            let begun = now();
            run(self, &stage, sums, count).await?;
            Ok(now().saturating_sub(begun))
        };
        let shortest = async |sums: Sums| -> Result<Duration> {
            let mut shortest = Duration::MAX;
            for _ in 0..TIMES {
                shortest = shortest.min(time(sums, CONVOLUTIONS).await?);
            }
            Ok(shortest)
        };
        // The first of each kind is compiled.
        time(Sums::Whole, 1).await?;
        if time(Sums::Whole, 1).await? > SLOW {
            return Ok(Sums::Whole);
        }
        time(Sums::InSlices, 1).await?;
        let (whole, in_slices) = (shortest(Sums::Whole).await?, shortest(Sums::InSlices).await?);
        let gain = in_slices.as_secs_f64() < GAIN * whole.as_secs_f64();
        Ok(if gain { Sums::InSlices } else { Sums::Whole })
    }
}

fn convolution() -> Convolution {
    Convolution {
        out_channels: CHANNELS,
        in_channels: CHANNELS,
        weight: vec![0.0; CHANNELS * CHANNELS * 9],
        bias: vec![0.0; CHANNELS],
    }
}

/// So many convolutions of zeros, each of the last one's output.
async fn run(gpu: &Gpu, stage: &Stage, sums: Sums, count: usize) -> Result<()> {
    let values = CHANNELS * plane(&SIDES);
    let mut maps = gpu.upload(vec![0.0; values], [values]);
    for _ in 0..count {
        let (output, _bits) = launch::convolution(maps, &stage.forward, &stage.bias, SIDES, false, sums);
        maps = output;
    }
    device::read(maps).await.map(drop)
}
