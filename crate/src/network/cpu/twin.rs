//! What the kernels' tests share: random weights and maps, and the way to the plain-Rust network and back.

use super::map::Map;
use super::simd::padded;
use crate::reference::Maps;
use crate::splitmix::SplitMix64;
use crate::weights::Convolution;

/// Sizes where something is left over: of a tile, of a pooling, of a vector, of a block.
pub(super) const SIZES: [(usize, usize); 8] = [(1, 1), (1, 6), (2, 3), (4, 4), (5, 7), (17, 31), (34, 40), (9, 101)];

/// Uniform in [-1, 1), exact in f32.
pub(super) fn random(seed: u64, count: usize) -> Vec<f32> {
    let mut generator = SplitMix64::new(seed);
    (0..count).map(|_| (generator.next_unit() * 2.0 - 1.0) as f32).collect()
}

/// A convolution whose outputs are about as large as its inputs.
pub(super) fn convolution(seed: u64, in_channels: usize, out_channels: usize) -> Convolution {
    let scale = (1.0 / (9 * in_channels) as f32).sqrt();
    let weight = random(seed, 9 * in_channels * out_channels);
    Convolution {
        in_channels,
        out_channels,
        weight: weight.into_iter().map(|weight| weight * scale).collect(),
        bias: random(seed + 1, out_channels)
            .into_iter()
            .map(|bias| bias * 0.1)
            .collect(),
    }
}

/// Random maps.
pub(super) fn maps(seed: u64, channels: usize, (height, width): (usize, usize)) -> Maps {
    Maps {
        channels,
        height,
        width,
        values: random(seed, channels * height * width)
            .into_iter()
            .map(f64::from)
            .collect(),
    }
}

/// Writes maps into one in memory.
pub(super) fn write(maps: &Maps, map: &mut Map) {
    for channel in 0..maps.channels {
        for y in 0..maps.height {
            for x in 0..maps.width {
                let value = maps.values[(channel * maps.height + y) * maps.width + x];
                map.position_mut(y, x)[channel] = value as f32;
            }
        }
    }
}

/// Maps in memory with as many channels as vectors need.
pub(super) fn stored(maps: &Maps) -> Map {
    let mut map = Map::new(maps.height, maps.width, padded(maps.channels));
    write(maps, &mut map);
    map
}

/// The first channels of a map in memory; what lies around them must have stayed zero.
pub(super) fn read(map: &Map, channels: usize) -> Maps {
    let (height, width) = map.size();
    let mut maps = Maps {
        channels,
        height,
        width,
        values: vec![0.0; channels * height * width],
    };
    let mut inside = 0.0;
    for y in 0..height {
        for x in 0..width {
            for (channel, &value) in map.position(y, x).iter().enumerate() {
                inside += f64::from(value.abs());
                match maps.values.get_mut((channel * height + y) * width + x) {
                    Some(place) if channel < channels => *place = value.into(),
                    _ => assert_eq!(value, 0.0, "channel {channel} only pads"),
                }
            }
        }
    }
    let all: f64 = map.around(0, 0).iter().map(|value| f64::from(value.abs())).sum();
    assert!(
        (all - inside).abs() <= 1e-9 * all,
        "something was written outside the map"
    );
    maps
}

/// Fails where the L2 norm of the difference is more than `tolerance` of the right one's.
pub(super) fn assert_near(what: &str, ours: &Maps, right: &Maps, tolerance: f64) {
    assert_eq!(
        (ours.channels, ours.height, ours.width),
        (right.channels, right.height, right.width),
        "{what}"
    );
    let square = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
    let difference = square(&mut ours.values.iter().zip(&right.values).map(|(a, b)| a - b)).sqrt();
    let norm = square(&mut right.values.iter().copied()).sqrt();
    assert!(difference <= tolerance * norm, "{what}: {:e}", difference / norm);
}
