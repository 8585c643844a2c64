//! The values of a pickle, which refer to each other by position.

use super::globals::{Dtype, Global};

/// A value. Small and copied freely: what has parts keeps them in the [`Heap`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    /// Something that no tensor needs: None, a float, bytes, an object of a harmless class.
    Other,
    Boolean(bool),
    Integer(i64),
    /// An integer beyond 64 bits: its bytes, little-endian.
    Long(&'a [u8]),
    Text(&'a str),
    Tuple(Run),
    List(usize),
    Dict(usize),
    Storage(usize),
    Tensor(usize),
    /// A name on the list, not yet called.
    Global(Global),
}

// The bound on a pickle's memory rests on it.
const _: () = assert!(size_of::<Value<'_>>() <= 24);

impl Value<'_> {
    /// The integer, where it is one and not below zero.
    pub(crate) fn unsigned(self) -> Option<u64> {
        match self {
            Self::Integer(number) => u64::try_from(number).ok(),
            _ => None,
        }
    }
}

/// The items of a tuple, which never change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    first: usize,
    length: usize,
}

/// A run of numbers in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Storage<'a> {
    /// What the file calls it.
    pub(crate) key: &'a str,
    pub(crate) dtype: &'static Dtype,
    /// Numbers of `dtype`.
    pub(crate) count: u64,
}

/// A view of a storage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tensor<'a> {
    pub(crate) storage: Storage<'a>,
    pub(crate) dtype: &'static Dtype,
    /// Numbers of `dtype` before the first.
    pub(crate) offset: u64,
    pub(crate) shape: Run,
    pub(crate) strides: Run,
}

/// Where the parts of a pickle's values are kept. Positions are only ever given out by the methods here.
#[derive(Default)]
pub(crate) struct Heap<'a> {
    items: Vec<Value<'a>>,
    lists: Vec<Vec<Value<'a>>>,
    /// Entries with a text as key; others, such as an optimizer's numbered ones, are nobody's tensors.
    dicts: Vec<Vec<(&'a str, Value<'a>)>>,
    storages: Vec<Storage<'a>>,
    /// `None` for one that is made and not yet filled.
    tensors: Vec<Option<Tensor<'a>>>,
}

impl<'a> Heap<'a> {
    pub(crate) fn tuple(&self, run: Run) -> &[Value<'a>] {
        self.items.get(run.first..run.first + run.length).unwrap_or_default()
    }

    pub(crate) fn list(&self, list: usize) -> &[Value<'a>] {
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn dict(&self, dict: usize) -> &[(&'a str, Value<'a>)] {
        self.dicts.get(dict).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn storages(&self) -> &[Storage<'a>] {
        &self.storages
    }

    pub(crate) fn storage(&self, storage: usize) -> Option<Storage<'a>> {
        self.storages.get(storage).copied()
    }

    pub(crate) fn tensor(&self, tensor: usize) -> Option<Tensor<'a>> {
        self.tensors.get(tensor).copied().flatten()
    }

    /// The last entry of a dict with this key.
    pub(crate) fn entry(&self, dict: Value<'a>, key: &str) -> Option<Value<'a>> {
        let Value::Dict(dict) = dict else { return None };
        let entry = self.dict(dict).iter().rev().find(|(name, _)| *name == key);
        entry.map(|&(_, value)| value)
    }

    pub(super) fn new_tuple(&mut self, items: impl Iterator<Item = Value<'a>>) -> Value<'a> {
        let first = self.items.len();
        self.items.extend(items);
        let length = self.items.len() - first;
        Value::Tuple(Run { first, length })
    }

    pub(super) fn new_list(&mut self) -> Value<'a> {
        self.lists.push(Vec::new());
        Value::List(self.lists.len() - 1)
    }

    pub(super) fn new_dict(&mut self) -> usize {
        self.dicts.push(Vec::new());
        self.dicts.len() - 1
    }

    pub(super) fn new_storage(&mut self, storage: Storage<'a>) -> Value<'a> {
        self.storages.push(storage);
        Value::Storage(self.storages.len() - 1)
    }

    pub(super) fn new_tensor(&mut self, tensor: Option<Tensor<'a>>) -> Value<'a> {
        self.tensors.push(tensor);
        Value::Tensor(self.tensors.len() - 1)
    }

    pub(super) fn append(&mut self, list: usize, items: impl Iterator<Item = Value<'a>>) {
        if let Some(list) = self.lists.get_mut(list) {
            list.extend(items);
        }
    }

    /// Inserts what alternates: a key, its value.
    pub(super) fn insert(&mut self, dict: usize, mut items: impl Iterator<Item = Value<'a>>) {
        let Some(dict) = self.dicts.get_mut(dict) else { return };
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            if let Value::Text(key) = key {
                dict.push((key, value));
            }
        }
    }

    /// The pairs of a list, as keys and values that alternate; `None` where its items are not pairs.
    pub(super) fn pairs(&self, list: usize) -> Option<Vec<Value<'a>>> {
        let items = |pair: &Value<'a>| match *pair {
            Value::Tuple(pair) => <[_; 2]>::try_from(self.tuple(pair)).ok(),
            Value::List(pair) => <[_; 2]>::try_from(self.list(pair)).ok(),
            _ => None,
        };
        let pairs: Option<Vec<_>> = self.list(list).iter().map(items).collect();
        Some(pairs?.concat())
    }

    /// Fills a tensor that was made without contents; one that has some keeps them.
    pub(super) fn fill(&mut self, tensor: usize, contents: Tensor<'a>) {
        if let Some(empty @ None) = self.tensors.get_mut(tensor) {
            *empty = Some(contents);
        }
    }
}
