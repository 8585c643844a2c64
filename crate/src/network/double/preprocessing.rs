//! Input scaling on the device, differentiated with the rest: the gradient is with respect to the unscaled image.

use burn::tensor::Tensor;

use super::Compute;
use crate::network::scaling::Scaling;
use crate::settings::Preprocessing;

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
        if preprocessing == Preprocessing::None {
            return Self(None);
        }
        let scaling = Scaling::of(preprocessing);
        let per_color = |values: [f64; 3]| compute.tensor64(values.to_vec(), [1, 3, 1, 1]);
        Self(Some(Affine {
            swap_red_and_blue: scaling.source[0] != 0,
            factor: per_color(scaling.factor),
            offset: per_color(scaling.offset),
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
