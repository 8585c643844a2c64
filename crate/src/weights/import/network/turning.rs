//! Whether kernels are to be turned by 180 degrees: Theano turned each when it convolved, and Keras stored them as they
//! were.

use super::name::Layer;
use super::verdict::Fit;
use crate::vgg16::LAYERS;
use crate::weights::import::parameter::{Tensors, Turning};
use crate::weights::names::KernelOrder;
use crate::weights::{Convolution, WeightsError, training};

/// Numbers of a 3 x 3 kernel.
const TAPS: usize = 9;

/// Decides, and says what was assumed.
pub(super) fn decide(tensors: &dyn Tensors, fit: &Fit) -> Result<(bool, Option<String>), WeightsError> {
    match tensors.turning() {
        Turning::No => Ok((false, None)),
        Turning::Yes => Ok((true, Some(TURNED.to_owned()))),
        // Of the files that do not say it, TensorFlow's have this order.
        Turning::Unsaid if fit.order == KernelOrder::Hwio => Ok((false, None)),
        Turning::Unsaid => unsaid(tensors, fit),
    }
}

const TURNED: &str = "Its kernels are taken for Theano's, and turned by 180 degrees.";
const AS_THEY_ARE: &str = "It is a file of Keras 0.3, which does not say whether its kernels are Theano's: they are taken \
                           as they are, and not turned by 180 degrees.";

/// Known numbers tell; else what most files of the kind have.
fn unsaid(tensors: &dyn Tensors, fit: &Fit) -> Result<(bool, Option<String>), WeightsError> {
    let first = fit.layers.first().map(|(_, convolution)| convolution);
    let Some(weight) = first.and_then(|convolution| convolution.weight()) else {
        return Ok((false, None));
    };
    if let Some(turned) = known(tensors, weight)? {
        return Ok((turned, turned.then(|| TURNED.to_owned())));
    }
    let is_oldest = matches!(first.map(|first| &first.layer), Some(Layer::Numbered("layer", _)));
    Ok(match is_oldest {
        true => (false, Some(AS_THEY_ARE.to_owned())),
        false => (true, Some(TURNED.to_owned())),
    })
}

/// Whether the numbers of block1_conv1 are a known training's when they are turned, or as they are; `None` where they are
/// neither.
fn known(tensors: &dyn Tensors, weight: usize) -> Result<Option<bool>, WeightsError> {
    let channels = LAYERS[0].channels;
    tensors.check(weight)?;
    if tensors.list()[weight].shape != [channels as u64, 3, 3, 3] {
        return Ok(None);
    }
    let mut first = Convolution {
        in_channels: 3,
        out_channels: channels,
        weight: tensors.values(weight)?,
        bias: Vec::new(),
    };
    for turned in [false, true] {
        if training::recognise(&first).is_some() {
            return Ok(Some(turned));
        }
        turn(&mut first.weight, KernelOrder::Oihw);
    }
    Ok(None)
}

/// Turns every kernel by 180 degrees.
pub(super) fn turn(values: &mut [f32], order: KernelOrder) {
    match order {
        KernelOrder::Oihw => values.chunks_exact_mut(TAPS).for_each(<[f32]>::reverse),
        KernelOrder::Hwio => {
            let plane = values.len() / TAPS;
            for tap in 0..TAPS / 2 {
                let (before, after) = values.split_at_mut((TAPS - 1 - tap) * plane);
                before[tap * plane..][..plane].swap_with_slice(&mut after[..plane]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_turned_in_either_order() {
        // Kernels of one input and two outputs: the tap is the ten's digit.
        let mut oihw: Vec<f32> = [0.0, 1.0]
            .iter()
            .flat_map(|output| (0..9).map(move |tap| tap as f32 * 10.0 + output))
            .collect();
        turn(&mut oihw, KernelOrder::Oihw);
        let expected: Vec<f32> = [0.0, 1.0]
            .iter()
            .flat_map(|output| (0..9).rev().map(move |tap| tap as f32 * 10.0 + output))
            .collect();
        assert_eq!(oihw, expected);
        let mut hwio: Vec<f32> = (0..9)
            .flat_map(|tap| [0.0, 1.0].map(|output| tap as f32 * 10.0 + output))
            .collect();
        turn(&mut hwio, KernelOrder::Hwio);
        let expected: Vec<f32> = (0..9)
            .rev()
            .flat_map(|tap| [0.0, 1.0].map(|output| tap as f32 * 10.0 + output))
            .collect();
        assert_eq!(hwio, expected);
    }
}
