//! Every way in for bytes from outside: what is done with them, and what must hold whatever they are.

use std::sync::Arc;

use vggscope::vgg16::Layer;
use vggscope::weights::bytes::{InputFile, Parts};
use vggscope::weights::catalogue::Catalogue;
use vggscope::weights::transfer::{self, ContentRange};
use vggscope::weights::{Checkpoint, Convolution, Format, Index, Metadata, Weights, WeightsError, decode};

use crate::mutate::{self, Mutate};

/// Something that reads bytes from outside.
pub struct Target {
    /// Of the fuzzer and of the folder of its corpus.
    pub name: &'static str,
    /// What messages call the input; formats are told by its ending where the bytes leave it open.
    pub file: &'static str,
    /// Reads an input of this name as the program and the page do.
    pub read: fn(&str, &[u8]) -> Result<(), WeightsError>,
    /// Changes an input without losing its structure.
    pub mutate: Mutate,
}

/// All of them.
pub const TARGETS: [Target; 7] = [
    Target {
        name: "safetensors",
        file: "fuzzed.safetensors",
        read: safetensors,
        mutate: mutate::safetensors,
    },
    Target {
        name: "hdf5",
        file: "fuzzed.h5",
        read: checkpoint,
        mutate: mutate::hdf5,
    },
    Target {
        name: "torch",
        file: "fuzzed.pth",
        read: checkpoint,
        mutate: mutate::torch,
    },
    Target {
        name: "onnx",
        file: "fuzzed.onnx",
        read: checkpoint,
        mutate: mutate::onnx,
    },
    Target {
        name: "index",
        file: "fuzzed.index.json",
        read: index,
        mutate: mutate::index,
    },
    Target {
        name: "catalogue",
        file: "fuzzed/models.json",
        read: catalogue,
        mutate: mutate::catalogue,
    },
    Target {
        name: "content_range",
        file: "",
        read: content_range,
        mutate: mutate::content_range,
    },
];

/// The target of this name.
pub const fn target(name: &str) -> &'static Target {
    const ALL: &[Target; 7] = &TARGETS;
    let mut at = 0;
    while !equal(ALL[at].name.as_bytes(), name.as_bytes()) {
        at += 1;
    }
    &ALL[at]
}

/// `==` of slices is not yet for constants.
const fn equal(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    one.len() == other.len() && at == one.len()
}

/// An error must say in words what is wrong with which file.
pub fn assert_readable_error(target: &Target, outcome: &Result<(), WeightsError>) {
    if let Err(error) = outcome {
        let message = error.to_string();
        assert!(message.len() > target.file.len() + 10, "{}: {message}", error.code());
        assert!(message.contains(target.file), "{}: {message}", error.code());
        assert!(error.code().starts_with("weights-"), "{}: {message}", error.code());
    }
}

/// A file from disk: its directory, then every convolution.
fn checkpoint(file: &str, bytes: &[u8]) -> Result<(), WeightsError> {
    read(&Checkpoint::open(InputFile::new(file, bytes.to_vec()))?)
}

fn read(checkpoint: &Checkpoint) -> Result<(), WeightsError> {
    let count = checkpoint.convolutions();
    assert!((1..=13).contains(&count), "{count} convolutions");
    describe(checkpoint);
    let mut before = 3;
    for ordinal in 0..count {
        let convolution = checkpoint.convolution(ordinal)?;
        assert_eq!(checkpoint.channels(ordinal), Some((before, convolution.out_channels)));
        before = check(&convolution, before);
    }
    checkpoint.convolution(count).expect_err("beyond the last");
    Ok(())
}

/// What the page shows of a file that it has opened.
fn describe(checkpoint: &Checkpoint) {
    let bytes: Vec<u64> = (0..=13).map(|ordinal| checkpoint.bytes(ordinal)).collect();
    let metadata = Metadata::new(checkpoint.likely_preprocessing());
    let layers = checkpoint.convolutions();
    let index = Index::of_file(metadata, bytes[..layers].to_vec());
    assert_eq!(
        u128::from(index.metadata().total_size),
        bytes.iter().map(|&bytes| u128::from(bytes)).sum()
    );
    describe_index(index);
    for ordinal in 0..=13 {
        let size = checkpoint.input().size();
        assert!(
            checkpoint
                .ranges(ordinal)
                .iter()
                .all(|range| range.start <= range.end && range.end <= size)
        );
        assert_eq!(checkpoint.tensors(ordinal).len(), if ordinal < layers { 2 } else { 0 });
    }
}

/// Gives the output channels.
fn check(convolution: &Convolution, inputs: usize) -> usize {
    let outputs = convolution.out_channels;
    assert_eq!(convolution.in_channels, inputs);
    assert_eq!(convolution.weight.len(), outputs * inputs * 9);
    assert_eq!(convolution.bias.len(), outputs);
    assert!(
        convolution
            .weight
            .iter()
            .chain(&convolution.bias)
            .all(|value| value.is_finite())
    );
    outputs
}

/// A file from disk, a file of a folder, and the beginning of a file on a host.
fn safetensors(file: &str, bytes: &[u8]) -> Result<(), WeightsError> {
    let whole = checkpoint(file, bytes);
    for ordinals in [&[0][..], &[1], &[12, 3], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]] {
        let decoded = decode(file, bytes.to_vec(), ordinals);
        assert_readable_error(target("safetensors"), &decoded.map(drop));
    }
    assert_readable_error(target("safetensors"), &beginning(file, bytes));
    whole
}

