//! Downloads from hosts that fail in every way.
#![cfg(feature = "cli")]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::server::{Reply, Request, Server};
use sha2::{Digest, Sha256};
use vggscope::vgg16::Layer;
use vggscope::weights::WeightsError;
use vggscope::weights::download::{Event, download};
use vggscope::weights::known::Published;
use vggscope::weights::source::Source;

const FILE: &[u8] = &[7; 300_000];

fn published(file: &[u8]) -> Published<'static> {
    let hex: String = Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect();
    Published::Sha256(hex[..8].to_owned().leak())
}

/// A download into a folder, and what was reported of it.
struct Attempt {
    folder: tempfile::TempDir,
    result: Result<(), WeightsError>,
    retries: Vec<String>,
    last: (u64, Option<u64>),
}

impl Attempt {
    fn new(server: &Server) -> Self {
        Self::into(tempfile::tempdir().expect("a folder"), server)
    }

    fn into(folder: tempfile::TempDir, server: &Server) -> Self {
        let mut retries = Vec::new();
        let mut last = (0, None);
        let url = format!("{}vgg16.pth", server.url);
        let file = folder.path().join("vgg16.pth");
        let result = download(&url, published(FILE), &file, &mut |event| match event {
            Event::Progress { done, total } => last = (done, total),
            Event::Retry { error, .. } => retries.push(error.code().to_owned()),
        });
        Self {
            folder,
            result,
            retries,
            last,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("vgg16.pth")
    }

    fn part(&self) -> PathBuf {
        self.folder.path().join("vgg16.pth.part")
    }

    fn assert_whole(&self) {
        self.result.as_ref().expect("downloaded");
        assert_eq!(fs::read(self.file()).expect("a file"), FILE);
        assert!(!self.part().exists());
        assert_eq!(self.last, (FILE.len() as u64, Some(FILE.len() as u64)));
    }

    fn assert_refused(&self, code: &str) {
        let error = self.result.as_ref().expect_err("refused");
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains("vgg16.pth"), "{error}");
        assert!(!self.file().exists());
    }
}

fn from(requests: &[Request]) -> Vec<Option<u64>> {
    requests.iter().map(|request| request.from).collect()
}

#[test]
fn a_file_comes_whole() {
    let server = Server::start(|_, request| Reply::file(FILE, request.from));
    let attempt = Attempt::new(&server);
    attempt.assert_whole();
    assert!(attempt.retries.is_empty());
    // What is there and right is not fetched again.
    let again = Attempt::into(attempt.folder, &server);
    again.result.expect("it is there");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_cut_download_goes_on_where_it_stopped() {
    let server = Server::start(|number, request| {
        let reply = Reply::file(FILE, request.from);
        if number < 2 { reply.cut_after(100_000) } else { reply }
    });
    let attempt = Attempt::new(&server);
    attempt.assert_whole();
    assert_eq!(attempt.retries.len(), 2);
    assert_eq!(from(&server.requests()), [None, Some(100_000), Some(200_000)]);
}

#[test]
fn cuts_without_end_are_no_failure_while_something_comes() {
    let server = Server::start(|_, request| Reply::file(FILE, request.from).cut_after(50_000));
    let attempt = Attempt::new(&server);
    attempt.assert_whole();
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn a_part_of_an_earlier_run_is_used() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("vgg16.pth.part"), &FILE[..123_456]).expect("written");
    let server = Server::start(|_, request| Reply::file(FILE, request.from));
    Attempt::into(folder, &server).assert_whole();
    assert_eq!(from(&server.requests()), [Some(123_456)]);
}

#[test]
fn a_host_without_ranges_sends_from_the_beginning() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("vgg16.pth.part"), [9; 1000]).expect("written");
    let server = Server::start(|_, _| Reply::new(200, FILE));
    Attempt::into(folder, &server).assert_whole();
}

#[test]
fn a_part_that_is_whole_needs_nothing_more() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("vgg16.pth.part"), FILE).expect("written");
    let server = Server::start(|_, request| Reply::file(FILE, request.from));
    let attempt = Attempt::into(folder, &server);
    attempt.result.as_ref().expect("whole");
    assert_eq!(fs::read(attempt.file()).expect("a file"), FILE);
}

