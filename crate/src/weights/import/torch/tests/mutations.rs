//! Good files with a few bytes changed are read or refused, and nothing else.

use proptest::prelude::*;

use super::make::{self, bias, entries, legacy, pickle, state_dict, storages, weight, zip};
use super::read;

/// One change of a file.
#[derive(Debug, Clone)]
enum Change {
    /// A byte becomes another.
    Byte(prop::sample::Index, u8),
    /// Eight bytes, such as a length, become others.
    Length(prop::sample::Index, u64),
    /// Bytes are left out.
    Cut(prop::sample::Index, prop::sample::Index),
    /// Bytes come twice.
    Again(prop::sample::Index, prop::sample::Index),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let range = |from: &prop::sample::Index, to: &prop::sample::Index| {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            from.min(to)..from.max(to)
        };
        match self {
            _ if bytes.is_empty() => {}
            Self::Byte(index, byte) => {
                let index = index.index(bytes.len());
                bytes[index] = *byte;
            }
            Self::Length(index, length) => {
                let start = index.index(bytes.len());
                let places = bytes[start..].iter_mut();
                places.zip(length.to_le_bytes()).for_each(|(place, byte)| *place = byte);
            }
            Self::Cut(from, to) => {
                let range = range(from, to);
                bytes.drain(range);
            }
            Self::Again(from, to) => {
                let range = range(from, to);
                bytes.splice(range.start..range.start, bytes[range].to_vec());
            }
        }
    }
}

/// Bytes that mean something: operations, and what lengths are made of.
fn meaningful() -> impl Strategy<Value = u8> {
    prop_oneof![
        prop::sample::select(
            b"(.GJKMNQRTUX]abc}ehijqrstu)\x80\x81\x85\x86\x87\x88\x89\x8a\x8c\x8d\x8e\x93\x94\x95BC\n".to_vec()
        ),
        prop::sample::select(vec![0, 1, 2, 4, 0x7f, 0xff]),
        any::<u8>(),
    ]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let index = any::<prop::sample::Index>;
    let length = prop_oneof![
        any::<u64>(),
        Just(u64::MAX),
        Just(1 << 62),
        0..1000_u64,
        Just(0xffff_ffff)
    ];
    let change = prop_oneof![
        6 => (index(), meaningful()).prop_map(|(index, byte)| Change::Byte(index, byte)),
        2 => (index(), length).prop_map(|(index, length)| Change::Length(index, length)),
        1 => (index(), index()).prop_map(|(from, to)| Change::Cut(from, to)),
        1 => (index(), index()).prop_map(|(from, to)| Change::Again(from, to)),
    ];
    prop::collection::vec(change, 1..5)
}

fn mutated(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    changes.iter().for_each(|change| change.apply(&mut bytes));
    bytes
}

/// What is read is finite and of its shape, or the refusal says so in words.
fn check(file: Vec<u8>) {
    match read(file) {
        Ok(layers) => assert!(
            layers
                .iter()
                .all(|layer| layer.weight.len() == layer.in_channels * layer.out_channels * 9)
        ),
        Err(error) => assert!(error.to_string().len() < 20_000, "{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn changed_pickles(changes in changes()) {
        let pickle = mutated(pickle(&state_dict(&[weight(), bias()])), &changes);
        check(zip(&entries(&pickle, &storages())));
    }

    #[test]
    fn changed_zips(changes in changes()) {
        check(mutated(make::checkpoint(&state_dict(&[weight(), bias()])), &changes));
    }

    #[test]
    fn changed_legacy_files(changes in changes()) {
        check(mutated(legacy(&state_dict(&[weight(), bias()])).file(), &changes));
    }

    #[test]
    fn made_up_pickles(program in prop::collection::vec(meaningful(), 0..200)) {
        check(make::only(&program));
    }
}
