//! Which tensors of which kinds are found, and that their numbers are right however they lie.

use half::{bf16, f16};

use super::make::{self, Tensor, bias, bytes, checkpoint, dict, entries, pickle, state_dict, storages, weight, zip};
use super::{check_refused, read};

/// Checks that a checkpoint holds the numbers of [`make::numbers`].
#[track_caller]
fn check_read(file: Vec<u8>) {
    let (weight, bias) = make::numbers();
    let layers = read(file).expect("a checkpoint");
    assert_eq!(layers.len(), 1);
    assert_eq!((&layers[0].weight, &layers[0].bias), (&weight, &bias));
}

fn good() -> Vec<u8> {
    state_dict(&[weight(), bias()])
}

#[test]
fn a_state_dict_is_found_however_it_is_wrapped() {
    check_read(checkpoint(&good()));
    let inner = dict(&[("epoch", make::integer(3)), ("state_dict", good())]);
    check_read(checkpoint(&inner));
    check_read(checkpoint(&dict(&[("checkpoint", dict(&[("model", inner)]))])));
    for prefix in ["module.", "model.", "module.backbone."] {
        let prefixed = [weight(), bias()].map(|tensor| (format!("{prefix}{}", tensor.name), make::rebuilt(&tensor)));
        let prefixed = prefixed
            .each_ref()
            .map(|(name, tensor)| (name.as_str(), tensor.clone()));
        check_read(checkpoint(&dict(&prefixed)));
    }
    let (weight, bias) = (
        Tensor {
            name: "0.weight",
            ..weight()
        },
        Tensor {
            name: "0.bias",
            ..bias()
        },
    );
    check_read(checkpoint(&state_dict(&[weight, bias])));
}

#[test]
fn a_state_dict_nearer_to_the_root_comes_first() {
    let other = Tensor {
        key: "missing",
        ..weight()
    };
    let ema = dict(&[("state", state_dict(&[other, bias()]))]);
    check_read(checkpoint(&dict(&[("ema", ema), ("model", good())])));
}

#[test]
fn too_deep_a_state_dict_and_none_are_refused() {
    let deep = (0..6).fold(good(), |inner, _| dict(&[("inner", inner)]));
    check_refused(checkpoint(&deep), "weights-missing-tensor", "block1_conv1");
    check_refused(checkpoint(b"}"), "weights-missing-tensor", "block1_conv1");
    check_refused(checkpoint(b"]"), "weights-malformed", "no state dict");
    check_refused(
        checkpoint(&make::rebuilt(&weight())),
        "weights-malformed",
        "no state dict",
    );
}

#[test]
fn a_network_or_a_tensor_that_is_there_twice_is_refused() {
    let twice = Tensor {
        name: "module.features.0.weight",
        ..weight()
    };
    check_refused(
        checkpoint(&state_dict(&[weight(), bias(), twice])),
        "weights-several-networks",
        "features, module/features",
    );
    let many = vec![weight(); 1000];
    check_refused(
        checkpoint(&state_dict(&many)),
        "weights-duplicate-tensor",
        "features.0.weight",
    );
}

#[test]
fn the_classifier_is_not_read() {
    let classifier = Tensor {
        name: "classifier.0.weight",
        key: "absent",
        count: i32::MAX,
        ..weight()
    };
    check_read(checkpoint(&state_dict(&[weight(), bias(), classifier])));
}

#[test]
fn every_kind_of_float_is_read() {
    let (numbers, _) = make::numbers();
    let kinds: [(&str, Vec<u8>); 3] = [
        (
            "HalfStorage",
            numbers
                .iter()
                .flat_map(|&number| f16::from_f32(number).to_le_bytes())
                .collect(),
        ),
        (
            "BFloat16Storage",
            numbers
                .iter()
                .flat_map(|&number| bf16::from_f32(number).to_le_bytes())
                .collect(),
        ),
        (
            "DoubleStorage",
            numbers
                .iter()
                .flat_map(|&number| f64::from(number).to_le_bytes())
                .collect(),
        ),
    ];
    for (class, bytes) in kinds {
        let mut storages = storages();
        storages[0].1 = bytes;
        let weight = Tensor { class, ..weight() };
        check_read(zip(&entries(&pickle(&state_dict(&[weight, bias()])), &storages)));
    }
}

#[test]
fn other_kinds_of_numbers_are_refused_by_name() {
    for (class, name, width) in [
        ("LongStorage", "I64", 8),
        ("ByteStorage", "U8", 1),
        ("ComplexFloatStorage", "C64", 8),
    ] {
        let mut storages = storages();
        storages[0].1 = vec![0; 54 * width];
        let weight = Tensor { class, ..weight() };
        let file = zip(&entries(&pickle(&state_dict(&[weight, bias()])), &storages));
        check_refused(
            file,
            "weights-wrong-dtype",
            &format!("features.0.weight in x.pth holds {name} numbers"),
        );
    }
}

