//! Getting a file from a static host: plain GET, read as it arrives.

use std::cell::Cell;

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, ReadableStreamDefaultReader, Response};

use crate::weights::WeightsError;

/// Fetches `folder + file`; `report` is told the bytes of this file so far, `fetched` counts all bytes.
///
/// Stops early when the host sends more than `expected`.
pub(super) async fn fetch(
    folder: &str,
    file: &str,
    expected: Option<u64>,
    fetched: &Cell<f64>,
    report: &mut dyn FnMut(u64),
) -> Result<Vec<u8>, WeightsError> {
    let url = format!("{folder}{file}");
    let response = request(&url).await?;
    if !response.ok() {
        let status = format!("{} {}", response.status(), response.status_text());
        return Err(WeightsError::NotFound {
            file: url,
            status: status.trim().to_owned(),
        });
    }
    let bytes = body(&url, &response, expected, fetched, report).await?;
    match expected {
        Some(expected) if (bytes.len() as u64) < expected && !looks_like_html(&bytes) => Err(WeightsError::Truncated {
            file: url,
            expected,
            actual: bytes.len() as u64,
        }),
        _ => Ok(bytes),
    }
}

/// A short web page is better named as such than as a cut file.
fn looks_like_html(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'<')
}

async fn request(url: &str) -> Result<Response, WeightsError> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let response = JsFuture::from(scope.fetch_with_str(url))
        .await
        .map_err(|error| unreachable_at(url, &error))?;
    response.dyn_into().map_err(|error| unreachable_at(url, &error))
}

async fn body(
    url: &str,
    response: &Response,
    expected: Option<u64>,
    fetched: &Cell<f64>,
    report: &mut dyn FnMut(u64),
) -> Result<Vec<u8>, WeightsError> {
    let mut bytes = Vec::with_capacity(expected.unwrap_or(0).min(1 << 26) as usize);
    let Some(stream) = response.body() else {
        return Ok(bytes);
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    loop {
        let chunk = JsFuture::from(reader.read())
            .await
            .map_err(|error| cut(url, expected, bytes.len(), &error))?;
        let value = Reflect::get(&chunk, &"value".into()).map_err(|error| unreachable_at(url, &error))?;
        if value.is_undefined() {
            return Ok(bytes);
        }
        let chunk: Uint8Array = value.unchecked_into();
        let length = chunk.length() as usize;
        bytes.resize(bytes.len() + length, 0);
        let start = bytes.len() - length;
        chunk.copy_to(&mut bytes[start..]);
        fetched.set(fetched.get() + length as f64);
        report(bytes.len() as u64);
        if expected.is_some_and(|expected| bytes.len() as u64 > expected) {
            // The length check that follows names the file; there is no need to read on.
            let _ = reader.cancel();
            return Ok(bytes);
        }
    }
}

/// The connection ended in the middle of the body.
fn cut(url: &str, expected: Option<u64>, actual: usize, error: &JsValue) -> WeightsError {
    match expected {
        Some(expected) => WeightsError::Truncated {
            file: url.to_owned(),
            expected,
            actual: actual as u64,
        },
        None => unreachable_at(url, error),
    }
}

fn unreachable_at(url: &str, error: &JsValue) -> WeightsError {
    let cause = error
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| format!("{error:?}"), |error| error.message().into());
    WeightsError::Unreachable {
        file: url.to_owned(),
        cause,
    }
}
