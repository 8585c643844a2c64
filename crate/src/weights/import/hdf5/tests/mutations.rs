//! Any byte of any file may be anything.

use proptest::prelude::*;

use super::{convolutions, reference};
use crate::weights::Checkpoint;
use crate::weights::bytes::InputFile;

/// Bytes at the ends of a file, where its directory is: the values between say nothing to the reader.
const DIRECTORY: usize = 24_000;

fn files() -> impl Strategy<Value = Vec<u8>> {
    let names = [
        "vgg16_narrow16_tf_kernels_notop.h5",
        "vgg16_narrow16_chunked_gzip.h5",
        "vgg16_narrow16_latest.h5",
        "vgg16_narrow16.weights.h5",
    ];
    proptest::sample::select(names.to_vec())
        .prop_map(|name| std::fs::read(reference().join("weights").join(name)).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_mutation_panics(
        mut bytes in files(),
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<bool>(), any::<u8>()), 1..8),
        cut in proptest::option::weighted(0.1, any::<proptest::sample::Index>()),
    ) {
        let length = bytes.len();
        for (place, from_end, value) in edits {
            let place = place.index(DIRECTORY.min(length));
            bytes[if from_end { length - 1 - place } else { place }] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(length));
        }
        if let Ok(checkpoint) = Checkpoint::open(InputFile::new("mutated.h5", bytes)) {
            for ordinal in 0..checkpoint.convolutions() {
                let _ = checkpoint.convolution(ordinal);
            }
        }
    }
}

#[test]
fn a_file_that_is_cut_anywhere_says_so() {
    let whole = std::fs::read(reference().join("bad/good_twin.h5")).unwrap();
    let open = |bytes: &[u8]| Checkpoint::open(InputFile::new("cut.h5", bytes.to_vec()));
    assert_eq!(convolutions(&open(&whole).unwrap()).len(), 13);
    for length in (8..whole.len()).step_by(997) {
        let error = open(&whole[..length]).unwrap_err();
        assert_eq!(error.code(), "weights-truncated", "{length}: {error}");
    }
}

/// Newer files have a checksum in every header. One that does not fit could send the reader to other numbers.
#[test]
fn a_damaged_header_never_gives_other_numbers() {
    let whole = std::fs::read(reference().join("weights/vgg16_narrow16_latest.h5")).unwrap();
    let read = |bytes: Vec<u8>| {
        let checkpoint = Checkpoint::open(InputFile::new("damaged.h5", bytes))?;
        (0..checkpoint.convolutions())
            .map(|ordinal| checkpoint.convolution(ordinal))
            .collect::<Result<Vec<_>, _>>()
    };
    let good = read(whole.clone()).unwrap();
    // Signature, version, flags; then times where the flags say so, and how long the messages are in one byte or two.
    let headers = (0..whole.len()).filter(|&at| whole[at..].starts_with(b"OHDR"));
    let contents = headers.flat_map(|header| {
        let (flags, times) = (whole[header + 5], header + 6);
        let length = times + if flags & 0x20 == 0 { 0 } else { 16 };
        let [low, high] = [whole[length], whole[length + 1]];
        match flags & 3 {
            0 => header..length + 1 + usize::from(low),
            1 => header..length + 2 + usize::from(u16::from_le_bytes([low, high])),
            more => panic!("flags {more}"),
        }
    });
    let mut refused = 0;
    for at in contents.step_by(3) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        match read(damaged) {
            Ok(numbers) => assert!(numbers == good, "bit {} of byte {at}", at % 8),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 1000, "{refused}");
}
