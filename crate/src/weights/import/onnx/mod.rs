//! ONNX: one protobuf message of the graph and its constants (<https://onnx.ai/onnx/repo-docs/IR.html>).
//!
//! Of the message only a few fields are needed, so a small reader of protobuf's wire format takes them straight from the
//! file (`wire`, `proto`). `onnx-ir` and generated messages were looked at and left: the first maps the file, or takes
//! all of it into memory, infers types over the whole graph and panics on some graphs; both copy or hold every tensor,
//! where this reader passes over the classifier without reading it and keeps memory bounded whatever a file claims.

mod external;
mod graph;
mod proto;
mod tensor;
#[cfg(test)]
mod tests;
mod wire;

use super::parameter::{Parameter, Parameters};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;
use crate::weights::names::{self, KernelOrder, Part};
use external::ExternalFiles;
use graph::Found;
use proto::{Graph, Tensor};
use tensor::Numbers;

/// What messages call the format.
const FORMAT: &str = "ONNX";

/// A model whose graph was followed; its numbers are still in the file.
struct OnnxFile {
    input: InputFile,
    parameters: Vec<Parameter>,
    /// Of each parameter.
    numbers: Vec<Numbers>,
}

/// Opens a model.
pub(super) fn open(input: &InputFile) -> Result<Box<dyn Parameters>, WeightsError> {
    let graph = Graph::read(input)?;
    super::network::refuse_relatives(input.name(), graph::kernels(input, &graph))?;
    let mut external = ExternalFiles::new(input);
    let mut file = OnnxFile {
        input: input.clone(),
        parameters: Vec::new(),
        numbers: Vec::new(),
    };
    for (ordinal, found) in graph::convolutions(input, &graph)?.iter().enumerate() {
        for part in [Part::Weight, Part::Bias] {
            let parameter = parameter(input, ordinal, part, found)?;
            let numbers = Numbers::locate(input, tensor(found, part), &parameter.shape, &mut external)?;
            file.parameters.push(parameter);
            file.numbers.push(numbers);
        }
    }
    Ok(Box::new(file))
}

impl Parameters for OnnxFile {
    fn list(&self) -> &[Parameter] {
        &self.parameters
    }

    fn values(&self, index: usize) -> Result<Vec<f32>, WeightsError> {
        self.numbers[index].read(&self.input)
    }
}

const fn tensor<'a>(found: &Found<'a>, part: Part) -> &'a Tensor {
    match part {
        Part::Weight => found.weight,
        Part::Bias => found.bias,
    }
}

fn parameter(input: &InputFile, ordinal: usize, part: Part, found: &Found<'_>) -> Result<Parameter, WeightsError> {
    let tensor = tensor(found, part);
    // Names such as `const_fold_opt__71` tell a person nothing; the node's often does.
    let name = match names::parse(&tensor.name) {
        None if !names::mentions_keras(&tensor.name) => format!("{} of {}", tensor.name, found.node),
        _ => tensor.name.clone(),
    };
    let sides = tensor.dims.iter().map(|&side| {
        u64::try_from(side).map_err(|_| input.malformed(FORMAT, format!("{name} has the side {side} in its shape")))
    });
    let shape = sides.collect::<Result<Vec<_>, _>>()?;
    Ok(Parameter {
        ordinal,
        part,
        order: KernelOrder::Oihw,
        shape: if part == Part::Bias { flat(shape) } else { shape },
        element: tensor::element(tensor.data_type),
        name,
    })
}

/// A bias that an Add node spreads over an image has sides of 1 around its channels: (1, channels, 1, 1).
fn flat(shape: Vec<u64>) -> Vec<u64> {
    match shape.as_slice() {
        &[1, channels, 1, 1] | &[channels, 1, 1] => vec![channels],
        _ => shape,
    }
}
