//! From a pickle's values to the tensors of VGG16.

use std::collections::{HashSet, VecDeque};

use super::FORMAT;
use super::pickle::{Dtype, Pickle, Tensor, Value};
use super::storages::Storages;
use super::view::{Layout, View};
use crate::vgg16::CONVOLUTIONS;
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;
use crate::weights::import::parameter::{Element, Parameter};
use crate::weights::names::{self, Named};

/// How deep in a checkpoint its state dict may lie: `{"model": {"state_dict": {...}}}` is two.
const DEEPEST: usize = 4;

/// The longest name that a tensor's can be.
const LONGEST_NAME: usize = 255;

/// One parameter more than VGG16's convolutions have: some are then there twice, which the caller tells from these.
const MOST_PARAMETERS: usize = 2 * CONVOLUTIONS + 1;

/// The parameters of a checkpoint, and where their numbers are.
pub(super) struct Contents(pub(super) Vec<(Parameter, View)>);

impl Contents {
    /// Finds the parameters of VGG16 in a pickle, and their numbers among the storages.
    pub(super) fn find(input: &InputFile, pickle: &Pickle<'_>, storages: &dyn Storages) -> Result<Self, WeightsError> {
        let Value::Dict(root) = pickle.root else {
            return Err(input.malformed(FORMAT, "it holds no dict, so no state dict; save model.state_dict()"));
        };
        let found = state_dict(pickle, root);
        let placed = found.iter().map(|found| found.place(input, pickle, storages));
        placed.collect::<Result<_, _>>().map(Self)
    }
}

/// A tensor of VGG16 as the pickle has it.
struct Found<'a> {
    name: &'a str,
    named: Named,
    tensor: Tensor<'a>,
}

/// The tensors of VGG16 in the first dict that has any, nearest to the root first.
fn state_dict<'a>(pickle: &Pickle<'a>, root: usize) -> Vec<Found<'a>> {
    let mut waiting = VecDeque::from([(root, 0)]);
    // A dict may be in itself, or a thousand times in another.
    let mut seen = HashSet::from([root]);
    while let Some((dict, depth)) = waiting.pop_front() {
        let found = tensors(pickle, dict);
        if !found.is_empty() {
            return found;
        }
        for &(_, value) in pickle.heap.dict(dict) {
            if let Value::Dict(inner) = value
                && depth < DEEPEST
                && seen.insert(inner)
            {
                waiting.push_back((inner, depth + 1));
            }
        }
    }
    Vec::new()
}

fn tensors<'a>(pickle: &Pickle<'a>, dict: usize) -> Vec<Found<'a>> {
    let found = |&(name, value): &(&'a str, Value<'a>)| match value {
        Value::Tensor(tensor) if name.len() <= LONGEST_NAME => Some(Found {
            name,
            named: names::parse(name)?,
            tensor: pickle.heap.tensor(tensor)?,
        }),
        _ => None,
    };
    let found = pickle.heap.dict(dict).iter().filter_map(found);
    found.take(MOST_PARAMETERS).collect()
}

impl Found<'_> {
    /// The parameter and its place in the file, checked.
    fn place(
        &self,
        input: &InputFile,
        pickle: &Pickle<'_>,
        storages: &dyn Storages,
    ) -> Result<(Parameter, View), WeightsError> {
        let Self { name, named, tensor } = self;
        let bad = |problem: String| input.malformed(FORMAT, format!("{name} {problem}"));
        let layout = layout(pickle, tensor).ok_or_else(|| bad("has a size or strides below zero".to_owned()))?;
        let label = storages.label(tensor.storage.key);
        let missing = || bad(format!("is in storage {label}, which is missing"));
        let storage = storages.find(tensor.storage.key)?.ok_or_else(missing)?;
        let declared = tensor.storage.count.saturating_mul(tensor.storage.dtype.width);
        let storage = storage.start..storage.end.min(storage.start.saturating_add(declared));
        let parameter = Parameter {
            ordinal: named.ordinal,
            part: named.part,
            order: named.order,
            name: (*name).to_owned(),
            shape: layout.shape.clone(),
            element: element(tensor.dtype),
        };
        Ok((parameter, View::new(storage, &label, layout).map_err(bad)?))
    }
}

/// How a tensor lies in its storage; `None` where its size or strides are not whole numbers from 0 on.
fn layout(pickle: &Pickle<'_>, tensor: &Tensor<'_>) -> Option<Layout> {
    let numbers = |run| -> Option<Vec<u64>> {
        let numbers = pickle.heap.tuple(run).iter();
        numbers.map(|number| number.unsigned()).collect()
    };
    Some(Layout {
        width: tensor.dtype.width,
        offset: tensor.offset,
        shape: numbers(tensor.shape)?,
        strides: numbers(tensor.strides)?,
    })
}

/// The element type of a kind of number.
fn element(dtype: &Dtype) -> Element {
    match dtype.name {
        "F16" => Element::F16,
        "BF16" => Element::BF16,
        "F32" => Element::F32,
        "F64" => Element::F64,
        other => Element::Other(other.to_owned()),
    }
}
