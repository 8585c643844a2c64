//! One safetensors file: from bytes to convolutions.

use half::{bf16, f16};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use super::names::{self, Part};
use super::{Convolution, WeightsError};

/// Decodes the convolutions of these ordinals from a safetensors file.
///
/// F16 and BF16 values are widened to f32, which is exact.
///
/// # Errors
/// A [`WeightsError`] naming the file and the tensor.
pub fn decode(file: &str, bytes: &[u8], ordinals: &[usize]) -> Result<Vec<(usize, Convolution)>, WeightsError> {
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| WeightsError::Malformed {
        file: file.to_owned(),
        problem: error.to_string(),
    })?;
    ordinals
        .iter()
        .map(|&ordinal| {
            Ok((
                ordinal,
                Shard {
                    file,
                    tensors: &tensors,
                }
                .convolution(ordinal)?,
            ))
        })
        .collect()
}

struct Shard<'a> {
    file: &'a str,
    tensors: &'a SafeTensors<'a>,
}

impl Shard<'_> {
    fn convolution(&self, ordinal: usize) -> Result<Convolution, WeightsError> {
        let (weight_name, weight) = self.tensor(ordinal, Part::Weight)?;
        let (bias_name, bias) = self.tensor(ordinal, Part::Bias)?;
        let (out_channels, in_channels) = self.kernel_shape(&weight_name, weight.shape())?;
        if bias.shape() != [out_channels] {
            return Err(self.wrong_shape(
                &bias_name,
                format!("has shape {:?} where [{out_channels}] is needed", bias.shape()),
            ));
        }
        let weight = self.values(&weight_name, &weight)?;
        let bias = self.values(&bias_name, &bias)?;
        Ok(Convolution {
            in_channels,
            out_channels,
            weight,
            bias,
        })
    }

    fn tensor(&self, ordinal: usize, part: Part) -> Result<(String, TensorView<'_>), WeightsError> {
        let name = self
            .tensors
            .names()
            .into_iter()
            .find(|name| names::parse(name) == Some((ordinal, part)));
        let missing = || WeightsError::MissingTensor {
            file: self.file.to_owned(),
            tensor: if part == Part::Weight {
                names::weight(ordinal)
            } else {
                names::bias(ordinal)
            },
        };
        let name = name.ok_or_else(missing)?;
        let view = self.tensors.tensor(name).map_err(|_| missing())?;
        Ok((name.to_owned(), view))
    }

    fn kernel_shape(&self, tensor: &str, shape: &[usize]) -> Result<(usize, usize), WeightsError> {
        match *shape {
            [out_channels, in_channels, 3, 3] if out_channels > 0 && in_channels > 0 => Ok((out_channels, in_channels)),
            _ => Err(self.wrong_shape(tensor, format!("has shape {shape:?} where [out, in, 3, 3] is needed"))),
        }
    }

    fn wrong_shape(&self, tensor: &str, problem: String) -> WeightsError {
        WeightsError::WrongShape {
            file: self.file.to_owned(),
            tensor: tensor.to_owned(),
            problem,
        }
    }

    fn values(&self, tensor: &str, view: &TensorView<'_>) -> Result<Vec<f32>, WeightsError> {
        let data = view.data();
        let values: Vec<f32> = match view.dtype() {
            Dtype::F32 => data
                .as_chunks()
                .0
                .iter()
                .map(|&bytes| f32::from_le_bytes(bytes))
                .collect(),
            Dtype::F16 => data
                .as_chunks()
                .0
                .iter()
                .map(|&bytes| f16::from_le_bytes(bytes).to_f32())
                .collect(),
            Dtype::BF16 => data
                .as_chunks()
                .0
                .iter()
                .map(|&bytes| bf16::from_le_bytes(bytes).to_f32())
                .collect(),
            other => {
                let dtype = format!("{other:?}");
                return Err(WeightsError::WrongDtype {
                    file: self.file.to_owned(),
                    tensor: tensor.to_owned(),
                    dtype,
                });
            }
        };
        match values.iter().position(|value| !value.is_finite()) {
            Some(element) => Err(WeightsError::NotFinite {
                file: self.file.to_owned(),
                tensor: tensor.to_owned(),
                element,
                value: values[element],
            }),
            None => Ok(values),
        }
    }
}
