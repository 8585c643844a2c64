//! `vggscope serve` as a program: it says where it is, answers, and names what keeps it from serving.
#![cfg(all(feature = "cli", feature = "cpu", feature = "gpu"))]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Ended with the test, however that ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_vggscope"));
    program.arg("serve");
    program
}

/// Starts a server of this folder on a free port; answers with its address, as it says it itself.
fn serve(folder: &std::path::Path) -> Result<(Server, String)> {
    let mut child = program()
        .arg(folder)
        .args(["--port", "0"])
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = child.stderr.take().context("no standard error")?;
    let server = Server(child);
    let mut line = String::new();
    BufReader::new(stderr).read_line(&mut line)?;
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    Ok((server, address.with_context(|| line.clone())?.to_owned()))
}

fn ask(address: &str, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn serves_a_folder_and_nothing_beside_it() -> Result<()> {
    let place = tempfile::tempdir()?;
    let site = place.path().join("site");
    fs::create_dir(&site)?;
    fs::write(site.join("index.html"), "<!doctype html>")?;
    fs::write(place.path().join("secret"), "secret")?;
    let (_server, address) = serve(&site)?;
    let page = ask(&address, "GET /")?;
    assert!(
        page.starts_with("HTTP/1.1 200") && page.ends_with("<!doctype html>"),
        "{page}"
    );
    assert!(page.contains("content-security-policy: default-src 'none'"), "{page}");
    for path in ["/../secret", "/%2e%2e/secret", "/..%2fsecret"] {
        let refused = ask(&address, &format!("GET {path}"))?;
        assert!(!refused.contains("HTTP/1.1 200"), "{path}: {refused}");
        assert!(!refused.ends_with("secret"), "{path}: {refused}");
    }
    Ok(())
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() -> Result<()> {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port().to_string();
    let place = tempfile::tempdir()?;
    fs::write(place.path().join("index.html"), "")?;
    let output = program().arg(place.path()).args(["--port", &port]).output()?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains(&format!("127.0.0.1:{port}")) && said.contains("--port"),
        "{said}"
    );
    Ok(())
}

#[test]
fn a_port_that_is_none_is_bad_usage() -> Result<()> {
    let output = program().args(["--port", "70000"]).output()?;
    assert_eq!(output.status.code(), Some(2));
    Ok(())
}
