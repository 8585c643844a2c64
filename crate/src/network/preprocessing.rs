//! Input scaling on the device, differentiated with the rest: the gradient is with respect to the unscaled image.

use burn::tensor::Tensor;

use crate::device::Compute;
use crate::settings::{CAFFE_MEAN_BGR, CAFFE_MEAN_RGB, Preprocessing, TORCH_DEVIATION, TORCH_MEAN};

/// `(x, channels swapped or not) * factor - offset`, channel by channel.
#[derive(Debug, Clone)]
pub(super) struct InputScaling(Option<Affine>);

#[derive(Debug, Clone)]
struct Affine {
    swap_red_and_blue: bool,
    /// [1, 3, 1, 1]
    factor: Tensor<4>,
    /// [1, 3, 1, 1]
    offset: Tensor<4>,
}

impl InputScaling {
    pub(super) fn new(compute: &Compute, preprocessing: Preprocessing) -> Self {
        let (swap_red_and_blue, factor, offset) = match preprocessing {
            Preprocessing::None => return Self(None),
            Preprocessing::Caffe => (true, [255.0; 3], CAFFE_MEAN_BGR),
            Preprocessing::CaffeRgb => (false, [255.0; 3], CAFFE_MEAN_RGB.map(|mean| mean * 255.0)),
            Preprocessing::Torch => {
                let factor = TORCH_DEVIATION.map(f64::recip);
                (
                    false,
                    factor,
                    std::array::from_fn(|color| TORCH_MEAN[color] * factor[color]),
                )
            }
        };
        let per_color = |values: [f64; 3]| compute.tensor64(values.to_vec(), [1, 3, 1, 1]);
        Self(Some(Affine {
            swap_red_and_blue,
            factor: per_color(factor),
            offset: per_color(offset),
        }))
    }

    pub(super) fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        let Some(affine) = &self.0 else { return images };
        affine
            .swapped(images)
            .mul(affine.factor.clone())
            .sub(affine.offset.clone())
    }

    pub(super) fn backward(&self, gradient: Tensor<4>) -> Tensor<4> {
        let Some(affine) = &self.0 else { return gradient };
        affine.swapped(gradient.mul(affine.factor.clone()))
    }
}

impl Affine {
    fn swapped(&self, x: Tensor<4>) -> Tensor<4> {
        if self.swap_red_and_blue { x.flip([1]) } else { x }
    }
}
