//! Input scaling as numbers.

use crate::settings::{CAFFE_MEAN_BGR, CAFFE_MEAN_RGB, Preprocessing, TORCH_DEVIATION, TORCH_MEAN};

/// Input channel c of the network is `image[source[c]] * factor[c] - offset[c]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scaling {
    pub(super) source: [usize; 3],
    pub(super) factor: [f64; 3],
    pub(super) offset: [f64; 3],
}

impl Scaling {
    pub(super) fn of(preprocessing: Preprocessing) -> Self {
        let (rgb, bgr) = ([0, 1, 2], [2, 1, 0]);
        let (source, factor, offset) = match preprocessing {
            Preprocessing::None => (rgb, [1.0; 3], [0.0; 3]),
            Preprocessing::Caffe => (bgr, [255.0; 3], CAFFE_MEAN_BGR),
            Preprocessing::CaffeRgb => (rgb, [255.0; 3], CAFFE_MEAN_RGB.map(|mean| mean * 255.0)),
            Preprocessing::Torch => {
                let factor = TORCH_DEVIATION.map(f64::recip);
                (
                    rgb,
                    factor,
                    std::array::from_fn(|color| TORCH_MEAN[color] * factor[color]),
                )
            }
        };
        Self { source, factor, offset }
    }
}