/// What there is of the file is its first bytes; of its length there is only the host's word, or nothing, and then the
/// header's. The page has the header before it opens the file, and a layer's bytes before it reads them.
fn beginning(file: &str, bytes: &[u8]) -> Result<(), WeightsError> {
    let here = bytes.len() as u64;
    let header = bytes
        .first_chunk()
        .map_or(u64::MAX, |&length| u64::from_le_bytes(length));
    if header.saturating_add(8) > here {
        return Ok(());
    }
    let said = bytes.last_chunk().map_or(0, |&last| u64::from_le_bytes(last));
    let checkpoint = match open_beginning(file, bytes, said) {
        Err(WeightsError::Truncated { expected, .. }) => open_beginning(file, bytes, expected)?,
        opened => opened?,
    };
    describe(&checkpoint);
    let fetched = |ordinal: &usize| checkpoint.ranges(*ordinal).iter().all(|range| range.end <= here);
    let mut ordinals = (0..checkpoint.convolutions()).filter(fetched);
    ordinals.try_for_each(|ordinal| checkpoint.convolution(ordinal).map(drop))
}

fn open_beginning(file: &str, bytes: &[u8], size: u64) -> Result<Checkpoint, WeightsError> {
    let parts = Arc::new(Parts::new(size));
    parts.put(0, bytes.to_vec());
    Checkpoint::open_as(InputFile::new(file, parts), Format::Safetensors, None)
}

/// The index of a folder.
fn index(file: &str, bytes: &[u8]) -> Result<(), WeightsError> {
    let index = Index::parse(file, bytes)?;
    let text = index.to_json()?;
    assert_eq!(Index::parse(file, text.as_bytes())?.to_json()?, text);
    let promised = |shard: &String| index.facts(shard).map(|facts| u128::from(facts.bytes));
    for row in Weights::new(index.clone())
        .layers()
        .filter(|row| row.layer.is_convolution())
    {
        let shards = index.files(row.layer.last_convolution());
        assert_eq!(u128::from(row.bytes), shards.iter().filter_map(promised).sum());
        shards.iter().for_each(|shard| check_shard(&index, shard, bytes));
    }
    describe_index(index);
    Ok(())
}

/// The name becomes a part of a URL and of a path, and what is there must be what the index says.
fn check_shard(index: &Index, shard: &str, bytes: &[u8]) {
    let special = |character: char| r"/\:%?#".contains(character) || character.is_control();
    assert!(!shard.contains(special) && !shard.starts_with('.'), "{shard}");
    if index.facts(shard).is_some() {
        index
            .check_file(shard, bytes)
            .expect_err("no index has its own sha256 in it");
    }
}

fn describe_index(index: Index) {
    let last = index.last_convolution();
    let weights = Weights::new(index);
    assert_eq!(
        weights
            .layers()
            .filter(|row| row.in_model && row.layer.is_convolution())
            .count(),
        last + 1
    );
    for ordinal in 0..13 {
        let layer = Layer::convolution(ordinal).expect("a layer");
        assert_eq!(weights.missing(layer).is_ok(), ordinal <= last);
    }
}

/// A catalogue of models. What is wrong with an entry is a sentence, and what is right is written and read alike.
fn catalogue(file: &str, bytes: &[u8]) -> Result<(), WeightsError> {
    let read = |bytes: &[u8]| Catalogue::read(file, bytes, vec!["/nowhere".into()]);
    let catalogue = read(bytes)?;
    assert!((1..=100).contains(&catalogue.models.len()) && catalogue.problems.len() <= 6);
    for problem in &catalogue.problems {
        assert!(problem.contains(file) && problem.len() < 1000, "{problem}");
        assert!(!problem.contains(char::is_control), "{problem}");
    }
    catalogue.model(&catalogue.default).expect("the default is one of them");
    for model in &catalogue.models {
        assert!(
            !model.id.contains(['/', '\\', ':']) && !model.id.starts_with('.'),
            "{}",
            model.id
        );
        assert!((1..=8).contains(&model.sources.len()) && (1..=100_000_000_000).contains(&model.bytes));
        assert!(catalogue.model(&model.id).is_ok_and(|found| found == model));
    }
    let again = serde_json::json!({"default": catalogue.default, "models": catalogue.models}).to_string();
    let again = read(again.as_bytes()).expect("what was good is good");
    assert!(again.models == catalogue.models && again.problems.is_empty());
    Ok(())
}

/// The header of an answer; its last bytes are what was asked for.
fn content_range(_file: &str, bytes: &[u8]) -> Result<(), WeightsError> {
    let (text, asked) = bytes.split_last_chunk::<2>().unwrap_or((bytes, &[0, 1]));
    let Some(sent) = std::str::from_utf8(text).ok().and_then(ContentRange::parse) else {
        return Ok(());
    };
    assert!(sent.start <= sent.last && sent.total.is_none_or(|total| sent.last < total));
    let total = sent.total.map_or("*".to_owned(), |total| total.to_string());
    let again = format!("bytes {}-{}/{total}", sent.start, sent.last);
    assert_eq!(ContentRange::parse(&again).as_ref(), Some(&sent));
    let [start, end] = asked.map(u64::from);
    for asked in [
        start..start + end,
        sent.start..sent.last,
        sent.start..u64::MAX,
        0..u64::MAX,
    ] {
        match transfer::check_range(&sent, &asked) {
            Ok(()) => assert!(
                sent.start == asked.start && sent.last < asked.end,
                "{sent:?} for {asked:?}"
            ),
            Err(problem) => assert!(problem.contains("the host sent"), "{problem}"),
        }
    }
    Ok(())
}