/// `torch.channels_last`: the channel is the fastest dimension in the file.
#[test]
fn strides_are_followed() {
    let (numbers, _) = make::numbers();
    let mut last = vec![0.0; 54];
    for (index, &number) in numbers.iter().enumerate() {
        let (output, input, tap) = (index / 27, index / 9 % 3, index % 9);
        last[output * 27 + tap * 3 + input] = number;
    }
    let weight = Tensor {
        strides: vec![27, 1, 9, 3],
        ..weight()
    };
    let storages = [("0", bytes(&last)), storages().swap_remove(1)];
    check_read(zip(&entries(&pickle(&state_dict(&[weight, bias()])), &storages)));
}

#[test]
fn tensors_may_share_a_storage_and_leave_room_in_it() {
    let (weight_numbers, bias_numbers) = make::numbers();
    // The bias, every second number; then the weight.
    let shared = [vec![bias_numbers[0], 9.0, bias_numbers[1], 9.0], weight_numbers].concat();
    let weight = Tensor {
        count: 58,
        offset: 4,
        ..weight()
    };
    let bias = Tensor {
        key: "0",
        count: 58,
        strides: vec![2],
        ..bias()
    };
    check_read(zip(&entries(
        &pickle(&state_dict(&[weight, bias])),
        &[("0", bytes(&shared))],
    )));
}

#[test]
fn the_stride_of_a_dimension_of_one_means_nothing() {
    let object = state_dict(&[
        Tensor {
            shape: vec![1, 6, 3, 3],
            strides: vec![7, 9, 3, 1],
            ..weight()
        },
        Tensor {
            shape: vec![1],
            ..bias()
        },
    ]);
    check_refused(
        checkpoint(&object),
        "weights-wrong-shape",
        "6 input channels where an image has 3",
    );
}

#[test]
fn a_tensor_beyond_its_storage_is_refused() {
    let cases = [
        (
            Tensor { offset: 1, ..weight() },
            "needs 220 bytes of storage data/0, which has 216",
        ),
        (
            Tensor { count: 53, ..weight() },
            "needs 216 bytes of storage data/0, which has 212",
        ),
        (
            Tensor {
                count: 55,
                offset: 1,
                ..weight()
            },
            "needs 220 bytes of storage data/0, which has 216",
        ),
        (
            Tensor {
                strides: vec![27, 9, 3, 2],
                ..weight()
            },
            "needs 224 bytes",
        ),
        (
            Tensor {
                offset: i32::MAX,
                ..weight()
            },
            "needs 8589934804 bytes",
        ),
        (Tensor { offset: -1, ..weight() }, "out of something else"),
        (Tensor { count: -1, ..weight() }, "names a storage in another way"),
        (
            Tensor {
                strides: vec![27, 9, -3, 1],
                ..weight()
            },
            "below zero",
        ),
        (
            Tensor {
                shape: vec![2, 3, -3, 3],
                ..weight()
            },
            "below zero",
        ),
        (
            Tensor {
                strides: vec![27, 9, 3],
                ..weight()
            },
            "has 4 dimensions and 3 strides",
        ),
        (
            Tensor {
                shape: vec![2; 65],
                strides: vec![1; 65],
                ..weight()
            },
            "has 65 dimensions",
        ),
        (
            Tensor {
                shape: vec![i32::MAX; 3],
                strides: vec![1; 3],
                ..weight()
            },
            "overflow",
        ),
        (
            Tensor {
                shape: vec![1 << 20; 2],
                strides: vec![0; 2],
                ..weight()
            },
            "repeat numbers",
        ),
        (
            Tensor { key: "7", ..weight() },
            "is in storage data/7, which is missing",
        ),
        (
            Tensor {
                key: "../data.pkl",
                ..weight()
            },
            "is in storage data/../data.pkl, which is missing",
        ),
    ];
    for (tensor, words) in cases {
        check_refused(checkpoint(&state_dict(&[tensor, bias()])), "weights-malformed", words);
    }
}

#[test]
fn an_empty_tensor_is_no_weight() {
    for shape in [vec![0, 3, 3, 3], vec![2, 3, 0, 3]] {
        let weight = Tensor { shape, ..weight() };
        check_refused(
            checkpoint(&state_dict(&[weight, bias()])),
            "weights-wrong-shape",
            "features.0.weight",
        );
    }
}

#[test]
fn a_tensor_scattered_over_more_than_vgg16_has_is_refused() {
    let weight = Tensor {
        count: 10 << 20,
        strides: vec![27, 9, 3, 4 << 20],
        ..weight()
    };
    let storages = [("0", vec![0; 40 << 20]), storages().swap_remove(1)];
    let file = zip(&entries(&pickle(&state_dict(&[weight, bias()])), &storages));
    check_refused(file, "weights-malformed", "is scattered over 33554640 bytes");
}
