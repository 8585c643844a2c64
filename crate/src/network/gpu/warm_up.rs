//! Finding out what suits a GPU, in some hundredths of a second: never in front of somebody who waits, and once per GPU.

use std::time::Duration;

use super::launch::{self, Sums};
use super::layout::{Sides, plane};
use super::stage::Stage;
use super::{Gpu, device};
use crate::error::Result;
use crate::weights::Convolution;

/// A convolution of block 5, where maps are smallest: the two ways are farthest apart there, and farther than a browser's clock
/// and its queue of work are uncertain.
const CHANNELS: usize = 512;
const SIDES: Sides = Sides {
    images: 1,
    height: 9,
    width: 9,
};

/// So many, one after the other.
const CONVOLUTIONS: usize = 16;

/// The shortest of so many times counts.
const TIMES: usize = 4;

/// A GPU that takes so long for one of these, there and back, has no units to spare.
const SLOW: Duration = Duration::from_millis(25);

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
        let shortest = async |sums: Sums, count: usize| -> Result<Duration> {
            let mut shortest = Duration::MAX;
            for _ in 0..TIMES {
                shortest = shortest.min(time(sums, count).await?);
            }
            Ok(shortest)
        };
        // In a browser the way there and back is longer than any of this.
        let alone = async |sums: Sums| -> Result<Duration> {
            let there_and_back = shortest(sums, 1).await?;
            Ok(shortest(sums, 1 + CONVOLUTIONS).await?.saturating_sub(there_and_back))
        };
        // The first of each kind is compiled.
        time(Sums::Whole, 1).await?;
        if time(Sums::Whole, 1).await? > SLOW {
            return Ok(Sums::Whole);
        }
        time(Sums::InSlices, 1).await?;
        let (whole, in_slices) = (alone(Sums::Whole).await?, alone(Sums::InSlices).await?);
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
