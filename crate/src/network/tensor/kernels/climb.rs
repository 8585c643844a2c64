//! One step of a batch on the GPU, from its gradient to what is read back.

use burn::tensor::Tensor;
use burn_cubecl::tensor::CubeTensor;

use super::launch;
use super::passes::{primitive, tensor};
use super::step::Moment;
use crate::network::tensor::climb::Moments;
use crate::step::Adam;

/// The gradient of each feature map's mean at the ReLU that made it; both [N, 1, H, W].
pub(in crate::network::tensor) fn mean_gradient(feature_maps: Tensor<4>) -> Tensor<4> {
    tensor(launch::mean_gradient(primitive(feature_maps)))
}

/// Images in a memory of their own, row by row, as [`step`] changes them.
pub(in crate::network::tensor) fn owned(images: Tensor<4>) -> Tensor<4> {
    tensor(primitive(images))
}

/// Moves `images`, [N, 3, H, W], where they lie. The result has a row for each: its values, then its facts. `length` is
/// that of every step of learning rate 1, for the rules that have one.
pub(in crate::network::tensor) fn step(
    images: &Tensor<4>,
    feature_maps: Tensor<4>,
    gradient: Tensor<4>,
    moments: Option<&mut Moments>,
    learning_rate: f64,
    length: Option<f64>,
) -> Tensor<2> {
    let gradient = primitive(gradient);
    let facts = launch::measure(&gradient, primitive(feature_maps));
    if let Some(moments) = moments {
        let of_this_step = moment(moments.next());
        launch::adam(&gradient, &moments.both().map(in_place), of_this_step);
    }
    tensor(launch::climb(&in_place(images), gradient, facts, learning_rate, length))
}

/// The tensor's own memory: it is [`owned`], so nothing is copied.
fn in_place(owned: &Tensor<4>) -> CubeTensor {
    primitive(owned.clone())
}

fn moment(adam: Adam) -> Moment {
    Moment {
        first_decay: Adam::BETA1 as f32,
        second_decay: Adam::BETA2 as f32,
        first_share: (1.0 - Adam::BETA1) as f32,
        second_share: (1.0 - Adam::BETA2) as f32,
        first_bias: adam.first_bias as f32,
        second_bias: adam.second_bias as f32,
        epsilon: Adam::EPSILON as f32,
    }
}