#[test]
fn a_host_that_is_busy_is_asked_again_and_one_that_stays_so_is_named() {
    let server = Server::start(|number, request| match number {
        0 => Reply::new(503, b"busy"),
        1 => Reply::new(429, b"busy"),
        _ => Reply::file(FILE, request.from),
    });
    let attempt = Attempt::new(&server);
    attempt.assert_whole();
    assert_eq!(attempt.retries, ["weights-not-found", "weights-not-found"]);
    let server = Server::start(|_, _| Reply::new(503, b"busy"));
    let attempt = Attempt::new(&server);
    attempt.assert_refused("weights-not-found");
    assert!(attempt.result.expect_err("busy").to_string().contains("503"));
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn what_will_not_change_is_not_asked_twice() {
    for status in [403, 404, 410] {
        let server = Server::start(move |_, _| Reply::new(status, b"no"));
        Attempt::new(&server).assert_refused("weights-not-found");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn another_file_is_refused_and_removed() {
    let cases: [(&'static [u8], &str); 3] = [
        (&[8; 300_000], "weights-checksum"),
        (
            b"<html><title>Sign in to this network</title></html>",
            "weights-web-page",
        ),
        (b"", "weights-empty"),
    ];
    for (body, code) in cases {
        let server = Server::start(move |_, request| Reply::file(body, request.from));
        let attempt = Attempt::new(&server);
        attempt.assert_refused(code);
        assert!(!attempt.part().exists());
    }
}

#[test]
fn other_bytes_than_those_asked_for_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("vgg16.pth.part"), &FILE[..1000]).expect("written");
    let server = Server::start(|_, _| Reply::file(FILE, Some(10)));
    let attempt = Attempt::into(folder, &server);
    attempt.assert_refused("weights-wrong-range");
    assert_eq!(fs::read(attempt.part()).expect("kept").len(), 1000);
}

#[test]
fn a_host_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = "http://127.0.0.1:9/vgg16.pth";
    let result = download(url, published(FILE), Path::new(&folder.path().join("f")), &mut |_| ());
    let error = result.expect_err("nobody listens");
    assert!(
        error.code() == "weights-unreachable" && error.to_string().contains(url),
        "{error}"
    );
}

/// A host that has this folder under `/signed/`, for whoever has the token, and a safetensors file as `/download/4711`.
fn weights_host() -> Server {
    Server::start(|_, Request { path, .. }| {
        let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/reference");
        let read = |file: PathBuf| fs::read(file).map_or_else(|_| Reply::new(404, b""), |file| Reply::new(200, &file));
        let (address, query) = path.split_once('?').unwrap_or((path.as_str(), ""));
        match address.strip_prefix("/signed/") {
            Some(file) if query == "token=a" => read(reference.join("narrow16_sharded").join(file)),
            Some(_) => Reply::new(403, b""),
            None if address == "/download/4711" => read(reference.join("weights/vgg16_narrow16.safetensors")),
            None if address == "/page" => Reply::new(200, b"<!doctype html><p>Welcome"),
            None => Reply::new(404, b""),
        }
    })
}

#[test]
fn a_signed_folder_is_read_with_its_signature() {
    let server = weights_host();
    let layer = Layer::named("block1_conv2").expect("a layer");
    for address in [
        "signed/?token=a",
        "signed?token=a",
        "signed/model.safetensors.index.json?token=a",
    ] {
        let source = Source::new(&format!("{}{address}", server.url));
        let mut weights = source.open().expect(address);
        source.load(&mut weights, layer, &mut |_| {}).expect(address);
    }
    let unsigned: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
    let unsigned = unsigned.iter().filter(|path| !path.ends_with("?token=a")).count();
    assert_eq!(unsigned, 0);
}

#[test]
fn what_is_at_an_address_is_told_by_its_host() {
    let server = weights_host();
    for (address, code, words) in [
        (
            "download/4711",
            "weights-needs-full-download",
            "is one file on a host; download it",
        ),
        ("nothing", "weights-not-found", "is neither a weight file nor a folder"),
        ("page", "weights-web-page", "is a web page"),
        (
            "signed/?token=old",
            "weights-not-found",
            "its signature has not run out",
        ),
    ] {
        let url = format!("{}{address}", server.url);
        let error = Source::new(&url).open().expect_err(address);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(
            error.to_string().contains(address.split('?').next().unwrap_or(address)),
            "{error}"
        );
    }
}
