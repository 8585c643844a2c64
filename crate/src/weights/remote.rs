//! A file on a host, read in parts.

use std::io::{self, Read};

use super::bytes::ReadAt;
use super::import::refuse_other_contents;
use super::{WeightsError, http, transfer};

/// What is fetched at once: the header of a safetensors file is in it.
const HEAD: u64 = 1 << 16;

/// A file on a host that sends parts.
#[derive(Debug)]
pub(super) struct RemoteFile {
    url: String,
    size: u64,
    head: Vec<u8>,
}

impl RemoteFile {
    /// Asks for the first bytes; `None` where the host sends files only whole, or does not say how long they are.
    pub(super) fn open(url: &str) -> Result<Option<Self>, WeightsError> {
        let response = http::get_range(url, &(0..HEAD))?;
        if !response.status().is_success() {
            return Err(http::refused(url, &response));
        }
        let sent = http::content_range(&response).filter(|sent| transfer::check_range(sent, &(0..HEAD)).is_ok());
        let Some(size) = sent.and_then(|sent| sent.total).filter(|_| response.status() == 206) else {
            return Ok(None);
        };
        let mut head = Vec::new();
        let mut body = response.into_body().into_reader().take(HEAD.min(size));
        body.read_to_end(&mut head)
            .map_err(|error| http::unreachable(url, &error))?;
        refuse_other_contents(url, &head)?;
        Ok(Some(Self {
            url: url.to_owned(),
            size,
            head,
        }))
    }
}

impl ReadAt for RemoteFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if self.head.read_at(offset, buffer).is_ok() {
            return Ok(());
        }
        let range = offset..offset.saturating_add(buffer.len() as u64);
        let response = http::get_range(&self.url, &range).map_err(io::Error::other)?;
        if response.status() != 206 {
            return Err(io::Error::other(http::refused(&self.url, &response)));
        }
        match http::content_range(&response) {
            Some(sent) => transfer::check_range(&sent, &range).map_err(io::Error::other)?,
            None => return Err(io::Error::other("the host does not say which part it sent")),
        }
        response.into_body().into_reader().read_exact(buffer)
    }
}
