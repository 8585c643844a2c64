//! The browser's side: what the worker calls. The only module that knows wasm-bindgen, web-sys and js-sys.
//!
//! Every rejection is a JavaScript `Error` with a `code` ([`crate::Error::code`]). A panic prints its text to the
//! console, leaves it in the worker's global `vggscopePanic` and traps; the page then starts a new worker.

mod js;

#[cfg(feature = "import")]
mod blob;
#[cfg(feature = "gpu")]
mod constructors;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod engine;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod images;
#[cfg(feature = "import")]
mod importer;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod model;
#[cfg(any(feature = "cpu", feature = "gpu"))]
mod source;

use wasm_bindgen::prelude::*;

#[cfg(any(feature = "cpu", feature = "gpu"))]
pub use engine::{Ascent, Device, draw, pack, unpack};
#[cfg(feature = "import")]
pub use importer::Importer;
#[cfg(any(feature = "cpu", feature = "gpu"))]
pub use model::Model;
#[cfg(any(feature = "cpu", feature = "gpu"))]
pub use source::LoadOptions;

/// Runs once, when the module is instantiated.
#[wasm_bindgen(start)]
pub fn start() {
    #[cfg(feature = "gpu")]
    constructors::run();
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        let global: JsValue = js_sys::global().into();
        // Nothing to do if this fails: the trap that follows still reaches the page.
        let _ = js_sys::Reflect::set(&global, &"vggscopePanic".into(), &panic.to_string().into());
    }));
}
