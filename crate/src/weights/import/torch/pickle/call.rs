//! What a pickle calls, noted down: tensors, their storages, and the dicts they are in.

use super::Refusal;
use super::globals::{Dtype, Global};
use super::heap::{Run, Storage, Tensor, Value};
use super::machine::Machine;

/// The longest name of a storage; torch writes numbers.
const LONGEST_KEY: usize = 255;

impl<'a> Machine<'a> {
    /// What a call of a name on the list gives.
    pub(super) fn call(&mut self, callable: Value<'a>, arguments: Value<'a>) -> Result<Value<'a>, Refusal> {
        let (Value::Global(global), Value::Tuple(run)) = (callable, arguments) else {
            return Err(Refusal::broken("its pickle calls something that is no function"));
        };
        let argument = |index: usize| self.heap.tuple(run).get(index).copied();
        match global {
            Global::OrderedDict => self.ordered_dict(argument(0)),
            Global::Size | Global::RebuildParameter => argument(0).ok_or_else(other_arguments),
            Global::RebuildTensor => self.rebuild(run, None),
            Global::RebuildTensorV3 => match argument(6) {
                Some(Value::Global(Global::Dtype(dtype))) => self.rebuild(run, Some(dtype)),
                _ => Err(other_arguments()),
            },
            Global::RebuildWithAttributes => match (argument(0), argument(2)) {
                // Not inside itself, so that this goes no deeper.
                (Some(Value::Global(Global::RebuildWithAttributes)), _) => Err(other_arguments()),
                (Some(rebuild), Some(arguments)) => self.call(rebuild, arguments),
                _ => Err(other_arguments()),
            },
            Global::TensorClass => match argument(0) {
                None => Ok(self.heap.new_tensor(None)),
                Some(tensor @ Value::Tensor(_)) => Ok(tensor),
                Some(_) => Err(other_arguments()),
            },
            Global::OtherTensor => Err(Refusal::broken(
                "it holds a tensor that is quantized, sparse or without numbers; only plain ones are read",
            )),
            Global::Harmless => Ok(Value::Other),
            Global::Storage(_) | Global::Dtype(_) => Err(other_arguments()),
        }
    }

    /// Sets the state of an object: of meaning for the tensors of torch before 0.2, which are made empty.
    pub(super) fn build(&mut self, target: Value<'a>, state: Value<'a>) -> Result<(), Refusal> {
        let (Value::Tensor(target), Value::Tuple(state)) = (target, state) else {
            return Ok(());
        };
        if self.heap.tensor(target).is_none() {
            let contents = match self.heap.tuple(state) {
                &[Value::Tensor(data), ..] => self.heap.tensor(data),
                _ => self.tensor(state, None),
            };
            self.heap.fill(target, contents.ok_or_else(other_arguments)?);
        }
        Ok(())
    }

    /// A persistent id: torch's way to name a storage outside the pickle.
    pub(super) fn persistent(&mut self, id: Value<'a>) -> Result<Value<'a>, Refusal> {
        let Value::Tuple(id) = id else {
            return Err(other_storage());
        };
        let &[
            Value::Text("storage"),
            Value::Global(Global::Storage(dtype)),
            Value::Text(key),
            _,
            count,
            ref view @ ..,
        ] = self.heap.tuple(id)
        else {
            return Err(other_storage());
        };
        match (view, count.unsigned()) {
            ([] | [Value::Other], Some(count)) if key.len() <= LONGEST_KEY => {
                Ok(self.heap.new_storage(Storage { key, dtype, count }))
            }
            ([Value::Tuple(_)], _) => Err(Refusal::broken(
                "it keeps a storage inside another, as early versions of torch did; save it again with a newer one",
            )),
            _ => Err(other_storage()),
        }
    }

    fn rebuild(&mut self, arguments: Run, dtype: Option<&'static Dtype>) -> Result<Value<'a>, Refusal> {
        let tensor = self.tensor(arguments, dtype).ok_or_else(other_arguments)?;
        Ok(self.heap.new_tensor(Some(tensor)))
    }

    /// A storage, an offset, a size and strides, perhaps followed by more; the storage's kind of number unless given.
    fn tensor(&self, run: Run, dtype: Option<&'static Dtype>) -> Option<Tensor<'a>> {
        let &[
            Value::Storage(storage),
            offset,
            Value::Tuple(shape),
            Value::Tuple(strides),
            ..,
        ] = self.heap.tuple(run)
        else {
            return None;
        };
        let storage = self.heap.storage(storage)?;
        Some(Tensor {
            storage,
            dtype: dtype.unwrap_or(storage.dtype),
            offset: offset.unsigned()?,
            shape,
            strides,
        })
    }

    /// An empty dict, or Python 2's form: made from a list of pairs.
    fn ordered_dict(&mut self, pairs: Option<Value<'a>>) -> Result<Value<'a>, Refusal> {
        let pairs = match pairs {
            None => Vec::new(),
            Some(Value::List(list)) => {
                // The same list may be asked for again and again.
                self.spend(self.heap.list(list).len())?;
                self.heap.pairs(list).ok_or_else(other_arguments)?
            }
            Some(_) => return Err(other_arguments()),
        };
        let dict = self.heap.new_dict();
        self.heap.insert(dict, pairs.into_iter());
        Ok(Value::Dict(dict))
    }
}

fn other_arguments() -> Refusal {
    Refusal::broken("its pickle makes a tensor or a dict out of something else than torch does")
}

fn other_storage() -> Refusal {
    Refusal::broken("its pickle names a storage in another way than torch does")
}
