//! The older form: pickles one after another, then the numbers.

use super::make::{self, Legacy, bias, dict, integer, legacy, pickle, state_dict, text, weight};
use super::{check_refused, read};

fn good() -> Legacy {
    legacy(&state_dict(&[weight(), bias()]))
}

#[track_caller]
fn check_changed(change: impl FnOnce(&mut Legacy), words: &str) {
    let mut file = good();
    change(&mut file);
    check_refused(file.file(), "weights-malformed", words);
}

#[test]
fn the_older_form_is_read() {
    let (weight, bias) = make::numbers();
    let layers = read(good().file()).expect("a checkpoint");
    assert_eq!((&layers[0].weight, &layers[0].bias), (&weight, &bias));
}

#[test]
fn each_piece_is_checked() {
    check_changed(|file| file.magic = integer(7), "bare pickle");
    check_changed(|file| file.magic = b"\x8a\x09abcdefghi".to_vec(), "bare pickle");
    check_changed(|file| file.version = integer(1002), "version is not 1001");
    check_changed(|file| file.machine = b"}".to_vec(), "does not tell its byte order");
    check_changed(
        |file| file.machine = dict(&[("little_endian", b"\x89".to_vec())]),
        "big-endian",
    );
    check_changed(|file| file.keys = b"}".to_vec(), "list of storages is missing");
    check_changed(
        |file| file.keys = [b"](".to_vec(), integer(0), b"e".to_vec()].concat(),
        "no tensor uses",
    );
    check_changed(
        |file| file.keys = [b"](".to_vec(), text("7"), b"e".to_vec()].concat(),
        "no tensor uses",
    );
    check_changed(|file| file.keys = b"]".to_vec(), "is in storage 0, which is missing");
    check_changed(
        |file| file.storages[0] = 53,
        "storage 0 has 53 numbers where its tensors say 54",
    );
}

#[test]
fn a_file_that_ends_early_says_how_much_is_missing() {
    let whole = good().file();
    let words = format!("has {} bytes where {} are promised", whole.len() - 1, whole.len());
    check_refused(whole[..whole.len() - 1].to_vec(), "weights-truncated", &words);
    for length in 1..whole.len() {
        read(whole[..length].to_vec()).expect_err("cut");
    }
}

#[test]
fn storages_longer_than_any_file_are_refused() {
    let huge = make::Tensor {
        count: i32::MAX,
        ..weight()
    };
    let file = legacy(&state_dict(&[huge, bias()]));
    check_refused(file.file(), "weights-truncated", "bytes where 85");
    let count = [b"\x8a\x08".to_vec(), i64::MAX.to_le_bytes().to_vec()].concat();
    let object = make::state_dict(&[weight(), bias()]);
    let position = object
        .windows(5)
        .position(|bytes| bytes == integer(54))
        .expect("a count");
    let object = [&object[..position], &count, &object[position + 5..]].concat();
    check_refused(
        legacy(&object).file(),
        "weights-malformed",
        "storage 0 lies beyond any file's end",
    );
}

#[test]
fn bare_pickles_are_told_and_their_globals_first() {
    check_refused(
        pickle(b"}"),
        "weights-malformed",
        "it is a bare pickle, not what torch.save writes",
    );
    let asking = pickle(&make::global("numpy", "load"));
    check_refused(asking, "weights-unsafe-pickle", "numpy.load");
}

/// What torch wrote until early 2017.
#[test]
fn tar_archives_are_told() {
    let mut tar = vec![0; 10_240];
    tar[..8].copy_from_slice(b"sys_info");
    tar[257..262].copy_from_slice(b"ustar");
    check_refused(tar, "weights-malformed", "it is a tar archive");
}

#[test]
fn a_long_pickle_is_refused() {
    let text = [b"B".to_vec(), (17_u32 << 20).to_le_bytes().to_vec(), vec![0; 17 << 20]].concat();
    check_changed(|file| file.object = text, "its pickle is longer than 16 MiB");
}
