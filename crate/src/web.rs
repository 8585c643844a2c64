//! The browser's side: what the worker calls. The only module that knows wasm-bindgen, web-sys and js-sys.
//!
//! Every rejection is a JavaScript `Error` with a `code` ([`crate::Error::code`]). A panic prints its text to the
//! console, leaves it in the worker's global `vggscopePanic` and traps; the page then starts a new worker.

mod blob;
mod js;

#[cfg(feature = "import")]
mod importer;

#[cfg(any(feature = "cpu", feature = "gpu"))]
mod answer;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod browser;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod engine;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod folder;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod host;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod images;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod kept;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod loading;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod model;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod origin;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod remote_file;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod request;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod sink;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod store;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod watch;

use wasm_bindgen::prelude::*;

#[cfg(any(feature = "cpu", feature = "gpu"))]
pub use engine::{Ascent, Device, batch_size, draw};
#[cfg(feature = "import")]
pub use importer::Importer;
#[cfg(any(feature = "cpu", feature = "gpu"))]
pub use loading::LoadOptions;
#[cfg(any(feature = "cpu", feature = "gpu"))]
pub use model::Model;

/// Runs once, when the module is instantiated.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        let global: JsValue = js_sys::global().into();
        // Nothing to do if this fails: the trap that follows still reaches the page.
        let _ = js_sys::Reflect::set(&global, &"vggscopePanic".into(), &panic.to_string().into());
    }));
}
