//! JSON, word by word.

use super::{ChangeBytes, Dice};

/// What an index, a header or a catalogue may say, and what it had better not.
const WORDS: [&str; 53] = [
    "\"features.0.weight\"",
    "\"features.0.bias\"",
    "\"features.2.weight\"",
    "\"module.features.28.bias\"",
    "\"block1_conv1.weight\"",
    "\"block1_conv1.kernel\"",
    "\"block1_conv2.bias\"",
    "\"block5_conv3.weight\"",
    "\"block1_conv1/block1_conv1_W_1:0\"",
    "\"0.weight\"",
    "\"__metadata__\"",
    "\"dtype\"",
    "\"shape\"",
    "\"data_offsets\"",
    "\"F16\"",
    "\"BF16\"",
    "\"F32\"",
    "\"F64\"",
    "\"I64\"",
    "\"C64\"",
    "\"metadata\"",
    "\"weight_map\"",
    "\"shards\"",
    "\"sha256\"",
    "\"bytes\"",
    "\"format_version\"",
    "\"preprocessing\"",
    "\"caffe-rgb\"",
    "\"architecture\"",
    "\"vgg16\"",
    "\"total_size\"",
    "\"default\"",
    "\"models\"",
    "\"id\"",
    "\"name\"",
    "\"sources\"",
    "\"download\"",
    "\"md5\"",
    "\"https://h/w/\"",
    "\"javascript:alert(1)\"",
    "\"//me:secret@h/\"",
    "\"a%2f..%2f..%2fb\"",
    "\"\\u202e\"",
    "1e11",
    "\"../a\"",
    "\"%2e%2e\"",
    "\"\\u0000\\ud834\\udd1e\"",
    "\"\\ud800\"",
    "null",
    "true",
    "{}",
    "[]",
    "1e400",
];

/// Changes one or more words.
pub fn mutate(text: &[u8], dice: &mut Dice, change: ChangeBytes<'_>) -> Vec<u8> {
    let mut words = split(text);
    loop {
        mutate_word(&mut words, dice, change);
        if !dice.one_in(3) {
            return words.concat();
        }
    }
}

fn mutate_word(words: &mut Vec<Vec<u8>>, dice: &mut Dice, change: ChangeBytes<'_>) {
    let at = dice.below(words.len());
    let end = at + dice.below((words.len() - at).min(24) + 1);
    let other = dice.pick(words).cloned().unwrap_or_default();
    match dice.below(8) {
        0 => drop(words.drain(at..end)),
        1 => {
            let repeated = words[at..end].to_vec();
            words.splice(at..at, repeated);
        }
        2 => words.insert(at, other),
        3 => nest(words, at, dice),
        choice => {
            let Some(word) = words.get_mut(at) else { return };
            match (choice, number(word)) {
                (4, _) => *word = other,
                (5, _) => change(word, dice),
                (_, Some(known)) => *word = other_number(known, dice),
                _ => *word = WORDS[dice.below(WORDS.len())].into(),
            }
        }
    }
}

fn nest(words: &mut Vec<Vec<u8>>, at: usize, dice: &mut Dice) {
    let depth = 1 << dice.below(9);
    let open = if dice.one_in(2) { "[" } else { "{\"a\":" };
    words.insert(at, open.repeat(depth).into());
}

fn number(word: &[u8]) -> Option<u64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

fn other_number(known: u64, dice: &mut Dice) -> Vec<u8> {
    let number = dice.edge(known);
    match dice.below(12) {
        0 => format!("-{number}"),
        1 => format!("{number}.5"),
        2 => format!("{number}0"),
        _ => number.to_string(),
    }
    .into()
}

/// Texts, numbers and names whole, everything else byte by byte.
fn split(text: &[u8]) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(&first) = rest.first() {
        let length = match first {
            b'"' => text_length(rest),
            _ if is_name(first) => rest.iter().take_while(|&&byte| is_name(byte)).count(),
            _ => 1,
        };
        let (word, after) = rest.split_at(length);
        words.push(word.to_vec());
        rest = after;
    }
    words
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.' | b'_')
}

fn text_length(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        at += if byte == b'\\' { 2 } else { 1 };
        if byte == b'"' {
            break;
        }
    }
    at.min(text.len())
}
