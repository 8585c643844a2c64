//! From a list of parameters to VGG16's convolutions: nothing twice, nothing missing, shapes that fit, finite numbers.

use super::parameter::{Element, Parameter, Parameters};
use crate::vgg16::CONVOLUTIONS;
use crate::weights::names::{self, KernelOrder, Part};
use crate::weights::{Convolution, WeightsError};

/// Four times VGG16's largest kernel. A layer is fetched and kept as one piece, whatever a file claims of it.
const MOST_ELEMENTS: u64 = 4 * 9 * 512 * 512;

/// The convolutions of a file: which parameters they are, checked against VGG16.
pub(super) struct Layers {
    /// By ordinal; `None` for those the file does not hold.
    layers: Vec<Option<Layer>>,
}

#[derive(Debug, Clone, Copy)]
struct Layer {
    weight: usize,
    bias: usize,
    in_channels: usize,
    out_channels: usize,
}

impl Layers {
    /// Convolutions from the first on, without a gap, as many as the file has.
    pub(super) fn whole(file: &str, parameters: &[Parameter]) -> Result<Self, WeightsError> {
        let deepest = parameters.iter().map(|parameter| parameter.ordinal).max();
        let Some(deepest) = deepest else {
            return Err(missing(
                file,
                "every layer of VGG16, block1_conv1 to begin with".to_owned(),
            ));
        };
        Self::some(file, parameters, &(0..=deepest).collect::<Vec<_>>())
    }

    /// The convolutions of these ordinals.
    pub(super) fn some(file: &str, parameters: &[Parameter], ordinals: &[usize]) -> Result<Self, WeightsError> {
        let mut layers: Vec<Option<Layer>> = vec![None; CONVOLUTIONS];
        for &ordinal in ordinals {
            let layer = Layer::find(file, parameters, ordinal)?;
            let (giver, before) = match ordinal {
                0 => ("an image has", Some(3)),
                _ => (
                    "the layer before gives",
                    layers[ordinal - 1].map(|before| before.out_channels),
                ),
            };
            if let Some(before) = before
                && before != layer.in_channels
            {
                let weight = &parameters[layer.weight];
                let (shape, inputs) = (&weight.shape, layer.in_channels);
                return Err(wrong_shape(
                    file,
                    weight,
                    format!("has shape {shape:?}, {inputs} input channels where {giver} {before}"),
                ));
            }
            layers[ordinal] = Some(layer);
        }
        Ok(Self { layers })
    }

    pub(super) fn count(&self) -> usize {
        self.layers.iter().flatten().count()
    }

    pub(super) fn channels(&self, ordinal: usize) -> Option<(usize, usize)> {
        let layer = self.layers.get(ordinal).copied().flatten()?;
        Some((layer.in_channels, layer.out_channels))
    }

    /// Positions of weight and bias in the file's list.
    pub(super) fn indices(&self, ordinal: usize) -> Option<[usize; 2]> {
        let layer = self.layers.get(ordinal).copied().flatten()?;
        Some([layer.weight, layer.bias])
    }

    pub(super) fn bytes(&self, ordinal: usize, parameters: &[Parameter]) -> u64 {
        let bytes = |index: usize| {
            let parameter = &parameters[index];
            parameter
                .elements()
                .unwrap_or(0)
                .saturating_mul(parameter.element.bytes())
        };
        self.indices(ordinal)
            .map_or(0, |indices| indices.into_iter().map(bytes).sum())
    }

    pub(super) fn convolution(
        &self,
        file: &str,
        ordinal: usize,
        parameters: &dyn Parameters,
    ) -> Result<Convolution, WeightsError> {
        let layer = self.layers.get(ordinal).copied().flatten();
        let layer = layer.ok_or_else(|| missing(file, names::weight(ordinal)))?;
        let weight = checked_values(file, layer.weight, parameters)?;
        let bias = checked_values(file, layer.bias, parameters)?;
        let weight = match parameters.list()[layer.weight].order {
            KernelOrder::Oihw => weight,
            KernelOrder::Hwio => oihw(&weight, layer.in_channels, layer.out_channels),
        };
        Ok(Convolution {
            in_channels: layer.in_channels,
            out_channels: layer.out_channels,
            weight,
            bias,
        })
    }
}

impl Layer {
    fn find(file: &str, parameters: &[Parameter], ordinal: usize) -> Result<Self, WeightsError> {
        let weight = only(file, parameters, ordinal, Part::Weight)?;
        let bias = only(file, parameters, ordinal, Part::Bias)?;
        for index in [weight, bias] {
            check_element(file, &parameters[index])?;
        }
        let (in_channels, out_channels) = kernel_channels(file, &parameters[weight])?;
        if parameters[bias].shape != [out_channels as u64] {
            return Err(wrong_shape(
                file,
                &parameters[bias],
                format!("has shape {:?}, expected [{out_channels}]", parameters[bias].shape),
            ));
        }
        Ok(Self {
            weight,
            bias,
            in_channels,
            out_channels,
        })
    }
}

/// The one parameter of this convolution and part.
fn only(file: &str, parameters: &[Parameter], ordinal: usize, part: Part) -> Result<usize, WeightsError> {
    let mut found = (0..parameters.len()).filter(|&index| {
        let parameter = &parameters[index];
        (parameter.ordinal, parameter.part) == (ordinal, part)
    });
    match (found.next(), found.next()) {
        (Some(index), None) => Ok(index),
        (Some(_), Some(second)) => Err(WeightsError::DuplicateTensor {
            file: file.to_owned(),
            tensor: parameters[second].name.clone(),
        }),
        (None, _) => Err(missing(file, expected_name(parameters, ordinal, part))),
    }
}

