//! One GET, tried again when it fails in passing, and taken up where a connection broke off.

use std::ops::Range;
use std::time::Duration;

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestInit, Response};

use super::answer::{Facts, content_range, facts, header};
use super::browser::{is_offline, pause, worker};
use super::host;
use super::loading::{Part, State};
use super::sink::Sink;
use super::watch::Watch;
use crate::web::js::text;
use crate::weights::WeightsError;
use crate::weights::transfer;

/// How long a host may send nothing.
const PATIENCE: Duration = Duration::from_secs(10);

const COMPRESSED: &str = "its host compresses it on the way, so that its parts cannot be told";

/// Waits before the second, third and fourth try.
const DELAYS: [Duration; 3] = [
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(3),
];

/// The longest that a host may have a reader wait before it is asked again.
const LONGEST_DELAY: Duration = Duration::from_secs(30);

/// What to ask a host for.
#[derive(Debug, Clone)]
pub(super) struct Request<'a> {
    pub(super) url: &'a str,
    /// Only these bytes of the file.
    pub(super) range: Option<Range<u64>>,
    /// Length of the body, where it is known: more is not read.
    pub(super) expected: Option<u64>,
    /// What a body of unknown length may have.
    pub(super) limit: Option<Limit<'a>>,
    /// Whether the browser's own HTTP cache may answer, and keep what comes.
    pub(super) http_cache: HttpCache,
}

/// What the browser's HTTP cache is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HttpCache {
    Used,
    /// What comes is kept elsewhere: once is enough.
    Spared,
    /// It may hold a damaged copy.
    Renewed,
}

/// Where reading ends with [`WeightsError::NeedsFullDownload`], for this reason.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Limit<'a> {
    pub(in crate::web) bytes: u64,
    pub(in crate::web) reason: &'a str,
}

/// Why a try ended without the body.
enum Failure {
    /// It may go better next time.
    Passing(WeightsError),
    /// As the host says, so much later.
    Later(WeightsError, Duration),
    /// What a redirection led to no longer answers: hubs sign such addresses for an hour. Asked from the start, they give another.
    Expired(WeightsError),
    Final(WeightsError),
}

/// Fetches a body into the sink.
pub(super) async fn get(request: &Request<'_>, part: &Part<'_>, sink: &mut dyn Sink) -> Result<Facts, WeightsError> {
    let mut delays = DELAYS.into_iter();
    let mut seen: Option<Facts> = None;
    let mut expired = false;
    loop {
        part.loading.check(request.url)?;
        let (failure, wait) = match Try::new(request, part).run(sink, &mut seen).await {
            Ok(facts) => return Ok(facts),
            Err(Failure::Expired(_)) if !expired => {
                expired = true;
                continue;
            }
            Err(Failure::Final(error) | Failure::Expired(error)) => return Err(error),
            Err(Failure::Passing(error)) => (error, Duration::ZERO),
            Err(Failure::Later(error, wait)) => (error, wait),
        };
        part.loading.check(request.url)?;
        if is_offline() {
            return Err(WeightsError::Offline {
                file: request.url.to_owned(),
            });
        }
        let Some(delay) = delays.next() else {
            return Err(failure);
        };
        let delay = delay.max(wait);
        let detail = format!("Trying again in {} s: {}.", delay.as_secs_f32(), reason(&failure));
        part.say(State::Retrying, &detail);
        pause(delay, &part.loading.signal).await;
    }
}

/// A failure that may pass, in few words.
fn reason(failure: &WeightsError) -> String {
    match failure {
        WeightsError::NotFound { status, .. } => format!("the host answered {status}"),
        WeightsError::Stalled { seconds, .. } => format!("no byte came for {seconds} s"),
        _ => "the connection broke off".to_owned(),
    }
}

/// When the host says that it may be asked again, in seconds; a date is as good as nothing said.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = header(response, "retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_DELAY))
}

struct Try<'a> {
    request: &'a Request<'a>,
    part: &'a Part<'a>,
}

impl<'a> Try<'a> {
    const fn new(request: &'a Request<'a>, part: &'a Part<'a>) -> Self {
        Self { request, part }
    }

