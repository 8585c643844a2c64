//! What every request of one call shares: whom to tell, when to give up, what to count.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Blob};

use crate::web::js::{imported, object};
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
  /** The module that reads single files, once it is loaded. */
  importers(): Promise<Importers>;
  /** What is known of a single file before it is opened. */
  readonly expected: Expected;
}
/** Which of several networks in a file is meant, by its name; sha256 of the bytes of a layer's tensors. */
export interface Expected {
  network?: string;
  sha256?: Readonly<Record<string, string>>;
}
/** The static functions of its `Importer`. */
export interface Importers {
  open(blob: Blob, name: string, expected: Expected): ImportedFile;
  formatOf(name: string, head: Uint8Array, size: number | undefined): string;
  headerEnd(name: string, head: Uint8Array, size: number | undefined): number;
  openParts(
    name: string,
    head: Uint8Array,
    size: number | undefined,
    expected: Expected,
  ): ImportedFile;
}
/** An `Importer`. */
export interface ImportedFile {
  readonly indexText: string;
  readonly format: string;
  readonly isRecognised: boolean;
  readonly assumed: string;
  readonly layerBytes: Float64Array;
  ranges(ordinal: number): Float64Array;
  shard(ordinal: number, fetched: Uint8Array[]): Uint8Array;
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
    #[wasm_bindgen(method, getter)]
    fn importers(this: &LoadOptions) -> Function;
    #[wasm_bindgen(method, getter)]
    fn expected(this: &LoadOptions) -> JsValue;

    /// The module that reads single files.
    pub(in crate::web) type Importers;
    #[wasm_bindgen(method, catch)]
    pub(in crate::web) fn open(
        this: &Importers,
        blob: &Blob,
        name: &str,
        expected: &JsValue,
    ) -> Result<Importer, JsValue>;
    #[wasm_bindgen(method, catch, js_name = formatOf)]
    pub(in crate::web) fn format_of(
        this: &Importers,
        name: &str,
        head: &Uint8Array,
        size: Option<f64>,
    ) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch, js_name = headerEnd)]
    pub(in crate::web) fn header_end(
        this: &Importers,
        name: &str,
        head: &Uint8Array,
        size: Option<f64>,
    ) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, catch, js_name = openParts)]
    pub(in crate::web) fn open_parts(
        this: &Importers,
        name: &str,
        head: &Uint8Array,
        size: Option<f64>,
        expected: &JsValue,
    ) -> Result<Importer, JsValue>;

    /// A file opened by it.
    pub(in crate::web) type Importer;
    #[wasm_bindgen(method, getter, catch, js_name = indexText)]
    pub(in crate::web) fn index_text(this: &Importer) -> Result<String, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub(in crate::web) fn format(this: &Importer) -> String;
    #[wasm_bindgen(method, getter, js_name = isRecognised)]
    pub(in crate::web) fn is_recognised(this: &Importer) -> bool;
    #[wasm_bindgen(method, getter)]
    pub(in crate::web) fn assumed(this: &Importer) -> String;
    #[wasm_bindgen(method, getter, js_name = layerBytes)]
    pub(in crate::web) fn layer_bytes(this: &Importer) -> Vec<f64>;
    #[wasm_bindgen(method)]
    pub(in crate::web) fn ranges(this: &Importer, ordinal: usize) -> Vec<f64>;
    #[wasm_bindgen(method, catch)]
    pub(in crate::web) fn shard(this: &Importer, ordinal: usize, fetched: Array) -> Result<Uint8Array, JsValue>;
}

/// What is going on, as the caller hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum State {
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
pub(in crate::web) struct Loading {
    progress: Function,
    pub(in crate::web) signal: AbortSignal,
    importers: Function,
    expected: JsValue,
    /// Bytes of weights fetched over the network by this model, in this and earlier calls.
    fetched: Rc<Cell<f64>>,
    total: Cell<u64>,
    loaded: RefCell<BTreeMap<String, u64>>,
}

impl Loading {
    pub(in crate::web) fn new(options: &LoadOptions, fetched: &Rc<Cell<f64>>) -> Self {
        Self {
            progress: options.progress(),
            signal: options.signal(),
            importers: options.importers(),
            expected: options.expected(),
            fetched: Rc::clone(fetched),
            total: Cell::new(0),
            loaded: RefCell::default(),
        }
    }

    /// The module that reads single files.
    pub(in crate::web) async fn importers(&self) -> Result<Importers, WeightsError> {
        let loading: Promise = self.importers.call0(&JsValue::NULL).map_err(imported)?.unchecked_into();
        let loaded = JsFuture::from(loading).await.map_err(imported)?;
        Ok(loaded.unchecked_into())
    }

    /// What is known of a single file before it is opened, for its importer.
    pub(in crate::web) const fn expected(&self) -> &JsValue {
        &self.expected
    }

    /// Bytes of weights that came over the network so far.
    pub(in crate::web) fn fetched(&self) -> f64 {
        self.fetched.get()
    }

    /// Bytes that this call expects in all.
    pub(in crate::web) fn expect(&self, total: u64) {
        self.total.set(total);
    }

    /// One file of weights, or a part of one.
    pub(in crate::web) fn part<'a>(&'a self, name: &str, layer: &'a str) -> Part<'a> {
        Part {
            loading: self,
            name: name.to_owned(),
            layer,
            is_weights: true,
        }
    }

    /// The index: a few kilobytes that are not weights.
    pub(in crate::web) fn index(&self) -> Part<'_> {
        Part {
            is_weights: false,
            ..self.part("index", "")
        }
    }

    /// # Errors
    /// [`WeightsError::Cancelled`] once the caller has given up.
    pub(in crate::web) fn check(&self, file: &str) -> Result<(), WeightsError> {
        if self.signal.aborted() {
            return Err(WeightsError::Cancelled { file: file.to_owned() });
        }
        Ok(())
    }
}

/// The progress of one file.
pub(in crate::web) struct Part<'a> {
    pub(in crate::web) loading: &'a Loading,
    name: String,
    layer: &'a str,
    is_weights: bool,
}

impl Part<'_> {
    /// Counts bytes of weights that came over the network.
    pub(in crate::web) fn count(&self, bytes: usize) {
        if !self.is_weights {
            return;
        }
        let fetched = &self.loading.fetched;
        fetched.set(fetched.get() + bytes as f64);
    }

    /// Says how much of this file there is now.
    pub(in crate::web) fn report(&self, loaded: u64, state: State, detail: &str) {
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
    pub(in crate::web) fn say(&self, state: State, detail: &str) {
        let loaded = self.loading.loaded.borrow().get(&self.name).copied().unwrap_or(0);
        self.report(loaded, state, detail);
    }
}
