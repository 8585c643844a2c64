//! Pickles, operation by operation.

use super::{ChangeBytes, Dice};

/// What a state dict, or an attacker, asks Python for.
const GLOBALS: [&str; 22] = [
    "collections\nOrderedDict\n",
    "torch\nSize\n",
    "torch\nFloatStorage\n",
    "torch\nHalfStorage\n",
    "torch\nBFloat16Storage\n",
    "torch\nDoubleStorage\n",
    "torch\nLongStorage\n",
    "torch\nUntypedStorage\n",
    "torch.storage\nUntypedStorage\n",
    "torch.storage\nTypedStorage\n",
    "torch\nfloat32\n",
    "torch\nTensor\n",
    "torch\ndevice\n",
    "torch.nn.parameter\nParameter\n",
    "torch._utils\n_rebuild_tensor\n",
    "torch._utils\n_rebuild_tensor_v2\n",
    "torch._utils\n_rebuild_tensor_v3\n",
    "torch._utils\n_rebuild_parameter\n",
    "torch._tensor\n_rebuild_from_type_v2\n",
    "torch.serialization\n_get_layout\n",
    "os\nsystem\n",
    "builtins\neval\n",
];

const TEXTS: [&str; 12] = [
    "features.0.weight",
    "features.0.bias",
    "features.2.weight",
    "0.weight",
    "state_dict",
    "storage",
    "cpu",
    "0",
    "1",
    "torch.storage",
    "UntypedStorage",
    "../0",
];

/// Operations without an argument; some of them no state dict has.
const BARE: &[u8] = b"(.NR]abe}st)u012Qldo\x81\x85\x86\x87\x88\x89\x93\x94\x8f\x90\x91\x92\x97\x98";

/// Changes one or more operations of a pickle, or of several one after the other.
pub fn mutate(pickle: &[u8], dice: &mut Dice, change: ChangeBytes<'_>) -> Vec<u8> {
    let mut operations = split(pickle);
    loop {
        mutate_operation(&mut operations, dice, change);
        if !dice.one_in(3) {
            return operations.concat();
        }
    }
}

fn mutate_operation(operations: &mut Vec<Vec<u8>>, dice: &mut Dice, change: ChangeBytes<'_>) {
    let at = dice.below(operations.len());
    let end = at + dice.below((operations.len() - at).min(16) + 1);
    let other = dice.below(operations.len());
    match dice.below(8) {
        0 => drop(operations.drain(at..end)),
        1 => {
            let repeated = operations[at..end].to_vec();
            operations.splice(other..other, repeated);
        }
        2 if at < operations.len() => operations.swap(at, other),
        3 | 4 => operations.insert(at, operation(dice)),
        choice => {
            if let Some(operation) = operations.get_mut(at) {
                match choice {
                    5 => change(operation, dice),
                    _ => other_argument(operation, dice),
                }
            }
        }
    }
}

/// An operation with an argument that fits.
fn operation(dice: &mut Dice) -> Vec<u8> {
    let number = dice.edge(1).to_le_bytes();
    let text = TEXTS[dice.below(TEXTS.len())].as_bytes();
    let length = (text.len() as u32).to_le_bytes();
    match dice.below(12) {
        0 => [b"c", GLOBALS[dice.below(GLOBALS.len())].as_bytes()].concat(),
        1 => [b"X", &length[..], text].concat(),
        2 => [b"\x8c", &length[..1], text].concat(),
        3 => [b"K", &number[..1]].concat(),
        4 => [b"M", &number[..2]].concat(),
        5 => [b"J", &number[..4]].concat(),
        6 => [b"\x8a\x08", &number[..]].concat(),
        7 => vec![b'h', dice.below(32) as u8],
        8 => vec![b'q', dice.below(32) as u8],
        9 => [b"r", &number[..4]].concat(),
        _ => vec![BARE[dice.below(BARE.len())]],
    }
}

/// Another number, global or text, under the same operation.
fn other_argument(operation: &mut Vec<u8>, dice: &mut Dice) {
    match operation.first() {
        Some(b'c') => *operation = [b"c", GLOBALS[dice.below(GLOBALS.len())].as_bytes()].concat(),
        Some(b'X') => {
            let text = TEXTS[dice.below(TEXTS.len())].as_bytes();
            *operation = [b"X", &(text.len() as u32).to_le_bytes()[..], text].concat();
        }
        _ if operation.len() > 1 => super::bytes::write_number(operation, 1, dice),
        _ => operation.clone_from(&vec![BARE[dice.below(BARE.len())]]),
    }
}

/// Operations with their arguments; what is none stands by itself.
fn split(pickle: &[u8]) -> Vec<Vec<u8>> {
    let mut operations = Vec::new();
    let mut rest = pickle;
    while !rest.is_empty() {
        let (operation, after) = rest.split_at(length(rest).min(rest.len()));
        operations.push(operation.to_vec());
        rest = after;
    }
    operations
}

fn length(pickle: &[u8]) -> usize {
    let number = |width: usize| {
        let bytes = pickle.get(1..=width).unwrap_or_default().iter().rev();
        bytes.fold(0, |number, &byte| (number << 8) | usize::from(byte))
    };
    let counted = |width: usize| number(width).saturating_add(1 + width);
    let lines = |count: usize| {
        pickle
            .split_inclusive(|&byte| byte == b'\n')
            .take(count)
            .map(<[u8]>::len)
            .sum()
    };
    match pickle.first() {
        Some(b'K' | b'h' | b'q' | 0x80) => 2,
        Some(b'M') => 3,
        Some(b'J' | b'j' | b'r') => 5,
        Some(b'G' | 0x95) => 9,
        Some(b'U' | b'C' | 0x8a | 0x8c) => counted(1),
        Some(b'T' | b'X' | b'B') => counted(4),
        Some(0x8d | 0x8e | 0x96) => counted(8),
        Some(b'c' | b'i') => lines(2),
        Some(b'F' | b'I' | b'L' | b'P' | b'S' | b'V' | b'g' | b'p') => lines(1),
        _ => 1,
    }
}