    async fn run(&self, sink: &mut dyn Sink, seen: &mut Option<Facts>) -> Result<Facts, Failure> {
        let watch = Watch::new(&self.part.loading.signal, PATIENCE).map_err(|error| self.passing(&error))?;
        let response = match self.respond(&watch, sink.len()).await {
            Ok(response) => response,
            Err(failure) => {
                // Where a host compresses, a part is never answered: then from the beginning. Another origin hides it.
                let url = self.request.url;
                if sink.len() > 0 && (host::is_foreign(url) || host::compresses(url, &self.part.loading.signal).await) {
                    sink.clear();
                }
                return Err(failure);
            }
        };
        let facts = facts(&response);
        if seen.as_ref().is_some_and(|seen| seen.version != facts.version) || response.status() == 200 {
            sink.clear();
        }
        self.check(&response, sink.len(), &facts)?;
        // What was compressed on the way cannot be taken up in the middle.
        let resumable = header(&response, "content-encoding").is_none();
        *seen = Some(facts.clone());
        let read = self.read(&response, &watch, sink).await;
        if read.is_err() && !resumable {
            sink.clear();
        }
        read.map(|()| facts)
    }

    /// The first byte asked for, when this many are there.
    fn start(&self, have: u64) -> u64 {
        self.request.range.as_ref().map_or(0, |range| range.start) + have
    }

    async fn respond(&self, watch: &Watch, have: u64) -> Result<Response, Failure> {
        let init = self.init(watch, have).map_err(|error| self.passing(&error))?;
        let answer = JsFuture::from(worker().fetch_with_str_and_init(self.request.url, &init)).await;
        let response: Response = match answer {
            Ok(response) => response.unchecked_into(),
            Err(error) => return Err(self.unanswered(watch, &error).await),
        };
        match response.status() {
            200 | 206 => Ok(response),
            416 if have > 0 => Err(Failure::Passing(self.not_found(&response))),
            416 if header(&response, "content-range").is_some_and(|range| range.ends_with("/0")) => {
                Err(Failure::Final(WeightsError::Empty {
                    file: self.request.url.to_owned(),
                }))
            }
            403 if response.redirected() => Err(Failure::Expired(self.not_found(&response))),
            408 | 425 | 429 | 500..=599 => Err(match retry_after(&response) {
                Some(wait) => Failure::Later(self.not_found(&response), wait),
                None => Failure::Passing(self.not_found(&response)),
            }),
            _ => Err(Failure::Final(self.not_found(&response))),
        }
    }

    fn init(&self, watch: &Watch, have: u64) -> Result<RequestInit, JsValue> {
        let init = RequestInit::new();
        init.set_signal(Some(&watch.signal()?));
        // A host of weights need not hear which page somebody reads.
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        // A browser once served a cached part as the whole file: parts go past its HTTP cache.
        let partial = self.request.range.is_some() || have > 0;
        init.set_cache(match self.request.http_cache {
            _ if partial => RequestCache::NoStore,
            HttpCache::Spared => RequestCache::NoStore,
            HttpCache::Renewed => RequestCache::Reload,
            HttpCache::Used => RequestCache::Default,
        });
        // One range, whole numbers, and no other header: what browsers send to another origin without asking it first.
        if partial {
            let headers = Headers::new()?;
            let last = self.request.range.as_ref().map(|range| range.end - 1);
            let last = last.map_or_else(String::new, |last| last.to_string());
            headers.set("range", &format!("bytes={}-{last}", self.start(have)))?;
            init.set_headers(&headers);
        }
        Ok(init)
    }

