//! Checkpoints made by hand: pickles, stored zips, and the older form.

/// A tensor to be pickled; by default `features.0.bias` of two numbers, alone in storage 1.
#[derive(Clone)]
pub(super) struct Tensor {
    pub(super) name: &'static str,
    pub(super) class: &'static str,
    pub(super) key: &'static str,
    pub(super) count: i32,
    pub(super) offset: i32,
    pub(super) shape: Vec<i32>,
    pub(super) strides: Vec<i32>,
}

pub(super) fn bias() -> Tensor {
    Tensor {
        name: "features.0.bias",
        class: "FloatStorage",
        key: "1",
        count: 2,
        offset: 0,
        shape: vec![2],
        strides: vec![1],
    }
}

/// `features.0.weight`, two outputs, alone in storage 0.
pub(super) fn weight() -> Tensor {
    Tensor {
        name: "features.0.weight",
        class: "FloatStorage",
        key: "0",
        count: 54,
        offset: 0,
        shape: vec![2, 3, 3, 3],
        strides: vec![27, 9, 3, 1],
    }
}

/// The numbers of [`weight`] and [`bias`].
pub(super) fn numbers() -> (Vec<f32>, Vec<f32>) {
    ((0..54).map(|number| number as f32 / 4.0).collect(), vec![-1.0, 0.5])
}

pub(super) fn bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

pub(super) fn text(text: &str) -> Vec<u8> {
    [b"X".as_slice(), &(text.len() as u32).to_le_bytes(), text.as_bytes()].concat()
}

pub(super) fn integer(number: i32) -> Vec<u8> {
    [b"J".as_slice(), &number.to_le_bytes()].concat()
}

pub(super) fn global(module: &str, name: &str) -> Vec<u8> {
    format!("c{module}\n{name}\n").into_bytes()
}

pub(super) fn tuple(items: &[Vec<u8>]) -> Vec<u8> {
    [b"(".as_slice(), &items.concat(), b"t"].concat()
}

pub(super) fn integers(numbers: &[i32]) -> Vec<u8> {
    tuple(&numbers.iter().map(|&number| integer(number)).collect::<Vec<_>>())
}

/// A storage by its persistent id.
pub(super) fn storage(class: &str, key: &str, count: i32) -> Vec<u8> {
    let id = [
        text("storage"),
        global("torch", class),
        text(key),
        text("cpu"),
        integer(count),
    ];
    [tuple(&id), b"Q".to_vec()].concat()
}

/// Storage, offset, size, strides.
pub(super) fn parts(tensor: &Tensor) -> Vec<Vec<u8>> {
    vec![
        storage(tensor.class, tensor.key, tensor.count),
        integer(tensor.offset),
        integers(&tensor.shape),
        integers(&tensor.strides),
    ]
}

/// A call of `_rebuild_tensor_v2`.
pub(super) fn rebuilt(tensor: &Tensor) -> Vec<u8> {
    let hooks = [global("collections", "OrderedDict"), b")R".to_vec()].concat();
    let arguments = [parts(tensor), vec![b"\x89".to_vec(), hooks]].concat();
    [
        global("torch._utils", "_rebuild_tensor_v2"),
        tuple(&arguments),
        b"R".to_vec(),
    ]
    .concat()
}

/// A dict of names and values.
pub(super) fn dict(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let entries = entries.iter().flat_map(|(name, value)| [text(name), value.clone()]);
    [b"}(".as_slice(), &entries.collect::<Vec<_>>().concat(), b"u"].concat()
}

pub(super) fn state_dict(tensors: &[Tensor]) -> Vec<u8> {
    let entries: Vec<_> = tensors.iter().map(|tensor| (tensor.name, rebuilt(tensor))).collect();
    dict(&entries)
}

/// A whole pickle of protocol 2.
pub(super) fn pickle(object: &[u8]) -> Vec<u8> {
    [b"\x80\x02", object, b"."].concat()
}

/// An entry of a zip.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) contents: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
}

pub(super) fn entry(name: &str, contents: impl Into<Vec<u8>>) -> Entry {
    Entry {
        name: name.to_owned(),
        contents: contents.into(),
        flags: 0,
        method: 0,
    }
}

/// A zip without checksums, as torch writes on request.
pub(super) fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let size = (entry.contents.len() as u32).to_le_bytes();
        let common = [
            entry.flags.to_le_bytes().as_slice(),
            &entry.method.to_le_bytes(),
            &[0; 8],
            &size,
            &size,
            &(entry.name.len() as u16).to_le_bytes(),
            &[0; 2],
        ]
        .concat();
        let offset = (file.len() as u32).to_le_bytes();
        let before = [b"PK\x01\x02\0\0\0\0".as_slice(), &common, &[0; 10], &offset].concat();
        directory.extend([before, entry.name.clone().into_bytes()].concat());
        file.extend(
            [
                b"PK\x03\x04\0\0".as_slice(),
                &common,
                entry.name.as_bytes(),
                &entry.contents,
            ]
            .concat(),
        );
    }
    let (offset, size) = (file.len() as u32, directory.len() as u32);
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0\0\0\0\0");
    file.extend([size.to_le_bytes(), offset.to_le_bytes()].concat());
    file.extend([0; 2]);
    file
}

/// The entries of a checkpoint with this pickle and these storages.
pub(super) fn entries(pickle: &[u8], storages: &[(&str, Vec<u8>)]) -> Vec<Entry> {
    let storages = storages
        .iter()
        .map(|(key, numbers)| entry(&format!("any name/data/{key}"), numbers.as_slice()));
    std::iter::once(entry("any name/data.pkl", pickle))
        .chain(storages)
        .collect()
}

/// The storages of [`weight`] and [`bias`].
pub(super) fn storages() -> Vec<(&'static str, Vec<u8>)> {
    let (weight, bias) = numbers();
    vec![("0", bytes(&weight)), ("1", bytes(&bias))]
}

/// A checkpoint of this object with the storages of [`weight`] and [`bias`].
pub(super) fn checkpoint(object: &[u8]) -> Vec<u8> {
    zip(&entries(&pickle(object), &storages()))
}

/// A checkpoint with nothing but this pickle.
pub(super) fn only(pickle: &[u8]) -> Vec<u8> {
    zip(&entries(pickle, &[]))
}

/// The older form of a checkpoint, piece by piece.
#[derive(Clone)]
pub(super) struct Legacy {
    pub(super) magic: Vec<u8>,
    pub(super) version: Vec<u8>,
    pub(super) machine: Vec<u8>,
    pub(super) object: Vec<u8>,
    pub(super) keys: Vec<u8>,
    pub(super) storages: Vec<u8>,
}

impl Legacy {
    pub(super) fn file(&self) -> Vec<u8> {
        let pickles = [&self.magic, &self.version, &self.machine, &self.object, &self.keys];
        let pickles = pickles.map(|object| pickle(object)).concat();
        [pickles, self.storages.clone()].concat()
    }
}

/// [`weight`] and [`bias`] in the older form.
pub(super) fn legacy(object: &[u8]) -> Legacy {
    let numbers = |(_, bytes): (&str, Vec<u8>)| [(bytes.len() as u64 / 4).to_le_bytes().to_vec(), bytes].concat();
    Legacy {
        magic: b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19".to_vec(),
        version: integer(1001),
        machine: dict(&[("little_endian", b"\x88".to_vec())]),
        object: object.to_vec(),
        keys: [b"](".to_vec(), text("0"), text("1"), b"e".to_vec()].concat(),
        storages: storages().into_iter().flat_map(numbers).collect(),
    }
}
