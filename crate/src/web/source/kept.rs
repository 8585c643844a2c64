//! What the browser keeps between visits: Cache Storage, one entry a file or part of a file.

use std::cell::Cell;

use js_sys::{Date, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Headers, Response, ResponseInit};

use super::answer::Facts;
use super::browser::worker;
use crate::web::js::{let_go, taken};
use crate::weights::index::sha256_hex;

/// The cache's name, which the page's own code knows too.
const CACHE: &str = "vggscope-weights-1";

const SHA256: &str = "x-vggscope-sha256";
const VERSION: &str = "x-vggscope-version";
const TOTAL: &str = "x-vggscope-total";
const KEPT_AT: &str = "x-vggscope-kept-at";

/// The cache, where this page may use one.
pub(super) struct Kept {
    cache: Option<Cache>,
    refused: Cell<bool>,
}

/// An entry as it was kept.
pub(super) struct Entry {
    pub(super) bytes: Vec<u8>,
    /// What the host said of the file then.
    pub(super) facts: Facts,
    /// Milliseconds since it was kept.
    pub(super) age: f64,
}

impl Kept {
    pub(super) async fn open() -> Self {
        Self {
            cache: open_cache().await,
            refused: Cell::new(false),
        }
    }

    /// Whether what comes is kept here, as far as one can tell beforehand.
    pub(super) fn keeps(&self) -> bool {
        self.cache.is_some() && !self.refused()
    }

    /// Whether the browser refused to keep something: no room, or not allowed.
    pub(super) fn refused(&self) -> bool {
        self.refused.get()
    }

    /// An undamaged entry; a damaged one is removed.
    pub(super) async fn get(&self, key: &str) -> Option<Entry> {
        let response = self.response(key).await?;
        let headers = response.headers();
        let buffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
        let bytes = taken(&js_sys::Uint8Array::new(&buffer));
        if header(&headers, SHA256) != sha256_hex(&bytes) {
            self.forget(key).await;
            return None;
        }
        Some(Entry {
            bytes,
            facts: facts(&headers),
            age: age(&headers),
        })
    }

    /// Whether there is an entry.
    pub(super) async fn has(&self, key: &str) -> bool {
        self.response(key).await.is_some()
    }

    /// A large entry, as the browser holds it, with what the host said and its age; its contents are checked by whoever reads them.
    pub(super) async fn blob(&self, key: &str) -> Option<(Blob, Facts, f64)> {
        let response = self.response(key).await?;
        let (facts, age) = (facts(&response.headers()), age(&response.headers()));
        let blob = JsFuture::from(response.blob().ok()?).await.ok()?;
        Some((blob.unchecked_into(), facts, age))
    }

    /// Keeps bytes; a browser without room or permission keeps nothing, and the caller goes on with what it has.
    pub(super) async fn put(&self, key: &str, bytes: &[u8], facts: &Facts) {
        let sha256 = sha256_hex(bytes);
        let response = entry_init(bytes.len() as f64, facts, Some(&sha256)).and_then(|init| {
            let array = js_sys::Uint8Array::from(bytes);
            let response = Response::new_with_opt_js_u8_array_and_init(Some(&array), &init);
            // The answer has its own copy.
            let_go(&array);
            response
        });
        self.store(key, response).await;
    }

    /// Keeps a large file.
    pub(super) async fn put_blob(&self, key: &str, blob: &Blob, facts: &Facts) {
        let response = entry_init(blob.size(), facts, None)
            .and_then(|init| Response::new_with_opt_blob_and_init(Some(blob), &init));
        self.store(key, response).await;
    }

    pub(super) async fn forget(&self, key: &str) {
        if let Some(cache) = &self.cache {
            // An entry that cannot be removed is found damaged again next time.
            let _ = settled(cache.delete(key)).await;
        }
    }

    async fn response(&self, key: &str) -> Option<Response> {
        let found = settled(self.cache.as_ref()?.find(key)).await.ok()?;
        found.dyn_into().ok()
    }

    async fn store(&self, key: &str, response: Result<Response, JsValue>) {
        let (Some(cache), Ok(response)) = (&self.cache, response) else {
            self.refused.set(true);
            return;
        };
        if settled(cache.put(key, &response)).await.is_err() {
            self.refused.set(true);
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// web-sys takes it for granted that these calls throw nothing. Where a site may not store anything some do.
    type CacheStorage;
    #[wasm_bindgen(method, catch)]
    fn open(this: &CacheStorage, name: &str) -> Result<Promise, JsValue>;

    type Cache;
    #[wasm_bindgen(method, catch, js_name = match)]
    fn find(this: &Cache, key: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn put(this: &Cache, key: &str, response: &Response) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn delete(this: &Cache, key: &str) -> Result<Promise, JsValue>;
}

/// What a call of the cache comes to: it may throw at once, or reject.
async fn settled(called: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(called?).await
}

/// Pages that are not secure contexts, those whose site may not store anything, and some private windows have no cache.
async fn open_cache() -> Option<Cache> {
    let storage = Reflect::get(&worker(), &"caches".into()).ok()?;
    let storage: CacheStorage = storage.is_object().then(|| storage.unchecked_into())?;
    let cache = settled(storage.open(CACHE)).await.ok()?;
    cache.is_object().then(|| cache.unchecked_into())
}

fn entry_init(length: f64, facts: &Facts, sha256: Option<&str>) -> Result<ResponseInit, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-length", &length.to_string())?;
    headers.set("content-type", "application/octet-stream")?;
    headers.set(KEPT_AT, &Date::now().to_string())?;
    headers.set(VERSION, &facts.version)?;
    if let Some(total) = facts.total {
        headers.set(TOTAL, &total.to_string())?;
    }
    if let Some(sha256) = sha256 {
        headers.set(SHA256, sha256)?;
    }
    let init = ResponseInit::new();
    init.set_headers(&headers);
    Ok(init)
}

fn header(headers: &Headers, name: &str) -> String {
    headers.get(name).ok().flatten().unwrap_or_default()
}

/// Milliseconds since the entry was kept.
fn age(headers: &Headers) -> f64 {
    Date::now() - header(headers, KEPT_AT).parse().unwrap_or(0.0)
}

fn facts(headers: &Headers) -> Facts {
    Facts {
        version: header(headers, VERSION),
        total: header(headers, TOTAL).parse().ok(),
    }
}
