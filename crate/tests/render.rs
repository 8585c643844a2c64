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

/// Writes an image of 12 x 20 pixels in NumPy's format.
fn write_image(path: &Path, image: &[f32]) {
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(&[12, 20, 3])
        .writer(File::create(path).expect("a file"))
        .begin_nd()
        .expect("a writer");
    writer.extend(image.iter().copied()).expect("written");
    writer.finish().expect("written");
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
    write_image(&folder.path().join("start.npy"), &start);
    let output = small(folder.path(), &["--start", "start.npy", "--iterates", "arrays"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for climb in expected(Start::Image(start)) {
        let name = format!("arrays/block2_conv1_c{:03}.npy", climb[0].channel);
        let (shape, values) = array(BufReader::new(File::open(folder.path().join(name)).expect("an array")));
        assert_eq!(shape, [4, 12, 20, 3]);
        assert_eq!(values, pixels(&[climb]));
    }
}

/// More channels than are computed at once on any machine that runs this, so that some batches follow each other.
#[test]
fn channels_keep_their_order_over_batches() {
    let folder = tempfile::tempdir().expect("a folder");
    let channels: Vec<usize> = (0..64).rev().collect();
    let list = channels.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let run = |more: &[&str]| {
        let fixed = format!("--backend cpu --layer block1_conv1 --channels {list} --width 3 --height 2 --iterations 3");
        let mut all = vec!["--weights", DEMO];
        all.extend(fixed.split(' '));
        all.extend(more);
        let output = vggscope(folder.path(), &all);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["--iterates", "all.npz", "--objectives", "all.csv"]);
    run(&["--iterates", "each"]);

    let archive = File::open(folder.path().join("all.npz")).expect("the archive");
    let mut archive = zip::ZipArchive::new(archive).expect("a zip");
    let (shape, values) = array(archive.by_name("iterates.npy").expect("the array"));
    assert_eq!(shape, [64, 3, 2, 3, 3]);
    let climbs = values.chunks_exact(3 * 18);
    for (channel, climb) in channels.iter().zip(climbs) {
        let file = folder.path().join(format!("each/block1_conv1_c{channel:03}.npy"));
        assert_eq!(
            array(BufReader::new(File::open(file).expect("an array"))).1,
            climb,
            "{channel}"
        );
    }
    let mut rows = csv::Reader::from_path(folder.path().join("all.csv")).expect("a CSV file");
    let rows = rows.records().map(|row| row.expect("a row"));
    let found: Vec<_> = rows.map(|row| (row[0].to_owned(), row[1].to_owned())).collect();
    let steps = |channel: &usize| {
        (1..4)
            .map(|step: u32| (channel.to_string(), step.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(found, channels.iter().flat_map(steps).collect::<Vec<_>>());
}

/// Small readers, such as BusyBox's unzip, know no zip64, and read the sizes in front of the data.
#[test]
fn a_small_archive_says_its_sizes_in_front() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = small(folder.path(), &["--iterates", "iterates.npz"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(folder.path().join("iterates.npz")).expect("the archive");
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let header = 128;
    let size = header + 2 * 4 * 12 * 20 * 3 * 4;
    assert_eq!((number(18), number(22)), (size, size));
    // No extra field, which is what zip64 is.
    assert_eq!(bytes[28..30], [0, 0]);
}

#[test]
fn the_text_of_a_grid_makes_it_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = random_image(1, 12, 20);
    write_image(&folder.path().join("my start.npy"), &start);
    for arguments in [
        &[
            "--grid",
            "grid.png",
            "--step",
            "rms",
            "--learning-rate",
            "0.1",
            "--preprocessing",
            "torch",
        ] as &[&str],
        &["--grid", "grid.png", "--start", "my start.npy", "--seed", "7"],
    ] {
        let output = small(folder.path(), arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let first = std::fs::read(folder.path().join("grid.png")).expect("the grid");
        let picture = png::Decoder::new(std::io::Cursor::new(&first))
            .read_info()
            .expect("a PNG");
        let texts = &picture.info().utf8_text;
        let text = texts.first().expect("a text").get_text().expect("text");
        let (_, command) = text.split_once("vggscope render ").expect("a command");
        let again = Command::new("sh")
            .current_dir(folder.path())
            .args([
                "-c",
                &format!("\"$0\" render {}", command.replace("FILE.png", "again.png")),
            ])
            .arg(env!("CARGO_BIN_EXE_vggscope"))
            .output()
            .expect("a shell");
        assert!(
            again.status.success(),
            "{command}: {}",
            String::from_utf8_lossy(&again.stderr)
        );
        assert_eq!(
            first,
            std::fs::read(folder.path().join("again.png")).expect("the grid"),
            "{command}"
        );
    }
}

#[test]
fn a_file_that_cannot_be_written_is_said_before_the_climb() {
    let folder = tempfile::tempdir().expect("a folder");
    for (option, path) in [
        ("--grid", "missing/grid.png"),
        ("--iterates", "missing/iterates.npz"),
        ("--objectives", "missing/objectives.csv"),
    ] {
        // It would climb for minutes.
        let fixed = "--backend cpu --layer block2_conv1 --width 64 --height 64 --iterations 100000";
        let mut arguments = vec!["--weights", DEMO, option, path];
        arguments.extend(fixed.split(' '));
        let output = vggscope(folder.path(), &arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains(&format!("cannot write {path}")), "{message}");
    }
}

#[test]
fn a_grid_that_was_there_stays_until_the_new_one_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("grid.png");
    std::fs::write(&path, vec![7; 100_000]).expect("written");
    let refused = small(folder.path(), &["--grid", "grid.png", "--objectives", "missing/o.csv"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(std::fs::read(&path).expect("the file"), vec![7; 100_000]);
    assert!(small(folder.path(), &["--grid", "grid.png"]).status.success());
    let picture = std::fs::read(&path).expect("the grid");
    assert!(picture.starts_with(b"\x89PNG") && picture.ends_with(b"IEND\xaeB`\x82"));
}

/// The most memory that a run of so many steps with every iterate written took, in bytes.
#[cfg(target_os = "linux")]
fn peak_of(steps: &str) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let fixed = "--backend cpu --layer block1_conv1 --channels 0,1 --width 100 --height 100 --iterates all.npz";
    let mut run = Command::new(env!("CARGO_BIN_EXE_vggscope"))
        .current_dir(folder.path())
        .args(["render", "--weights", DEMO, "--iterations", steps])
        .args(fixed.split(' '))
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut peak = 0;
    while run.try_wait().expect("a status").is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", run.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok());
        peak = peak.max(kilobytes.unwrap_or(0) * 1024);
        std::thread::yield_now();
    }
    assert!(run.wait().expect("a status").success());
    peak
}

/// The images of 600 steps of two channels are 144 MB.
#[cfg(target_os = "linux")]
#[test]
fn a_long_run_needs_no_more_memory_than_a_short_one() {
    let (short, long) = (peak_of("20"), peak_of("600"));
    assert!(short > 1 << 20 && long < short + (16 << 20), "{short} and {long} bytes");
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

#[test]
fn a_model_of_the_catalogue_is_rendered_or_it_is_said_what_was_looked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/public/models.json");
    let run = |model: &str, arguments: &[&str]| {
        let fixed =
            "--backend cpu --layer block1_conv1 --channels 3 --width 8 --height 8 --iterations 2 --grid a.png --model";
        let all: Vec<&str> = fixed
            .split(' ')
            .chain([model])
            .chain(arguments.iter().copied())
            .collect();
        let output = vggscope(folder.path(), &all);
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (status, stderr) = run("textures", &["--models", models]);
    assert_eq!(status, Some(0), "{stderr}");
    assert!(
        folder.path().join("a.png").is_file() && !stderr.contains("guessed"),
        "{stderr}"
    );
    for (model, parts) in [
        ("textures", ["weights/demo", "www/public", "--models"]),
        (
            "imagenet-keras",
            ["no imagenet-keras.h5", "weights fetch imagenet-keras", "first"],
        ),
        ("vgg19", ["no model \"vgg19\"", "textures", "imagenet-torchvision"]),
    ] {
        // A program with the site within it has the textures with it.
        if cfg!(feature = "site") && model == "textures" {
            continue;
        }
        let (status, stderr) = run(model, &[]);
        assert_eq!(status, Some(1), "{stderr}");
        for part in parts {
            assert!(stderr.contains(part), "{part} is not in: {stderr}");
        }
    }
}
