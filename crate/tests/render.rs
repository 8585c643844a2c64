//! The program as a person runs it: its files, its messages, its exit status.
#![cfg(all(feature = "cli", feature = "cpu", feature = "gpu"))]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::{Command, Output};

use common::settings;
use npyz::{NpyFile, WriterBuilder};
use vggscope::ascent::{Ascent, Iterate};
use vggscope::device::{Arithmetic, Compute};
use vggscope::image::random_image;
use vggscope::network::Network;
use vggscope::settings::{Preprocessing, Settings, Start};
use vggscope::vgg16::Layer;
use vggscope::weights::source::Source;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/public/weights/demo");

fn vggscope(folder: &Path, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_vggscope"));
    program
        .current_dir(folder)
        .arg("render")
        .args(arguments)
        .output()
        .expect("the program runs")
}

/// A small run of two channels, with more arguments.
fn small(folder: &Path, arguments: &[&str]) -> Output {
    let fixed = "--backend cpu --layer block2_conv1 --channels 3,0 --width 20 --height 12 --iterations 4";
    let mut all = vec!["--weights", DEMO];
    all.extend(fixed.split(' '));
    all.extend(arguments);
    vggscope(folder, &all)
}

/// The same run through the library.
fn expected(start: Start) -> Vec<Vec<Iterate>> {
    let layer = Layer::named("block2_conv1").expect("a layer");
    let source = Source::new(DEMO);
    let mut weights = source.open().expect("the demo model");
    source.load(&mut weights, layer, &mut |_| ()).expect("the demo weights");
    let mut network = Network::new(Compute::cpu(Arithmetic::F32));
    network.extend(&weights, layer).expect("loaded");
    let climb = |channel| {
        let settings = Settings {
            start: start.clone(),
            ..settings(layer, vec![channel], (12, 20), Preprocessing::None)
        };
        let mut ascent = Ascent::new(&network, settings).expect("good settings");
        (0..4).map(|_| ascent.step().expect("a step").remove(0)).collect()
    };
    [3, 0].into_iter().map(climb).collect()
}

fn pixels(climbs: &[Vec<Iterate>]) -> Vec<f32> {
    climbs
        .iter()
        .flatten()
        .flat_map(|iterate| iterate.pixels.iter().copied())
        .collect()
}

fn array(reader: impl Read) -> (Vec<u64>, Vec<f32>) {
    let file = NpyFile::new(reader).expect("a NumPy array");
    (file.shape().to_vec(), file.into_vec().expect("float32"))
}

#[test]
fn every_output_holds_what_the_library_computes() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = [
        "--grid",
        "grid.png",
        "--iterates",
        "iterates.npz",
        "--objectives",
        "objectives.csv",
    ];
    let output = small(folder.path(), &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let climbs = expected(Start::Seed(436));

    let archive = File::open(folder.path().join("iterates.npz")).expect("the archive");
    let mut archive = zip::ZipArchive::new(archive).expect("a zip");
    let (shape, values) = array(archive.by_name("iterates.npy").expect("the array"));
    assert_eq!(shape, [2, 4, 12, 20, 3]);
    assert_eq!(values, pixels(&climbs));

    let mut rows = csv::Reader::from_path(folder.path().join("objectives.csv")).expect("a CSV file");
    assert_eq!(
        rows.headers().expect("a header").iter().collect::<Vec<_>>(),
        [
            "channel",
            "iteration",
            "objective",
            "gradient_norm",
            "min",
            "max",
            "dead",
            "constant",
            "finite"
        ]
    );
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 8);
    for (row, iterate) in rows.iter().zip(climbs.iter().flatten()) {
        assert_eq!(row[0], iterate.channel.to_string());
        assert_eq!(row[1], iterate.iteration.to_string());
        assert_eq!(row[2].parse(), Ok(iterate.objective));
        assert_eq!((&row[6], &row[7], &row[8]), ("false", "false", "true"));
    }

    let picture = File::open(folder.path().join("grid.png")).expect("the grid");
    let mut picture = png::Decoder::new(BufReader::new(picture)).read_info().expect("a PNG");
    let mut bytes = vec![0; picture.output_buffer_size().expect("a size")];
    picture.next_frame(&mut bytes).expect("a frame");
    assert_eq!(picture.info().size(), (2 * 20 + 4, 12));
    for row in 0..12 {
        let tile = |tile: usize| &climbs[tile][3].rgba[row * 80..(row + 1) * 80];
        assert_eq!(&bytes[row * 176..row * 176 + 80], tile(0));
        assert_eq!(&bytes[row * 176 + 96..(row + 1) * 176], tile(1));
    }
    assert!(
        picture
            .info()
            .utf8_text
            .iter()
            .any(|text| text.get_text().expect("text").contains("block2_conv1"))
    );
}