/// What a missing parameter is called, in the file's own names where they can be told.
fn expected_name(parameters: &[Parameter], ordinal: usize, part: Part) -> String {
    let ours = match part {
        Part::Weight => names::weight(ordinal),
        Part::Bias => names::bias(ordinal),
    };
    let theirs = parameters
        .iter()
        .find_map(|parameter| names::parse(&parameter.name))
        .and_then(|named| names::torchvision_name(named.family, ordinal, part));
    match theirs {
        Some(theirs) => format!("{theirs} ({})", names::layer_name(ordinal)),
        None => ours,
    }
}

fn check_element(file: &str, parameter: &Parameter) -> Result<(), WeightsError> {
    match &parameter.element {
        Element::Other(dtype) => Err(WeightsError::WrongDtype {
            file: file.to_owned(),
            tensor: parameter.name.clone(),
            dtype: dtype.clone(),
        }),
        _ => Ok(()),
    }
}

/// Input and output channels of a 3 x 3 kernel.
fn kernel_channels(file: &str, weight: &Parameter) -> Result<(usize, usize), WeightsError> {
    let shape = &weight.shape;
    let wrong = |expected: String| wrong_shape(file, weight, format!("has shape {shape:?}, {expected}"));
    let &[first, second, third, fourth] = shape.as_slice() else {
        return Err(wrong(format!("{} dimensions, expected 4", shape.len())));
    };
    let (order, other, [height, width, inputs, outputs]) = match weight.order {
        KernelOrder::Oihw => ("[out, in, 3, 3]", "[3, 3, in, out]", [third, fourth, second, first]),
        KernelOrder::Hwio => ("[3, 3, in, out]", "[out, in, 3, 3]", [first, second, third, fourth]),
    };
    let turned = match weight.order {
        KernelOrder::Oihw => [first, second],
        KernelOrder::Hwio => [third, fourth],
    };
    match (height, width) {
        (3, 3) => {}
        _ if turned == [3, 3] => return Err(wrong(format!("which is {other}, expected {order}"))),
        _ => return Err(wrong(format!("a {height} x {width} kernel, expected {order}"))),
    }
    let channels = |count: u64| {
        usize::try_from(count)
            .ok()
            .filter(|&count| count > 0 && weight.elements().is_some_and(|elements| elements <= MOST_ELEMENTS))
            .ok_or_else(|| {
                wrong(format!(
                    "expected {order} with at least one channel and at most {MOST_ELEMENTS} numbers"
                ))
            })
    };
    Ok((channels(inputs)?, channels(outputs)?))
}

fn checked_values(file: &str, index: usize, parameters: &dyn Parameters) -> Result<Vec<f32>, WeightsError> {
    let parameter = &parameters.list()[index];
    let values = parameters.values(index)?;
    if Some(values.len() as u64) != parameter.elements() {
        return Err(wrong_shape(
            file,
            parameter,
            format!(
                "has {} values, too few or too many for its shape {:?}",
                values.len(),
                parameter.shape
            ),
        ));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(element) => Err(WeightsError::NotFinite {
            file: file.to_owned(),
            tensor: parameter.name.clone(),
            element: multi_index(element, &parameter.shape),
            value: values[element],
        }),
        None => Ok(values),
    }
}

/// The index of an element in each dimension, last dimension fastest.
pub(in crate::weights) fn multi_index(mut element: usize, shape: &[u64]) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&side| {
            let side = (side as usize).max(1);
            let position = element % side;
            element /= side;
            position
        })
        .collect();
    index.reverse();
    index
}

/// Keras's order to PyTorch's. No kernel is turned, and no colour changes its place.
fn oihw(hwio: &[f32], inputs: usize, outputs: usize) -> Vec<f32> {
    let mut weight = vec![0.0; hwio.len()];
    for (tap, plane) in hwio.chunks_exact(inputs * outputs).enumerate() {
        for (input, row) in plane.chunks_exact(outputs).enumerate() {
            for (output, &value) in row.iter().enumerate() {
                weight[(output * inputs + input) * 9 + tap] = value;
            }
        }
    }
    weight
}

fn missing(file: &str, tensor: String) -> WeightsError {
    WeightsError::MissingTensor {
        file: file.to_owned(),
        tensor,
    }
}

fn wrong_shape(file: &str, parameter: &Parameter, problem: String) -> WeightsError {
    WeightsError::WrongShape {
        file: file.to_owned(),
        tensor: parameter.name.clone(),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_named_in_every_dimension() {
        assert_eq!(multi_index(0, &[2, 3]), [0, 0]);
        assert_eq!(multi_index(5, &[2, 3]), [1, 2]);
        assert_eq!(multi_index(3, &[4]), [3]);
    }

    #[test]
    fn keras_kernels_change_order_without_a_flip() {
        let (inputs, outputs) = (2, 4);
        let hwio: Vec<f32> = (0..9 * inputs * outputs).map(|value| value as f32).collect();
        let turned = oihw(&hwio, inputs, outputs);
        for tap in 0..9 {
            for input in 0..inputs {
                for output in 0..outputs {
                    let expected = hwio[(tap * inputs + input) * outputs + output];
                    assert_eq!(turned[(output * inputs + input) * 9 + tap], expected);
                }
            }
        }
    }
}
