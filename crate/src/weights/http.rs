//! HTTP as the program speaks it.

use std::ops::Range;
use std::time::Duration;

use ureq::http::Response;
use ureq::{Agent, Body};

use super::WeightsError;
use super::transfer::ContentRange;

/// How long a host may be silent.
const SILENCE: Duration = Duration::from_secs(10);

/// Asks for a file, from a byte on; a status that is an error is an answer like any other.
pub(super) fn get(url: &str, from: u64) -> Result<Response<Body>, WeightsError> {
    ask(url, (from > 0).then(|| format!("bytes={from}-")))
}

/// Asks for these bytes of a file, one at least; a host may answer with the whole.
pub(super) fn get_range(url: &str, range: &Range<u64>) -> Result<Response<Body>, WeightsError> {
    ask(
        url,
        Some(format!("bytes={}-{}", range.start, range.end.saturating_sub(1))),
    )
}

/// The range that a host says it has sent.
pub(super) fn content_range(response: &Response<Body>) -> Option<ContentRange> {
    ContentRange::parse(response.headers().get("content-range")?.to_str().ok()?)
}

fn ask(url: &str, range: Option<String>) -> Result<Response<Body>, WeightsError> {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(SILENCE))
        .timeout_per_read(Some(SILENCE))
        .accept_encoding("identity")
        .build()
        .into();
    let request = match range {
        None => agent.get(url),
        Some(range) => agent.get(url).header("range", range),
    };
    request.call().map_err(|error| match error {
        ureq::Error::Timeout(_) => stalled(url),
        other => unreachable(url, &other),
    })
}

/// The error of a host that sends nothing any more.
pub(super) fn stalled(url: &str) -> WeightsError {
    WeightsError::Stalled {
        file: url.to_owned(),
        seconds: SILENCE.as_secs() as u32,
        tries: 1,
    }
}

/// The error of a host that cannot be asked or does not finish.
pub(super) fn unreachable(url: &str, error: &dyn std::error::Error) -> WeightsError {
    WeightsError::Unreachable {
        file: url.to_owned(),
        cause: error.to_string(),
    }
}

/// The error of an answer that is an error.
pub(super) fn refused(url: &str, response: &Response<Body>) -> WeightsError {
    WeightsError::NotFound {
        file: url.to_owned(),
        status: response.status().as_u16().to_string(),
    }
}

/// Whether an address is one of the web.
pub(super) fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}