#[test]
fn a_start_image_and_a_folder_of_arrays() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = random_image(1, 12, 20);
    let file = File::create(folder.path().join("start.npy")).expect("a file");
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(&[12, 20, 3])
        .writer(file)
        .begin_nd()
        .expect("a writer");
    writer.extend(start.iter().copied()).expect("written");
    writer.finish().expect("written");
    let output = small(folder.path(), &["--start", "start.npy", "--iterates", "arrays"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for climb in expected(Start::Image(start)) {
        let name = format!("arrays/block2_conv1_c{:03}.npy", climb[0].channel);
        let (shape, values) = array(BufReader::new(File::open(folder.path().join(name)).expect("an array")));
        assert_eq!(shape, [4, 12, 20, 3]);
        assert_eq!(values, pixels(&[climb]));
    }
}

#[test]
fn a_single_file_is_rendered_like_a_folder_of_the_same_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let reference = |name| format!("{}/../tests/reference/weights/{name}", env!("CARGO_MANIFEST_DIR"));
    let render = |weights: &str, csv: &str, more: &[&str]| {
        let fixed = "--backend cpu --layer block2_conv1 --channels 0-7 --width 20 --height 12 --iterations 2";
        let mut all = vec!["--weights", weights, "--objectives", csv];
        all.extend(fixed.split(' '));
        all.extend(more);
        let output = vggscope(folder.path(), &all);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{message}");
        (std::fs::read(folder.path().join(csv)).expect("objectives"), message)
    };
    let sharded = reference("vgg16_narrow16_sharded");
    let (torch, _) = render(&sharded, "a.csv", &["--preprocessing", "torch"]);
    let (guessed, message) = render(&reference("vgg16_narrow16.safetensors"), "b.csv", &[]);
    assert!(message.contains("torch, guessed"), "{message}");
    assert_eq!(torch, guessed);
    let (caffe, _) = render(&sharded, "c.csv", &["--preprocessing", "caffe"]);
    let (guessed, message) = render(&reference("vgg16_narrow16_tf2onnx.onnx"), "d.csv", &[]);
    assert!(message.contains("caffe, guessed"), "{message}");
    assert_eq!(caffe, guessed);
    assert_ne!(torch, caffe);
}

#[test]
fn failures_say_what_where_and_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("text.npy"), "no array").expect("written");
    let refused = |status: i32, arguments: &[&str], texts: &[&str]| {
        let output = vggscope(folder.path(), arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{message}");
        for text in texts {
            assert!(message.contains(text), "{text} is not in: {message}");
        }
    };
    let cpu =
        |arguments: &[&'static str]| [&["--weights", DEMO, "--backend", "cpu", "--grid", "g.png"], arguments].concat();
    refused(
        1,
        &["--weights", "nowhere", "--grid", "g.png"],
        &["nowhere", "no such file", "check the address"],
    );
    refused(
        1,
        &["--weights", "https://example.org/vgg16.pth", "--grid", "g.png"],
        &[
            "https://example.org/vgg16.pth",
            "download it",
            "vggscope weights convert",
        ],
    );
    let reference = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/reference/weights");
    let truncated = format!("{reference}/vgg16_trunc_block3_conv1_tf_kernels_notop.h5");
    refused(
        1,
        &["--weights", &truncated, "--layer", "block4_conv1", "--grid", "g.png"],
        &["ends at block3_conv1", "choose a layer up to"],
    );
    refused(
        1,
        &cpu(&["--layer", "block1_conv2", "--channels", "60-64"]),
        &["channels 0 to 63", "no channel 64"],
    );
    refused(1, &cpu(&["--width", "3"]), &["3 x 150", "at least 4"]);
    refused(1, &cpu(&["--start", "text.npy"]), &["text.npy", "NumPy"]);
    refused(
        2,
        &cpu(&["--layer", "block9_conv1"]),
        &["block9_conv1", "block1_conv1 to block5_conv3"],
    );
    refused(
        2,
        &cpu(&["--step", "fast"]),
        &["fast", "\"gradient\", \"l2\", \"rms\" or \"adam\""],
    );
    refused(2, &cpu(&["--channels", "9-3"]), &["9-3", "backwards"]);
    refused(2, &["--weights", DEMO], &["--grid"]);
}
