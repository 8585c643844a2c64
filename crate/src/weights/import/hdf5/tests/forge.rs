//! HDF5 files written by hand, byte by byte, because no library writes what a hostile one may say. The oldest form of
//! every structure, which has no checksums.

/// An address that names nothing.
pub(super) const NOWHERE: u64 = u64::MAX;

const SUPERBLOCK: usize = 96;

/// Message types of an object header.
const DATASPACE: u16 = 1;
const DATATYPE: u16 = 3;
const LAYOUT: u16 = 8;
const SYMBOL_TABLE: u16 = 17;

/// A file in the making.
pub(super) struct Forge {
    bytes: Vec<u8>,
}

impl Forge {
    pub(super) fn new() -> Self {
        Self {
            bytes: vec![0; SUPERBLOCK],
        }
    }

    /// Appends bytes and says where they are.
    pub(super) fn place(&mut self, bytes: &[u8]) -> u64 {
        let address = self.bytes.len() as u64;
        self.bytes.extend_from_slice(bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        address
    }

    fn header(&mut self, messages: &[(u16, &[u8])]) -> u64 {
        let mut records = Vec::new();
        for (kind, body) in messages {
            let padded = body.len().next_multiple_of(8);
            records.extend(kind.to_le_bytes());
            records.extend((padded as u16).to_le_bytes());
            records.extend([0; 4]);
            records.extend_from_slice(body);
            records.resize(records.len() + padded - body.len(), 0);
        }
        let mut header = vec![1, 0];
        header.extend((messages.len() as u16).to_le_bytes());
        header.extend(1_u32.to_le_bytes());
        header.extend((records.len() as u32).to_le_bytes());
        header.extend([0; 4]);
        header.extend(records);
        self.place(&header)
    }

    /// A group of links by name to addresses.
    pub(super) fn group(&mut self, links: &[(&str, u64)]) -> u64 {
        let mut names = vec![0; 8];
        let mut places = Vec::new();
        for &(name, target) in links {
            places.push((names.len() as u64, target));
            names.extend_from_slice(name.as_bytes());
            names.resize((names.len() + 1).next_multiple_of(8), 0);
        }
        let heap = self.heap(&names);
        let symbols = self.symbols(&places);
        let tree = self.tree(0, &[symbols]);
        self.group_of(tree, heap)
    }

    /// A group whose links are in this tree and their names in this heap.
    pub(super) fn group_of(&mut self, tree: u64, heap: u64) -> u64 {
        self.header(&[(SYMBOL_TABLE, &numbers(&[tree, heap]))])
    }

    pub(super) fn heap(&mut self, names: &[u8]) -> u64 {
        let segment = self.place(names);
        let fields = numbers(&[names.len() as u64, 1, segment]);
        self.place(&[b"HEAP\0\0\0\0".as_slice(), &fields].concat())
    }

    /// Links, as offsets of their names in the heap and addresses.
    pub(super) fn symbols(&mut self, links: &[(u64, u64)]) -> u64 {
        let mut node = b"SNOD\x01\0".to_vec();
        node.extend((links.len() as u16).to_le_bytes());
        for &(name, target) in links {
            node.extend(numbers(&[name, target, 0, 0, 0]));
        }
        self.place(&node)
    }

    /// A node of a group's tree.
    pub(super) fn tree(&mut self, level: u8, children: &[u64]) -> u64 {
        let mut node = b"TREE\0".to_vec();
        node.push(level);
        node.extend((children.len() as u16).to_le_bytes());
        node.extend(numbers(&[NOWHERE, NOWHERE, 0]));
        for &child in children {
            node.extend(numbers(&[child, 0]));
        }
        self.place(&node)
    }

    pub(super) fn dataset(&mut self, shape: &[u64], datatype: &[u8], layout: &[u8]) -> u64 {
        let mut space = vec![1, shape.len() as u8, 0, 0, 0, 0, 0, 0];
        space.extend(numbers(shape));
        self.header(&[(DATASPACE, &space), (DATATYPE, datatype), (LAYOUT, layout)])
    }

    /// A dataset of 32-bit floats in one piece.
    pub(super) fn floats(&mut self, shape: &[u64], values: &[f32]) -> u64 {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let address = self.place(&bytes);
        self.dataset(shape, &FLOAT, &contiguous(address, bytes.len() as u64))
    }

    /// The file.
    pub(super) fn finish(mut self, root: u64) -> Vec<u8> {
        let mut superblock = b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0\0\0\0\0".to_vec();
        let end = self.bytes.len() as u64;
        superblock.extend(numbers(&[0, NOWHERE, end, NOWHERE, 0, root, 0, 0, 0]));
        self.bytes[..SUPERBLOCK].copy_from_slice(&superblock);
        self.bytes
    }
}

/// Little-endian IEEE 754 of 32 bits.
pub(super) const FLOAT: [u8; 20] = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

/// The layout of a dataset in one piece.
pub(super) fn contiguous(address: u64, length: u64) -> Vec<u8> {
    [vec![3, 1], numbers(&[address, length])].concat()
}

/// The layout of a dataset in chunks of 32-bit floats, under a tree at this address.
pub(super) fn chunked(tree: u64, sides: &[u32]) -> Vec<u8> {
    let mut layout = vec![3, 2, sides.len() as u8 + 1];
    layout.extend(tree.to_le_bytes());
    layout.extend(sides.iter().chain(&[4]).flat_map(|side| side.to_le_bytes()));
    layout
}

/// A node of a dataset's tree: chunks of so many bytes, by place and address.
pub(super) fn chunk_tree(bytes: u32, chunks: &[(&[u64], u64)]) -> Vec<u8> {
    let mut node = b"TREE\x01\0".to_vec();
    node.extend((chunks.len() as u16).to_le_bytes());
    node.extend(numbers(&[NOWHERE, NOWHERE]));
    for &(place, address) in chunks {
        node.extend(bytes.to_le_bytes());
        node.extend([0; 4]);
        node.extend(numbers(place));
        node.extend(numbers(&[0, address]));
    }
    // The key after the last child.
    node.extend([0; 64]);
    node
}

fn numbers(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}
