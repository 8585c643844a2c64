//! Inputs made to do harm: every file of the fuzzers' corpora, and changes of them that keep their structure.
//!
//! Whatever they are, reading them ends soon, in little memory, with weights or with an error that names the file. The
//! same inputs come every time; `PROPTEST_CASES` asks for another number of changed ones.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use proptest::prelude::*;
use proptest::sample::Index as Choice;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

mod bulk;
#[path = "../fuzz/src/entry.rs"]
mod entry;
#[path = "../fuzz/src/mutate/mod.rs"]
mod mutate;

use entry::{TARGETS, Target, assert_readable_error};
use mutate::{Dice, change_bytes};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Longest time for one input.
const PATIENCE: Duration = Duration::from_secs(2);

/// Memory allowed beside twice the input.
const SPARE: usize = 64 << 20;

/// Changed inputs of a target; all of them take some ten seconds.
const CASES: u32 = 40_000;

/// Tests run at the same time, and memory is counted for all of them together.
static TURN: Mutex<()> = Mutex::new(());

#[test]
fn safetensors_headers() {
    withstand("safetensors");
}

#[test]
fn hdf5_files() {
    withstand("hdf5");
}

#[test]
fn pytorch_checkpoints() {
    withstand("torch");
}

#[test]
fn onnx_models() {
    withstand("onnx");
}

#[test]
fn indices() {
    withstand("index");
}

#[test]
fn catalogues() {
    withstand("catalogue");
}

#[test]
fn content_ranges() {
    withstand("content_range");
}

#[test]
fn much_of_the_same() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // The first are short enough to be taken apart.
    let inputs = [2000 << 10, 8 << 20].map(bulk::inputs).concat();
    let harmful: Vec<_> = inputs
        .iter()
        .filter_map(|(name, what, input)| Some((name, what, harm(entry::target(name), input)?)))
        .collect();
    assert!(harmful.is_empty(), "{harmful:#?}");
}

#[test]
fn every_target_has_a_test_and_a_fuzzer() {
    let this = include_str!("hostile.rs");
    let fuzzers = include_str!("../fuzz/Cargo.toml");
    for Target { name, .. } in &TARGETS {
        assert!(this.contains(&format!("withstand(\"{name}\")")), "{name}");
        assert!(fuzzers.contains(&format!("fuzz_targets/{name}.rs")), "{name}");
    }
}

fn withstand(name: &str) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let target = entry::target(name);
    let corpus = corpus(name);
    for (path, input) in &corpus {
        let harm = harm(target, input);
        assert_eq!(harm, None, "{}", path.display());
    }
    let inputs: Vec<_> = corpus.into_iter().map(|(_, input)| input).collect();
    let change = (any::<Choice>(), prop::collection::vec(any::<u64>(), 1..6));
    let outcome = runner().run(&change, |(choice, seeds)| {
        let input = changed(target, choice.get::<Vec<u8>>(&inputs), &seeds);
        match harm(target, &input) {
            None => Ok(()),
            Some(harm) => Err(TestCaseError::fail(format!("{harm}: {}", kept(name, &input).display()))),
        }
    });
    if let Err(failure) = outcome {
        panic!("{name}: {failure}");
    }
}

fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let files = fs::read_dir(&folder).expect(name).map(|file| file.expect(name).path());
    let mut files: Vec<_> = files.map(|path| (path.clone(), fs::read(path).expect(name))).collect();
    assert!(!files.is_empty(), "{}", folder.display());
    files.sort();
    files
}

fn runner() -> TestRunner {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    let config = Config {
        cases: cases.unwrap_or(CASES),
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

/// One change a seed; one in eight takes no notice of the structure.
fn changed(target: &Target, input: &[u8], seeds: &[u64]) -> Vec<u8> {
    seeds.iter().fold(input.to_vec(), |mut input, &seed| {
        let mut dice = Dice::new(seed);
        if dice.one_in(8) {
            change_bytes(&mut input, &mut dice);
            return input;
        }
        (target.mutate)(&input, &mut dice, &mut change_bytes)
    })
}

/// What reading an input does that it must not do.
fn harm(target: &Target, input: &[u8]) -> Option<String> {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let started = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        assert_readable_error(target, &(target.read)(target.file, input));
    }));
    let time = started.elapsed();
    let peak = MEMORY.peak_usage().saturating_sub(before);
    match outcome {
        Err(panic) => Some(format!("panicked: {:?}", panic.downcast_ref::<String>())),
        Ok(()) if time > PATIENCE => Some(format!("took {time:?}")),
        Ok(()) if peak > 2 * input.len() + SPARE => Some(format!("took {peak} bytes")),
        Ok(()) => None,
    }
}

/// Writes an input down for the corpus.
fn kept(name: &str, input: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{name}"));
    fs::write(&path, input).expect("room for an input");
    path
}
