//! safetensors: the length follows the header, and mostly the numbers do too.

use super::{ChangeBytes, Dice, json};

/// The longest run of numbers that is made up to fit a header.
const LONGEST: usize = 4096;

/// Changes the header, and sometimes the numbers.
pub fn mutate(input: &[u8], dice: &mut Dice, change: ChangeBytes<'_>) -> Vec<u8> {
    let (mut header, mut numbers) = split(input);
    match dice.below(8) {
        0 => change(&mut header, dice),
        1 => change(&mut numbers, dice),
        _ => header = json::mutate(&header, dice, change),
    }
    if !dice.one_in(4) {
        fit(&header, &mut numbers);
    }
    [&(header.len() as u64).to_le_bytes()[..], &header, &numbers].concat()
}

fn split(input: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let Some((length, rest)) = input.split_first_chunk() else {
        return (b"{}".to_vec(), Vec::new());
    };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let (header, numbers) = rest.split_at(length.min(rest.len()));
    (header.to_vec(), numbers.to_vec())
}

/// Makes the numbers as long as the largest offset says.
fn fit(header: &[u8], numbers: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(header);
    let ends = text.split("\"data_offsets\"").skip(1).filter_map(|entry| {
        let (offsets, _) = entry.split_once(']')?;
        let (_, end) = offsets.split_once(',')?;
        end.trim().parse::<usize>().ok()
    });
    if let Some(end) = ends.max().filter(|&end| end <= LONGEST) {
        numbers.resize(end, 0x3c);
    }
}
