//! What can be asked of a host without fetching a file.

use std::time::Duration;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, ReferrerPolicy, RequestCache, RequestInit, RequestMode, Response};

use super::answer::{facts, header};
use super::browser::worker;
use super::watch::Watch;

/// How long a question may take that is only asked to save a download.
const PATIENCE: Duration = Duration::from_secs(3);

/// A host's word on a file's version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HostVersion {
    Named(String),
    /// The host does not say.
    Silent,
}

/// The version a host names for a file; `None` where it cannot be asked. Of a file that is read `in_parts` its first byte is
/// asked for: the addresses that hubs redirect to are signed for GET alone.
pub(super) async fn version(url: &str, in_parts: bool, signal: &AbortSignal) -> Option<HostVersion> {
    let question = if in_parts { Question::FirstByte } else { Question::Head };
    let response = ask(question, url, RequestMode::Cors, signal).await?;
    Some(match response.status() {
        405 | 501 => HostVersion::Silent,
        _ if !response.ok() => HostVersion::Named(String::new()),
        _ => match facts(&response).version {
            version if version.is_empty() => HostVersion::Silent,
            version => HostVersion::Named(version),
        },
    })
}

/// Whether the host says that it compresses a file on the way.
pub(super) async fn compresses(url: &str, signal: &AbortSignal) -> bool {
    ask(Question::Head, url, RequestMode::Cors, signal)
        .await
        .is_some_and(|response| header(&response, "content-encoding").is_some())
}

/// Whether the host answers a request whose answer nobody may read: then only the permission was missing.
pub(super) async fn answers_without_permission(url: &str, signal: &AbortSignal) -> bool {
    ask(Question::Head, url, RequestMode::NoCors, signal).await.is_some()
}

/// Whether an address is on another origin than this page.
pub(super) fn is_foreign(url: &str) -> bool {
    !url.starts_with(&format!("{}/", worker().location().origin()))
}

/// How a host is asked without fetching the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Head,
    FirstByte,
}

async fn ask(question: Question, url: &str, mode: RequestMode, signal: &AbortSignal) -> Option<Response> {
    let watch = Watch::new(signal, PATIENCE).ok()?;
    let init = RequestInit::new();
    init.set_mode(mode);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    if question == Question::Head {
        init.set_method("HEAD");
        init.set_cache(RequestCache::NoCache);
    } else {
        let headers = Headers::new().ok()?;
        headers.set("range", "bytes=0-0").ok()?;
        init.set_headers(&headers);
        init.set_cache(RequestCache::NoStore);
    }
    init.set_signal(Some(&watch.signal().ok()?));
    let response = JsFuture::from(worker().fetch_with_str_and_init(url, &init))
        .await
        .ok()?;
    response.dyn_into().ok()
}
