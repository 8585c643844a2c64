//! Zips: torch's, and those that are not.

use super::make::{self, Entry, bias, entries, entry, pickle, state_dict, storages, weight, zip};
use super::{check_refused, read};

fn good() -> Vec<Entry> {
    entries(&pickle(&state_dict(&[weight(), bias()])), &storages())
}

fn with(extra: Entry) -> Vec<u8> {
    zip(&[good(), vec![extra]].concat())
}

#[test]
fn the_folder_has_any_name_and_checksums_may_be_wrong() {
    for folder in ["archive", "vgg16-397923af", "gewichte für später", "a/b"] {
        let renamed = good().into_iter().map(|entry| Entry {
            name: entry.name.replace("any name", folder),
            ..entry
        });
        read(zip(&renamed.collect::<Vec<_>>())).expect(folder);
    }
}

#[test]
fn a_comment_and_bytes_behind_the_directory_do_no_harm() {
    let file = zip(&good());
    read([file.as_slice(), b"PK\x05\x06 and more"].concat()).expect("a comment");
}

#[test]
fn little_endian_is_read_and_big_endian_refused() {
    read(with(entry("any name/byteorder", "little"))).expect("little");
    read(with(entry("any name/byteorder", "little\n"))).expect("little");
    check_refused(
        with(entry("any name/byteorder", "big")),
        "weights-malformed",
        "big-endian",
    );
    check_refused(
        with(entry("any name/byteorder", "")),
        "weights-malformed",
        "neither little nor big",
    );
}

#[test]
fn compressed_and_encrypted_entries_are_refused() {
    let change = |change: fn(&mut Entry)| {
        let mut entries = good();
        change(&mut entries[1]);
        zip(&entries)
    };
    let compressed = change(|entry| entry.method = 8);
    check_refused(compressed, "weights-malformed", "any name/data/0 in it is compressed");
    let encrypted = change(|entry| entry.flags = 1);
    check_refused(encrypted, "weights-malformed", "any name/data/0 in it is encrypted");
}

#[test]
fn exactly_one_pickle_is_expected() {
    check_refused(zip(&[entry("a.txt", "")]), "weights-malformed", "holds no data.pkl");
    check_refused(zip(&[]), "weights-malformed", "holds no data.pkl");
    check_refused(
        zip(&[entry("data.pkl", ")."), entry("xdata.pkl", ").")]),
        "weights-malformed",
        "holds no data.pkl",
    );
    check_refused(
        with(entry("b/data.pkl", ").")),
        "weights-malformed",
        "more than one data.pkl",
    );
    check_refused(
        with(entry("any name/data/1", "")),
        "weights-malformed",
        "has any name/data/1 twice",
    );
}

#[test]
fn a_torchscript_program_is_told_from_an_attack() {
    let script = |global: &str, code: &str| {
        let object = pickle(&[make::global(global, "VGG"), b")R".to_vec()].concat());
        zip(&[
            entry("m/data.pkl", object),
            entry("m/constants.pkl", ")."),
            entry(code, ""),
        ])
    };
    let class = "__torch__.torchvision.models.vgg";
    check_refused(script(class, "m/code/x.py"), "weights-malformed", "TorchScript program");
    check_refused(
        script(class, "x.py"),
        "weights-unsafe-pickle",
        "__torch__.torchvision.models.vgg.VGG",
    );
    check_refused(script("os", "m/code/x.py"), "weights-unsafe-pickle", "os.VGG");
}

/// Numbers in the end records that are not the file's are not believed, and nothing is allocated by them.
#[test]
fn directories_that_cannot_be_are_refused() {
    let good = zip(&good());
    let end = good.len() - 22;
    for (place, bytes) in [(12, [0xff; 4]), (16, [0xff; 4]), (12, [1, 0, 0, 0]), (16, [0; 4])] {
        let mut file = good.clone();
        file[end + place..end + place + 4].copy_from_slice(&bytes);
        check_refused(file, "weights-malformed", "zip directory is");
    }
    let size = u32::from_le_bytes(good[end + 12..end + 16].try_into().expect("four bytes"));
    for offset in [0, 1, u64::MAX, u64::MAX - 8] {
        let end64 = [
            b"PK\x06\x06".as_slice(),
            &[0; 20],
            &[0xff; 16],
            &u64::from(size).to_le_bytes(),
            &offset.to_le_bytes(),
        ];
        let locator = [b"PK\x06\x07\0\0\0\0".as_slice(), &(end as u64).to_le_bytes(), &[0; 4]].concat();
        let file = [&good[..end], &end64.concat(), &locator, &good[end..]].concat();
        check_refused(file, "weights-malformed", "zip directory is");
    }
}

#[test]
fn entries_that_lie_elsewhere_are_refused() {
    let good = zip(&good());
    let directory = good
        .windows(4)
        .position(|bytes| bytes == b"PK\x01\x02")
        .expect("a directory");
    for (place, bytes, words) in [
        (42, [1, 0, 0, 0], "is not where its zip directory says"),
        (42, [0xfe, 0xff, 0xff, 0xff], "lies beyond the file's end"),
        (42, [0xff; 4], "zip directory is damaged"),
        (24, [0xff; 4], "zip directory is damaged"),
    ] {
        let mut file = good.clone();
        file[directory + place..directory + place + 4].copy_from_slice(&bytes);
        check_refused(file, "weights-malformed", words);
    }
    let mut file = good;
    file[directory + 20..directory + 28].copy_from_slice(&[0, 0, 0, 0x10, 0, 0, 0, 0x10]);
    check_refused(
        file,
        "weights-malformed",
        "any name/data.pkl in it lies beyond the file's end",
    );
}

#[test]
fn a_long_pickle_is_refused() {
    let long = vec![b'N'; (16 << 20) + 1];
    check_refused(
        make::only(&long),
        "weights-malformed",
        "its pickle is longer than 16 MiB",
    );
}
