//! A host in a thread: answers as a test tells it to, and remembers what it was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub path: String,
    /// First byte of a `Range: bytes=N-` or `bytes=N-M`.
    pub from: Option<u64>,
    /// Last byte of the latter.
    pub last: Option<u64>,
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// Headers besides `Content-Length` and `Connection`.
    pub headers: Vec<String>,
    pub body: Vec<u8>,
    /// How many bytes of the body are sent before the connection is closed.
    pub sent: usize,
}

impl Reply {
    pub fn new(status: u16, body: &[u8]) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.to_vec(),
            sent: body.len(),
        }
    }

    /// A file, whole or from a byte on, as a host that knows ranges sends it.
    pub fn file(file: &[u8], from: Option<u64>) -> Self {
        match from {
            None => Self::new(200, file),
            Some(from) if from >= file.len() as u64 => Self::new(416, b""),
            Some(from) => {
                let range = format!("Content-Range: bytes {from}-{}/{}", file.len() - 1, file.len());
                Self {
                    headers: vec![range],
                    ..Self::new(206, &file[from as usize..])
                }
            }
        }
    }

    /// A file, whole or the part that is asked for.
    pub fn part(file: &[u8], request: &Request) -> Self {
        let (Some(from), Some(last)) = (request.from, request.last) else {
            return Self::file(file, request.from);
        };
        let last = last.min(file.len() as u64 - 1);
        Self {
            headers: vec![format!("Content-Range: bytes {from}-{last}/{}", file.len())],
            ..Self::new(206, &file[from as usize..=last as usize])
        }
    }

    pub fn cut_after(self, sent: usize) -> Self {
        Self { sent, ..self }
    }
}

/// A running host; it ends with the test program.
pub struct Server {
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// `answer` is given the number of the request, from 0, and the request.
    pub fn start(answer: impl Fn(usize, &Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = read(&stream) else { continue };
                let number = {
                    let mut seen = seen.lock().expect("no test thread fails while it holds this");
                    seen.push(request.clone());
                    seen.len() - 1
                };
                write(stream, &answer(number, &request));
            }
        });
        Self { url, requests }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("as above").clone()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let mut request = Request {
        path: first.split(' ').nth(1)?.to_owned(),
        from: None,
        last: None,
    };
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some(range) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
            let (from, last) = range.split_once('-')?;
            (request.from, request.last) = (from.parse().ok(), last.parse().ok());
        }
    }
    Some(request)
}

/// A client that hangs up early is its own business.
fn write(mut stream: TcpStream, reply: &Reply) {
    let headers: String = reply.headers.iter().map(|header| format!("{header}\r\n")).collect();
    let head = format!(
        "HTTP/1.1 {} -\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        reply.status,
        reply.body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&reply.body[..reply.sent.min(reply.body.len())]);
}
