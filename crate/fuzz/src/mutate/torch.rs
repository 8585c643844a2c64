//! torch.save's files: the pickle in a zip, or the pickles of the older form.

use super::zip::{self, File};
use super::{ChangeBytes, Dice, pickle};

/// Names that torch looks for in a zip.
const NAMES: [&str; 8] = [
    "archive/data.pkl",
    "data.pkl",
    "archive/byteorder",
    "archive/version",
    "archive/data/0",
    "archive/data/1",
    "archive/constants.pkl",
    "other/data.pkl",
];

/// Changes the pickle most of the time.
pub fn mutate(input: &[u8], dice: &mut Dice, change: ChangeBytes<'_>) -> Vec<u8> {
    let mut files = zip::split(input);
    if files.is_empty() {
        return pickle::mutate(input, dice, change);
    }
    match files.iter_mut().find(|file| file.name.ends_with(b"data.pkl")) {
        Some(program) if !dice.one_in(5) => program.contents = pickle::mutate(&program.contents, dice, change),
        _ => mutate_file(&mut files, dice, change),
    }
    let mut zip = zip::join(&files);
    if dice.one_in(6) {
        // The directory itself: it is at the end.
        let at = zip.len() - 1 - dice.below(zip.len().min(22 + 60 * files.len()));
        super::bytes::write_number(&mut zip, at, dice);
    }
    zip
}

fn mutate_file(files: &mut Vec<File>, dice: &mut Dice, change: ChangeBytes<'_>) {
    let at = dice.below(files.len());
    let other = dice.below(files.len());
    match dice.below(5) {
        0 => drop(files.remove(at)),
        1 => files.insert(at, files[other].clone()),
        2 => files.swap(at, other),
        3 => files[at].name = NAMES[dice.below(NAMES.len())].into(),
        _ => change(&mut files[at].contents, dice),
    }
}
