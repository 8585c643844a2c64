//! From a pickle's values to the tensors of layers.

use std::collections::{HashSet, VecDeque};

use super::FORMAT;
use super::pickle::{Dtype, Pickle, Tensor as Stored, Value};
use super::storages::Storages;
use super::view::{Layout, View};
use crate::weights::WeightsError;
use crate::weights::bytes::InputFile;
use crate::weights::import::network::Name;
use crate::weights::import::parameter::{Element, Tensor};

/// How deep in a checkpoint its state dict may lie: `{"model": {"state_dict": {...}}}` is two.
const DEEPEST: usize = 4;

/// The longest name that a tensor's can be, and the longest path of the dicts that it is in.
const LONGEST_NAME: usize = 255;

/// Tensors that are listed; a large checkpoint has a thousand.
const MOST_TENSORS: usize = 1 << 12;

/// The tensors of a checkpoint that can matter, of the dicts with kernels that are nearest to the root, and where their numbers are, or why that cannot be said.
pub(super) struct Contents(pub(super) Vec<(Tensor, Result<View, WeightsError>)>);

impl Contents {
    /// Finds the parameters of layers in a pickle, and their numbers among the storages.
    pub(super) fn find(input: &InputFile, pickle: &Pickle<'_>, storages: &dyn Storages) -> Result<Self, WeightsError> {
        let Value::Dict(root) = pickle.root else {
            return Err(input.malformed(FORMAT, "it holds no dict, so no state dict; save model.state_dict()"));
        };
        let found = tensors(pickle, root);
        let has_kernel = |found: &&Found<'_>| pickle.heap.tuple(found.tensor.shape).len() == 4;
        let nearest = found.iter().find(has_kernel).map(|found| found.depth);
        let found = found
            .iter()
            .filter(|found| nearest.is_none_or(|depth| found.depth == depth));
        let listed = found.map(|found| found.listed(input, pickle, storages));
        Ok(Self(listed.collect()))
    }
}

/// A layer's tensor as the pickle has it.
struct Found<'a> {
    name: &'a str,
    path: String,
    /// How deep the dict lies that it is in.
    depth: usize,
    tensor: Stored<'a>,
}

/// The layers' tensors of all dicts, nearest to the root first.
fn tensors<'a>(pickle: &Pickle<'a>, root: usize) -> Vec<Found<'a>> {
    let mut waiting = VecDeque::from([(root, String::new(), 0)]);
    // A dict may be in itself, or a thousand times in another.
    let mut seen = HashSet::from([root]);
    let mut found = Vec::new();
    while let Some((dict, path, depth)) = waiting.pop_front() {
        for &(name, value) in pickle.heap.dict(dict) {
            let inner = || match path.as_str() {
                "" => name.to_owned(),
                path => format!("{path}/{name}"),
            };
            match value {
                _ if name.len() + path.len() > LONGEST_NAME || found.len() == MOST_TENSORS => {}
                Value::Dict(dict) if depth < DEEPEST && seen.insert(dict) => {
                    waiting.push_back((dict, inner(), depth + 1));
                }
                Value::Tensor(tensor) => {
                    let path = inner();
                    if let (Some(_), Some(tensor)) = (Name::parse(&path), pickle.heap.tensor(tensor)) {
                        found.push(Found {
                            name,
                            path,
                            depth,
                            tensor,
                        });
                    }
                }
                _ => {}
            }
        }
    }
    found
}

impl Found<'_> {
    /// The tensor and its place in the file, checked.
    fn listed(
        &self,
        input: &InputFile,
        pickle: &Pickle<'_>,
        storages: &dyn Storages,
    ) -> (Tensor, Result<View, WeightsError>) {
        let layout = layout(pickle, &self.tensor);
        let tensor = Tensor {
            name: self.name.to_owned(),
            path: self.path.clone(),
            shape: layout.as_ref().map_or_else(Vec::new, |layout| layout.shape.clone()),
            element: element(self.tensor.dtype),
        };
        (tensor, self.view(input, layout, storages))
    }

    fn view(&self, input: &InputFile, layout: Option<Layout>, storages: &dyn Storages) -> Result<View, WeightsError> {
        let Self { name, tensor, .. } = self;
        let bad = |problem: String| input.malformed(FORMAT, format!("{name} {problem}"));
        let layout = layout.ok_or_else(|| bad("has a size or strides below zero".to_owned()))?;
        let label = storages.label(tensor.storage.key);
        let missing = || bad(format!("is in storage {label}, which is missing"));
        let storage = storages.find(tensor.storage.key)?.ok_or_else(missing)?;
        let declared = tensor.storage.count.saturating_mul(tensor.storage.dtype.width);
        let storage = storage.start..storage.end.min(storage.start.saturating_add(declared));
        View::new(storage, &label, layout).map_err(bad)
    }
}

/// How a tensor lies in its storage; `None` where its size or strides are not whole numbers from 0 on.
fn layout(pickle: &Pickle<'_>, tensor: &Stored<'_>) -> Option<Layout> {
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
