//! The addresses of one model, tried in order.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::origin::{Described, Origin};
use super::store::{Loader, Store};
use crate::vgg16::Layer;
use crate::weights::{Index, Weights, WeightsError};

/// Where a model's weights come from now, and where else they may come from.
pub(in crate::web) struct Sources {
    index: Index,
    now: RefCell<Rc<Origin>>,
    left: RefCell<Vec<String>>,
    failures: RefCell<Vec<WeightsError>>,
    /// Whether the reader agreed to downloads of any size.
    agreed: bool,
}

impl Sources {
    /// Opens a Blob, which messages call `name`, or the first of some absolute URLs that gives weights.
    pub(in crate::web) async fn open(
        sources: &JsValue,
        name: &str,
        agreed: bool,
        loader: &Loader<'_>,
    ) -> Result<Self, WeightsError> {
        if let Some(blob) = sources.dyn_ref::<Blob>() {
            let (origin, index) = Origin::of_blob(blob, name, loader).await?;
            return Ok(Self::new(origin, index, Vec::new(), Vec::new(), agreed));
        }
        let mut left = addresses(sources);
        let mut failures = Vec::new();
        while let Some(url) = left.pop() {
            match Origin::open(&url, agreed, loader).await {
                Ok((origin, index)) => return Ok(Self::new(origin, index, left, failures, agreed)),
                Err(error) if error.is_about_the_host() => failures.push(error),
                Err(error) => return Err(error),
            }
        }
        Err(all_of(failures))
    }

    fn new(origin: Origin, index: Index, left: Vec<String>, failures: Vec<WeightsError>, agreed: bool) -> Self {
        Self {
            index,
            now: RefCell::new(Rc::new(origin)),
            left: RefCell::new(left),
            failures: RefCell::new(failures),
            agreed,
        }
    }

    pub(in crate::web) const fn index(&self) -> &Index {
        &self.index
    }

    /// Reads, checks and hands over the convolutions that `layer` needs and `weights` lacks, lowest first. If their host fails,
    /// the others are tried.
    pub(in crate::web) async fn load(
        &self,
        weights: &RefCell<Weights>,
        layer: &'static Layer,
        loader: &Loader<'_>,
        deliver: &mut dyn FnMut(String, Uint8Array),
    ) -> Result<(), crate::Error> {
        loop {
            let now = Rc::clone(&self.now.borrow());
            match now.load(weights, layer, loader, deliver).await {
                Err(crate::Error::Weights(error)) if error.is_about_the_host() => {
                    // Another load may have turned to the next one.
                    if Rc::ptr_eq(&now, &self.now.borrow()) {
                        self.turn_to_next(error, loader).await?;
                    }
                }
                outcome => return outcome,
            }
        }
    }

    /// Opens the next address that has the same model in the same files.
    async fn turn_to_next(&self, error: WeightsError, loader: &Loader<'_>) -> Result<(), WeightsError> {
        self.failures.borrow_mut().push(error);
        loop {
            let Some(url) = self.left.borrow_mut().pop() else {
                return Err(all_of(self.failures.take()));
            };
            match Origin::open(&url, self.agreed, loader).await {
                Ok((origin, index)) if index.has_files_of(&self.index) => {
                    *self.now.borrow_mut() = Rc::new(origin);
                    return Ok(());
                }
                Ok(_) => {}
                Err(error) if error.is_about_the_host() => self.failures.borrow_mut().push(error),
                Err(error) => return Err(error),
            }
        }
    }

    pub(in crate::web) fn describe(&self, store: &Store) -> Described {
        self.now.borrow().describe(store)
    }
}

/// The last first.
fn addresses(sources: &JsValue) -> Vec<String> {
    let mut urls: Vec<String> = Array::from(sources).iter().filter_map(|url| url.as_string()).collect();
    urls.reverse();
    urls
}

/// What to say when every address has failed: of a single one its own word, and of several a question if one is asked.
fn all_of(mut failures: Vec<WeightsError>) -> WeightsError {
    let asked = failures
        .iter()
        .position(|error| matches!(error, WeightsError::NeedsFullDownload { .. }));
    if let Some(only) = asked.or((failures.len() == 1).then_some(0)) {
        return failures.swap_remove(only);
    }
    WeightsError::NoSource {
        count: failures.len(),
        said: failures
            .iter()
            .map(|error| error.to_string())
            .collect::<Vec<_>>()
            .join("\n"),
    }
}
