//! The files of the reference: `tests/reference/weights` and `tests/reference/bad`.

use std::path::{Path, PathBuf};

use half::{bf16, f16};

use super::{check_refused, read};
use crate::weights::untrained::convolutions;

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/reference")
}

fn load(file: &str) -> Vec<u8> {
    std::fs::read(reference().join(file)).expect(file)
}

#[test]
fn good_files_give_the_numbers_that_were_saved() {
    let narrow = convolutions(11, 16);
    for variant in [
        "",
        "_legacy",
        "_with_classifier",
        "_nested",
        "_dataparallel",
        "_features_only",
        "_channels_last",
    ] {
        let found = read(load(&format!("weights/vgg16_narrow16{variant}.pth"))).expect(variant);
        assert!(found == narrow, "{variant}");
    }
    assert!(read(load("bad/good_twin.pth")).expect("good twin") == convolutions(3, 32));
}

#[test]
fn numbers_of_16_bits_are_widened() {
    let rounded = |round: fn(f32) -> f32| {
        let mut layers = convolutions(11, 16);
        for layer in &mut layers {
            layer
                .weight
                .iter_mut()
                .chain(&mut layer.bias)
                .for_each(|number| *number = round(*number));
        }
        layers
    };
    let half = rounded(|number| f16::from_f32(number).to_f32());
    assert!(read(load("weights/vgg16_narrow16_f16.pth")).expect("f16") == half);
    let brain = rounded(|number| bf16::from_f32(number).to_f32());
    assert!(read(load("weights/vgg16_narrow16_bf16.pth")).expect("bf16") == brain);
}

#[test]
fn bad_files_are_refused_and_never_executed() {
    let malformed = "weights-malformed";
    let unsafe_pickle = "weights-unsafe-pickle";
    let cases = [
        ("malicious_os_system", unsafe_pickle, "os.system"),
        ("malicious_posix_stack_global", unsafe_pickle, "posix.system"),
        ("malicious_builtin_eval", unsafe_pickle, "__builtin__.eval"),
        ("malicious_raw_pickle", unsafe_pickle, "os.system"),
        ("pickle_truncated", malformed, "its pickle ends early"),
        ("pickle_no_stop", malformed, "its pickle ends early"),
        (
            "zip_without_data_pkl",
            malformed,
            "it holds no data.pkl, so it is not a PyTorch checkpoint",
        ),
        ("truncated", malformed, "its zip directory is missing"),
        (
            "short_storage",
            malformed,
            "features.2.weight needs 144 bytes of storage data/2, which has 8 bytes",
        ),
        ("html_error_page", "weights-web-page", "web page"),
        ("zero_length", "weights-empty", "is empty"),
    ];
    for (file, code, words) in cases {
        check_refused(load(&format!("bad/{file}.pth")), code, words);
    }
    let marker = "FIXTURE_PICKLE_WAS_EXECUTED";
    for folder in [Path::new(".").to_owned(), reference().join("bad")] {
        assert!(!folder.join(marker).exists(), "a pickle was executed");
    }
}

/// The older form has no directory at its end, so a cut is noticed by what it promises.
#[test]
fn a_cut_file_is_refused_wherever_it_is_cut() {
    for file in ["bad/good_twin.pth", "weights/vgg16_narrow16_legacy.pth"] {
        let whole = load(file);
        for length in (1..whole.len()).step_by(997) {
            read(whole[..length].to_vec()).expect_err("cut");
        }
    }
    let whole = load("weights/vgg16_narrow16_legacy.pth");
    let words = format!("has 200000 bytes where {} are promised", whole.len());
    check_refused(whole[..200_000].to_vec(), "weights-truncated", &words);
}
