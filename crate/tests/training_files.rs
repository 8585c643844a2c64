//! A training is recognised by its published numbers in every format, order of dimensions, order of colours and precision.
#![cfg(feature = "cli")]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use half::{bf16, f16};
use hdf5_pure::FileBuilder;
use vggscope::settings::Preprocessing::{self, Caffe, CaffeRgb, Torch};
use vggscope::weights::Checkpoint;
use vggscope::weights::bytes::InputFile;
use vggscope::weights::known::{Origin, describe};
use vggscope::weights::training::Training::{self, Oxford, OxfordRgb, Torchvision};

const OUTPUTS: usize = 64;

/// Place in a kernel of OIHW.
const fn place(output: usize, input: usize, tap: usize) -> usize {
    (output * 3 + input) * 9 + tap
}

/// block1_conv1 with the numbers that notebooks print, and made-up ones between them.
fn kernel(training: Training) -> Vec<f32> {
    let mut kernel: Vec<f32> = (0..OUTPUTS * 27).map(|at| (at as f32 * 0.37).cos() / 4.0).collect();
    let first = [
        [
            -0.5537, 0.1427, 0.5290, -0.5831, 0.3566, 0.7657, -0.6902, -0.0480, 0.4841,
        ],
        [
            0.1755, 0.0099, -0.0814, 0.0441, -0.0703, -0.2604, 0.1324, -0.1728, -0.1323,
        ],
        [
            0.3130, -0.1659, -0.4275, 0.4752, -0.0827, -0.4870, 0.6320, 0.0193, -0.2775,
        ],
    ];
    let [blue, green, red] = if training == Oxford { [0, 1, 2] } else { [2, 1, 0] };
    match training {
        Torchvision => (0..27).for_each(|at| kernel[place(0, at / 9, at % 9)] = first[at / 9][at % 9]),
        Oxford | OxfordRgb => {
            for (output, input, value) in [
                (0, blue, 0.429_470_57),
                (1, blue, 0.117_273_87),
                (2, blue, 0.034_012_96),
                (61, blue, -0.132_241_58),
                (62, blue, -0.053_347_524),
                (63, blue, 0.007_577_384),
                (0, green, 0.550_379_46),
                (1, green, 0.020_877_438),
                (2, green, 0.098_831_154),
                (0, red, 0.480_015_4),
                (1, red, -0.172_696_68),
                (2, red, 0.037_557_714),
            ] {
                kernel[place(output, input, 0)] = value;
            }
        }
    }
    kernel
}

/// OIHW to HWIO.
fn hwio(kernel: &[f32]) -> Vec<f32> {
    let numbers =
        (0..9).flat_map(|tap| (0..3).flat_map(move |input| (0..OUTPUTS).map(move |output| (output, input, tap))));
    numbers
        .map(|(output, input, tap)| kernel[place(output, input, tap)])
        .collect()
}

/// Every kernel turned by 180 degrees, as Theano's are.
fn turned(kernel: &[f32]) -> Vec<f32> {
    kernel
        .chunks_exact(9)
        .flat_map(|kernel| kernel.iter().rev().copied())
        .collect()
}

fn safetensors(names: [&str; 2], shape: [usize; 4], dtype: &str, kernel: &[f32]) -> Vec<u8> {
    let bytes = |numbers: &[f32]| -> Vec<u8> {
        match dtype {
            "F32" => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
            "F16" => numbers
                .iter()
                .flat_map(|&number| f16::from_f32(number).to_le_bytes())
                .collect(),
            _ => numbers
                .iter()
                .flat_map(|&number| bf16::from_f32(number).to_le_bytes())
                .collect(),
        }
    };
    let (weight, bias) = (bytes(kernel), bytes(&[0.0; OUTPUTS]));
    let end = weight.len() + bias.len();
    let header = format!(
        r#"{{"{}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[0,{}]}},"{}":{{"dtype":"{dtype}","shape":[{OUTPUTS}],"data_offsets":[{},{end}]}}}}"#,
        names[0],
        weight.len(),
        names[1],
        weight.len()
    );
    let length = (header.len() as u64).to_le_bytes();
    [&length, header.as_bytes(), &weight, &bias].concat()
}

