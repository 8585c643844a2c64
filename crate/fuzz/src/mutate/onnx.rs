//! ONNX: protobuf, field by field; lengths follow.

use super::{ChangeBytes, Dice};

/// Messages in messages that are taken apart.
const DEEPEST: usize = 6;

const TEXTS: [&str; 20] = [
    "Conv",
    "Relu",
    "MaxPool",
    "Add",
    "Identity",
    "Constant",
    "Transpose",
    "kernel_shape",
    "strides",
    "pads",
    "dilations",
    "group",
    "auto_pad",
    "SAME_UPPER",
    "value",
    "features.0.weight",
    "location",
    "length",
    "offset",
    "../a",
];

#[derive(Clone)]
struct Field {
    number: u64,
    value: Value,
}

#[derive(Clone)]
enum Value {
    Varint(u64),
    Fixed(Vec<u8>),
    Bytes(Vec<u8>),
    Message(Vec<Field>),
}

/// Changes one or more fields.
pub fn mutate(input: &[u8], dice: &mut Dice, change: ChangeBytes<'_>) -> Vec<u8> {
    let Some(mut fields) = split(input, DEEPEST) else {
        let mut changed = input.to_vec();
        change(&mut changed, dice);
        return changed;
    };
    loop {
        mutate_fields(&mut fields, dice, change);
        if !dice.one_in(3) {
            return join(&fields);
        }
    }
}

fn mutate_fields(fields: &mut Vec<Field>, dice: &mut Dice, change: ChangeBytes<'_>) {
    let at = dice.below(fields.len());
    // Deep fields are many: mostly go down where there is a message.
    if let Some(Field {
        value: Value::Message(inner),
        ..
    }) = fields.get_mut(at)
        && !dice.one_in(5)
    {
        return mutate_fields(inner, dice, change);
    }
    let other = dice.below(fields.len());
    match dice.below(7) {
        0 if !fields.is_empty() => drop(fields.remove(at)),
        1 if !fields.is_empty() => fields.insert(other, fields[at].clone()),
        2 if !fields.is_empty() => fields.swap(at, other),
        3 => fields.insert(at, made_up(dice)),
        choice => {
            if let Some(field) = fields.get_mut(at) {
                mutate_field(field, choice, dice, change);
            }
        }
    }
}

fn made_up(dice: &mut Dice) -> Field {
    let text = TEXTS[dice.below(TEXTS.len())];
    Field {
        number: dice.below(21) as u64,
        value: match dice.below(3) {
            0 => Value::Varint(dice.edge(1)),
            _ => Value::Bytes(text.into()),
        },
    }
}

fn mutate_field(field: &mut Field, choice: usize, dice: &mut Dice, change: ChangeBytes<'_>) {
    if choice == 4 {
        field.number = if dice.one_in(2) {
            dice.below(21) as u64
        } else {
            dice.edge(field.number)
        };
        return;
    }
    match &mut field.value {
        Value::Varint(number) => {
            *number = if dice.one_in(2) {
                dice.below(17) as u64
            } else {
                dice.edge(*number)
            }
        }
        Value::Bytes(bytes) if dice.one_in(3) => *bytes = TEXTS[dice.below(TEXTS.len())].into(),
        Value::Bytes(bytes) | Value::Fixed(bytes) => change(bytes, dice),
        Value::Message(inner) => {
            let mut bytes = join(inner);
            change(&mut bytes, dice);
            field.value = Value::Bytes(bytes);
        }
    }
}

/// The fields of a message; `None` for what is none.
fn split(message: &[u8], depth: usize) -> Option<Vec<Field>> {
    let mut rest = message;
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let key = take_varint(&mut rest)?;
        let value = match key & 7 {
            0 => Value::Varint(take_varint(&mut rest)?),
            1 => Value::Fixed(take(&mut rest, 8)?.to_vec()),
            5 => Value::Fixed(take(&mut rest, 4)?.to_vec()),
            2 => {
                let length = take_varint(&mut rest)?;
                let bytes = take(&mut rest, usize::try_from(length).ok()?)?;
                inner(bytes, depth).map_or_else(|| Value::Bytes(bytes.to_vec()), Value::Message)
            }
            _ => return None,
        };
        fields.push(Field {
            number: key >> 3,
            value,
        });
    }
    Some(fields)
}

/// Text may look like a message, and hardly ever like one with small field numbers throughout.
fn inner(bytes: &[u8], depth: usize) -> Option<Vec<Field>> {
    let fields = split(bytes, depth.checked_sub(1)?)?;
    let plausible = !fields.is_empty() && fields.iter().all(|field| (1..=25).contains(&field.number));
    plausible.then_some(fields)
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn take_varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *take(rest, 1)?.first()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn join(fields: &[Field]) -> Vec<u8> {
    let mut message = Vec::new();
    for Field { number, value } in fields {
        let (kind, bytes) = match value {
            Value::Varint(number) => (0, varint(*number)),
            Value::Fixed(bytes) => (if bytes.len() == 8 { 1 } else { 5 }, bytes.clone()),
            Value::Bytes(bytes) => (2, [varint(bytes.len() as u64), bytes.clone()].concat()),
            Value::Message(inner) => {
                let bytes = join(inner);
                (2, [varint(bytes.len() as u64), bytes].concat())
            }
        };
        message.extend(varint(number << 3 | kind));
        message.extend(bytes);
    }
    message
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
