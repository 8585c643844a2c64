//! What the headers of an answer say.

use web_sys::Response;

use crate::weights::transfer::ContentRange;

/// What a host said about the file besides its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::web) struct Facts {
    /// ETag or Last-Modified; empty where the host says neither, or hides it from other origins.
    pub(in crate::web) version: String,
    /// Length of the whole file.
    pub(in crate::web) total: Option<u64>,
}

pub(in crate::web) fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

pub(in crate::web) fn content_range(response: &Response) -> Option<ContentRange> {
    header(response, "content-range").and_then(|text| ContentRange::parse(&text))
}

pub(in crate::web) fn facts(response: &Response) -> Facts {
    let version = header(response, "etag").or_else(|| header(response, "last-modified"));
    let length = || header(response, "content-length").and_then(|text| text.parse().ok());
    let total = match response.status() {
        206 => content_range(response).and_then(|range| range.total),
        _ if header(response, "content-encoding").is_some() => None,
        _ => length(),
    };
    Facts {
        version: version.unwrap_or_default(),
        total,
    }
}
