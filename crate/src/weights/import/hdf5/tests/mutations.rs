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
