//! Between Rust values and JavaScript's.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::error::Error;
use crate::weights::WeightsError;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
}

/// A JavaScript `Error` with a `code` and, where a download is asked about whose length is known, its `bytes`. What drivers say
/// goes to the console.
#[expect(clippy::needless_pass_by_value, reason = "used as map_err(reject)")]
pub(super) fn reject(error: Error) -> JsValue {
    if let Some(cause) = std::error::Error::source(&error) {
        console_error(&format!("{error} Cause: {cause}"));
    }
    let js_error: JsValue = js_sys::Error::new(&error.to_string()).into();
    // Setting a property of a fresh, extensible object cannot fail.
    let _ = Reflect::set(&js_error, &"code".into(), &error.code().into());
    if let Error::Weights(weights) = &error
        && let Some(bytes) = weights.bytes()
    {
        // As above.
        let _ = Reflect::set(&js_error, &"bytes".into(), &(bytes as f64).into());
    }
    js_error
}

/// The same for errors of the weights.
pub(super) fn rejection(error: WeightsError) -> JsValue {
    reject(error.into())
}

/// What a thrown value says.
pub(super) fn text(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => error.message().into(),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}

/// A plain object with these properties.
#[cfg(any(feature = "cpu", feature = "gpu"))]
pub(super) fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in properties {
        // As above: a fresh object takes any property.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// Takes the bytes out of JavaScript's memory, at once: what was copied would stay there until garbage is collected, and of
/// weights that is the whole model some times over.
pub(super) fn taken(array: &Uint8Array) -> Vec<u8> {
    let bytes = array.to_vec();
    let_go(array);
    bytes
}

/// Gives an array's memory back. Browsers that know no way to do it at once do it when they collect garbage.
pub(super) fn let_go(array: &Uint8Array) {
    let _ = array.buffer().transfer_with_length(0);
}

/// What a module threw that reads files for this one.
#[cfg(any(feature = "cpu", feature = "gpu"))]
#[expect(clippy::needless_pass_by_value, reason = "used as map_err(imported)")]
pub(super) fn imported(error: JsValue) -> WeightsError {
    let code = Reflect::get(&error, &"code".into())
        .ok()
        .and_then(|code| code.as_string());
    WeightsError::Imported {
        code: code.unwrap_or_else(|| "weights-malformed".to_owned()),
        message: text(&error),
    }
}