fn hdf5(names: [&str; 2], shape: [u64; 4], kernel: &[f32]) -> Vec<u8> {
    let mut builder = FileBuilder::new();
    let mut group = builder.create_group("block1_conv1");
    group.create_dataset(names[0]).with_f32_data(kernel).with_shape(&shape);
    group.create_dataset(names[1]).with_f32_data(&[0.0; OUTPUTS]);
    builder.add_group(group.finish());
    builder.finish().expect("a file")
}

const TRAININGS: [(Training, Preprocessing); 3] = [(Oxford, Caffe), (OxfordRgb, CaffeRgb), (Torchvision, Torch)];

#[track_caller]
fn assert_recognised(file: Vec<u8>, name: &str, (training, preprocessing): (Training, Preprocessing)) {
    let checkpoint = Checkpoint::open(InputFile::new(name, file)).expect(name);
    let description = describe(&checkpoint).expect(name);
    let Origin::Recognised(recognised) = description.origin else {
        unreachable!("{name}: {training:?} is not recognised");
    };
    assert_eq!(
        (recognised.training, recognised.preprocessing),
        (training, preprocessing),
        "{name}"
    );
    assert_eq!(description.metadata.preprocessing, preprocessing, "{name}");
    assert_eq!(description.metadata.licence, recognised.licence, "{name}");
    let index = checkpoint.index(checkpoint.recognised().expect(name).as_ref());
    let metadata = index.metadata();
    assert_eq!(
        (metadata.name.as_str(), metadata.preprocessing),
        (recognised.name, preprocessing),
        "{name}"
    );
}

#[test]
fn a_training_is_recognised_in_every_file() {
    for known in TRAININGS {
        let kernel = kernel(known.0);
        let (torch, keras) = ([OUTPUTS, 3, 3, 3], [3, 3, 3, OUTPUTS]);
        for dtype in ["F32", "F16", "BF16"] {
            let names = ["features.0.weight", "features.0.bias"];
            assert_recognised(safetensors(names, torch, dtype, &kernel), "a.safetensors", known);
            let names = ["block1_conv1.kernel", "block1_conv1.bias"];
            assert_recognised(safetensors(names, keras, dtype, &hwio(&kernel)), "k.safetensors", known);
        }
        let names = ["block1_conv1_W_1:0", "block1_conv1_b_1:0"];
        assert_recognised(hdf5(names, [3, 3, 3, 64], &hwio(&kernel)), "k.h5", known);
        assert_recognised(
            hdf5(["kernel:0", "bias:0"], [3, 3, 3, 64], &hwio(&kernel)),
            "k2.h5",
            known,
        );
        let theano = ["block1_conv1_W", "block1_conv1_b"];
        assert_recognised(hdf5(theano, [64, 3, 3, 3], &turned(&kernel)), "th.h5", known);
        // As a program stored them that never was Theano: known numbers say so.
        assert_recognised(hdf5(theano, [64, 3, 3, 3], &kernel), "plain.h5", known);
    }
}

#[test]
fn other_numbers_are_guessed_by_names() {
    for (name, file, preprocessing) in [
        (
            "a.safetensors",
            safetensors(
                ["features.0.weight", "features.0.bias"],
                [OUTPUTS, 3, 3, 3],
                "F32",
                &turned(&kernel(Oxford)),
            ),
            Torch,
        ),
        (
            "a.h5",
            hdf5(
                ["kernel:0", "bias:0"],
                [3, 3, 3, 64],
                &hwio(&turned(&kernel(Torchvision))),
            ),
            Caffe,
        ),
    ] {
        let checkpoint = Checkpoint::open(InputFile::new(name, file)).expect(name);
        let description = describe(&checkpoint).expect(name);
        assert_eq!(description.origin, Origin::Guessed, "{name}");
        assert_eq!(description.metadata.preprocessing, preprocessing, "{name}");
    }
}
