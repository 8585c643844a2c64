//! What every request of one call shares: whom to tell, when to give up, what to count.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::js::object;
use crate::weights::WeightsError;

#[wasm_bindgen(typescript_custom_section)]
const LOAD_OPTIONS: &str = r#"
/** What is going on with a file: see {@link LoadOptions}. */
export type LoadState = "fetching" | "retrying" | "waiting" | "reading";
export interface LoadReport {
  loadedBytes: number;
  totalBytes: number;
  layer: string;
  state: LoadState;
  /** A sentence where the state calls for one, else empty. */
  detail: string;
}
export interface LoadOptions {
  progress(report: LoadReport): void;
  /** Aborting it ends the call with the code weights-cancelled. */
  signal: AbortSignal;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The caller's ear and stop button.
    #[wasm_bindgen(typescript_type = "LoadOptions")]
    pub type LoadOptions;
    #[wasm_bindgen(method, getter)]
    fn progress(this: &LoadOptions) -> Function;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &LoadOptions) -> AbortSignal;
}

/// What is going on, as the caller hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Bytes arrive over the network.
    Fetching,
    /// A try failed; the next follows.
    Retrying,
    /// The same file is on its way already: another tab fetches it, or another run of this page.
    Waiting,
    /// From the browser's cache, or from a file on disk.
    Reading,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Fetching => "fetching",
            Self::Retrying => "retrying",
            Self::Waiting => "waiting",
            Self::Reading => "reading",
        }
    }
}

/// One call's progress over all its files.
pub(super) struct Loading {
    progress: Function,
    pub(super) signal: AbortSignal,
    /// Bytes of weights fetched over the network by this model, in this and earlier calls.
    fetched: Rc<Cell<f64>>,
    total: Cell<u64>,
    loaded: RefCell<BTreeMap<String, u64>>,
}

impl Loading {
    pub(super) fn new(options: &LoadOptions, fetched: &Rc<Cell<f64>>) -> Self {
        Self {
            progress: options.progress(),
            signal: options.signal(),
            fetched: Rc::clone(fetched),
            total: Cell::new(0),
            loaded: RefCell::default(),
        }
    }

    /// Bytes of weights that came over the network so far.
    pub(super) fn fetched(&self) -> f64 {
        self.fetched.get()
    }

    /// Bytes that this call expects in all.
    pub(super) fn expect(&self, total: u64) {
        self.total.set(total);
    }

    /// One file of weights, or a part of one.
    pub(super) fn part<'a>(&'a self, name: &str, layer: &'a str) -> Part<'a> {
        Part {
            loading: self,
            name: name.to_owned(),
            layer,
            is_weights: true,
        }
    }

    /// The index: a few kilobytes that are not weights.
    pub(super) fn index(&self) -> Part<'_> {
        Part {
            is_weights: false,
            ..self.part("index", "")
        }
    }

    /// # Errors
    /// [`WeightsError::Cancelled`] once the caller has given up.
    pub(super) fn check(&self, file: &str) -> Result<(), WeightsError> {
        if self.signal.aborted() {
            return Err(WeightsError::Cancelled { file: file.to_owned() });
        }
        Ok(())
    }
}

/// The progress of one file.
pub(super) struct Part<'a> {
    pub(super) loading: &'a Loading,
    name: String,
    layer: &'a str,
    is_weights: bool,
}

impl Part<'_> {
    /// Counts bytes of weights that came over the network.
    pub(super) fn count(&self, bytes: usize) {
        if !self.is_weights {
            return;
        }
        let fetched = &self.loading.fetched;
        fetched.set(fetched.get() + bytes as f64);
    }

    /// Says how much of this file there is now.
    pub(super) fn report(&self, loaded: u64, state: State, detail: &str) {
        let loaded: u64 = {
            let mut parts = self.loading.loaded.borrow_mut();
            parts.insert(self.name.clone(), loaded);
            parts.values().sum()
        };
        let report = object(&[
            ("loadedBytes", (loaded as f64).into()),
            ("totalBytes", (self.loading.total.get().max(loaded) as f64).into()),
            ("layer", self.layer.into()),
            ("state", state.name().into()),
            ("detail", detail.into()),
        ]);
        // A page that throws in its progress callback loses the report, not the weights.
        let _ = self.loading.progress.call1(&JsValue::NULL, &report);
    }

    /// Says what this file is waiting for; its bytes so far stand.
    pub(super) fn say(&self, state: State, detail: &str) {
        let loaded = self.loading.loaded.borrow().get(&self.name).copied().unwrap_or(0);
        self.report(loaded, state, detail);
    }
}