    /// Whether the answer is what was asked for.
    fn check(&self, response: &Response, have: u64, facts: &Facts) -> Result<(), Failure> {
        let file = || self.request.url.to_owned();
        let wrong = |problem: String| Failure::Final(WeightsError::WrongRange { file: file(), problem });
        let whole = |reason: &str| Failure::Final(self.needs_full_download(facts.total, reason));
        if let (Some(limit), Some(total)) = (self.request.limit, facts.total)
            && total > limit.bytes
        {
            return Err(whole(limit.reason));
        }
        let Some(range) = &self.request.range else {
            return match content_range(response) {
                Some(range) if response.status() == 206 && range.start != have => {
                    Err(Failure::Passing(WeightsError::WrongRange {
                        file: file(),
                        problem: format!("the host sent bytes from {} on, not from {have}", range.start),
                    }))
                }
                _ => Ok(()),
            };
        };
        if response.status() == 200 && facts.total == Some(0) {
            return Err(Failure::Final(WeightsError::Empty { file: file() }));
        }
        if response.status() == 200 {
            return Err(whole("its host ignores requests for parts of a file"));
        }
        if header(response, "content-encoding").is_some() {
            return Err(whole(
                "its host compresses it on the way, so that its parts cannot be told",
            ));
        }
        match (content_range(response), header(response, "content-range")) {
            (Some(sent), _) => transfer::check_range(&sent, &(self.start(have)..range.end)).map_err(wrong),
            (None, Some(said)) => Err(wrong(format!("the host says that it sends “{said}”"))),
            // Hosts hide it from other origins.
            (None, None) => Ok(()),
        }
    }

    async fn read(&self, response: &Response, watch: &Watch, sink: &mut dyn Sink) -> Result<(), Failure> {
        let Some(stream) = response.body() else { return Ok(()) };
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        loop {
            let chunk = match JsFuture::from(reader.read()).await {
                Ok(chunk) => chunk,
                Err(error) => return Err(self.broken(watch, sink.len(), &error)),
            };
            watch.rest();
            let value = Reflect::get(&chunk, &"value".into()).map_err(|error| self.passing(&error))?;
            if value.is_undefined() {
                return Ok(());
            }
            let chunk: Uint8Array = value.unchecked_into();
            self.part.count(chunk.length() as usize);
            sink.push(&chunk).map_err(|error| self.passing(&error))?;
            self.part.report(sink.len(), State::Fetching, "");
            if self.request.expected.is_some_and(|expected| sink.len() > expected) {
                // The check of its length that follows names the file; there is no need to read on.
                return Ok(());
            }
            if let Some(limit) = self.request.limit
                && sink.len() > limit.bytes
            {
                return Err(Failure::Final(self.needs_full_download(None, limit.reason)));
            }
        }
    }

    /// No answer at all: cancelled, stalled, offline, not allowed, or no connection.
    async fn unanswered(&self, watch: &Watch, error: &JsValue) -> Failure {
        let url = self.request.url;
        if watch.ran_out() || self.part.loading.signal.aborted() || is_offline() {
            return self.broken(watch, 0, error);
        }
        if host::is_foreign(url) && host::answers_without_permission(url, &self.part.loading.signal).await {
            return Failure::Final(WeightsError::CorsRefused { file: url.to_owned() });
        }
        if self.request.range.is_some() && host::compresses(url, &self.part.loading.signal).await {
            // A compressed part cannot be decoded: browsers fail without a word.
            return Failure::Final(self.needs_full_download(None, COMPRESSED));
        }
        self.passing(error)
    }

    fn needs_full_download(&self, bytes: Option<u64>, reason: &str) -> WeightsError {
        WeightsError::NeedsFullDownload {
            file: self.request.url.to_owned(),
            bytes,
            reason: reason.to_owned(),
        }
    }

    /// The connection ended in the middle.
    fn broken(&self, watch: &Watch, have: u64, error: &JsValue) -> Failure {
        let file = self.request.url.to_owned();
        Failure::Passing(if watch.ran_out() {
            WeightsError::Stalled {
                file,
                seconds: PATIENCE.as_secs() as u32,
                tries: DELAYS.len() as u32 + 1,
            }
        } else {
            match self.request.expected {
                Some(expected) if have > 0 => WeightsError::Truncated {
                    file,
                    expected,
                    actual: have,
                },
                _ => return self.passing(error),
            }
        })
    }

    fn passing(&self, error: &JsValue) -> Failure {
        Failure::Passing(WeightsError::Unreachable {
            file: self.request.url.to_owned(),
            cause: text(error),
        })
    }

    fn not_found(&self, response: &Response) -> WeightsError {
        let status = format!("{} {}", response.status(), response.status_text());
        WeightsError::NotFound {
            file: self.request.url.to_owned(),
            status: status.trim().to_owned(),
        }
    }
}
