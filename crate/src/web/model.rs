//! A model as the worker holds it: where its weights come from, those loaded so far, and its network on the device.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Float32Array, Promise, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::engine::{Ascent, AscentSettings, Device};
use super::images::OnImage;
use super::js::{self, object, reject};
use super::source::{Described, LoadOptions, Loader, Loading, Sources, Store};
use crate::ascent;
use crate::network::{Network, memory_needed};
use crate::objective::{Evaluation, MeanActivation};
use crate::settings::Preprocessing;
use crate::vgg16::Layer;
use crate::weights::{INDEX_FILE, Index, Weights};

/// A model: its index, and the weights loaded so far.
#[wasm_bindgen]
pub struct Model {
    shared: Rc<Shared>,
    network: RefCell<Option<Network>>,
}

/// What a load that is under way goes on using.
struct Shared {
    index_text: String,
    weights: RefCell<Weights>,
    /// `None` in a worker that is given its weights by another.
    source: Option<(Sources, Store)>,
    bytes_fetched: Rc<Cell<f64>>,
    /// Files loaded and kept here that no successful load has handed out yet: one that fails half-way leaves some.
    undelivered: Array,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description<'a> {
    name: &'a str,
    description: &'a str,
    licence: &'a str,
    source: &'a str,
    preprocessing: Preprocessing,
    origin: Option<Described>,
    total_bytes: u64,
    layers: Vec<LayerDescription>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LayerDescription {
    name: &'static str,
    kind: &'static str,
    channels: usize,
    bytes: u64,
    receptive_field: usize,
    downsampling: usize,
    in_model: bool,
}

#[wasm_bindgen]
impl Model {
    /// Opens weights. `sources` are absolute URLs, tried in order (of a folder with an index, or of a file; where a path does not
    /// say which, the host is asked), or a Blob (a file of any format); `name` is what messages call a Blob. A file on a host that
    /// cannot be read in parts and is large, and what another site gives beyond VGG16's layers, are fetched only with
    /// `allowFullDownload`.
    pub async fn open(
        #[wasm_bindgen(unchecked_param_type = "readonly string[] | Blob")] sources: JsValue,
        name: String,
        #[wasm_bindgen(js_name = allowFullDownload)] allow_full_download: bool,
        options: LoadOptions,
    ) -> Result<Model, JsValue> {
        let bytes_fetched = Rc::new(Cell::new(0.0));
        let loading = Loading::new(&options, &bytes_fetched);
        let store = Store::open().await;
        let loader = Loader {
            store: &store,
            loading: &loading,
        };
        let sources = Sources::open(&sources, &name, allow_full_download, &loader)
            .await
            .map_err(js::rejection)?;
        Self::new(sources.index().clone(), Some((sources, store)), bytes_fetched)
    }

    /// The same model in another worker, without a request: `indexText` of the first.
    #[wasm_bindgen(js_name = fromIndex)]
    pub fn from_index(#[wasm_bindgen(js_name = indexText)] index_text: &str) -> Result<Model, JsValue> {
        let index = Index::parse(INDEX_FILE, index_text.as_bytes()).map_err(js::rejection)?;
        Self::new(index, None, Rc::default())
    }

    fn new(index: Index, source: Option<(Sources, Store)>, bytes_fetched: Rc<Cell<f64>>) -> Result<Model, JsValue> {
        let shared = Shared {
            index_text: index.to_json().map_err(js::rejection)?,
            weights: RefCell::new(Weights::new(index)),
            source,
            bytes_fetched,
            undelivered: Array::new(),
        };
        Ok(Self {
            shared: Rc::new(shared),
            network: RefCell::new(None),
        })
    }

    /// The index: the host's, or the one that a single file stands in for.
    #[wasm_bindgen(getter, js_name = indexText)]
    pub fn index_text(&self) -> String {
        self.shared.index_text.clone()
    }

    /// Bytes of weights this worker fetched over the network for this model: neither the index, nor what was kept before.
    #[wasm_bindgen(getter, js_name = bytesFetched)]
    pub fn bytes_fetched(&self) -> f64 {
        self.shared.bytes_fetched.get()
    }

    /// What the model is and what it has of each of VGG16's 18 layers.
    pub fn describe(&self) -> Result<JsValue, JsValue> {
        let weights = self.shared.weights.borrow();
        let metadata = weights.index().metadata();
        let layers: Vec<_> = weights.layers().map(LayerDescription::new).collect();
        let description = Description {
            name: &metadata.name,
            description: &metadata.description,
            licence: &metadata.licence,
            source: &metadata.source,
            preprocessing: metadata.preprocessing,
            origin: self
                .shared
                .source
                .as_ref()
                .map(|(sources, store)| sources.describe(store)),
            total_bytes: layers.iter().map(|layer| layer.bytes).sum(),
            layers,
        };
        Ok(serde_wasm_bindgen::to_value(&description)?)
    }

    /// Loads, checks and keeps what a layer needs, lowest layer first, each file once; resolves to the files not handed
    /// out before, as `{file, bytes}`. Progress counts the bytes of this call.
    pub fn load(&self, layer: &str, options: &LoadOptions) -> Result<Promise, JsValue> {
        let layer = Layer::named(layer).map_err(reject)?;
        let shared = Rc::clone(&self.shared);
        let loading = Loading::new(options, &shared.bytes_fetched);
        Ok(future_to_promise(async move {
            let Some((sources, store)) = &shared.source else {
                return Ok(Array::new().into());
            };
            let mut deliver = |file: String, bytes: Uint8Array| {
                shared
                    .undelivered
                    .push(&object(&[("file", file.into()), ("bytes", bytes.into())]));
            };
            let loader = Loader {
                store,
                loading: &loading,
            };
            sources
                .load(&shared.weights, layer, &loader, &mut deliver)
                .await
                .map_err(reject)?;
            let shards = shared.undelivered.slice(0, shared.undelivered.length());
            shared.undelivered.set_length(0);
            Ok(shards.into())
        }))
    }

    /// Bytes of this module's memory that a climb of so many channels at once of a layer takes, weights included. To be asked
    /// before anything is loaded or begun.
    #[wasm_bindgen(js_name = memoryNeeded)]
    pub fn memory_needed(
        &self,
        layer: &str,
        height: usize,
        width: usize,
        #[wasm_bindgen(js_name = channelsAtOnce)] channels_at_once: usize,
    ) -> Result<f64, JsValue> {
        let layer = Layer::named(layer).map_err(reject)?;
        let weights = self.shared.weights.borrow();
        let bytes = memory_needed(&weights, layer, (height, width), channels_at_once).map_err(reject)?;
        Ok(bytes as f64)
    }

    /// Takes a file that another worker loaded, out of `bytes`; it is checked again.
    pub fn accept(&self, file: &str, bytes: &Uint8Array) -> Result<(), JsValue> {
        self.shared
            .weights
            .borrow_mut()
            .insert(file, js::taken(bytes))
            .map_err(js::rejection)
    }

    /// Starts a batch of channels climbing together.
    pub fn ascend(&self, device: &Device, settings: JsValue) -> Result<Ascent, JsValue> {
        let requested: AscentSettings = serde_wasm_bindgen::from_value(settings.clone())?;
        let settings = requested.checked(&settings)?;
        let ascent = self.with_network(device, settings.layer, |network| ascent::Ascent::new(network, settings))?;
        Ok(Ascent(RefCell::new(ascent)))
    }

    /// The feature map of one channel on an image: resolves to `{width, height, values}`.
    pub fn activation(&self, device: &Device, request: JsValue) -> Result<Promise, JsValue> {
        let request = OnImage::read(request)?;
        let pending = self.with_network(device, request.layer, |network| {
            let size = (request.height, request.width);
            network.feature_map(
                request.layer,
                request.channel,
                request.preprocessing,
                &request.image,
                size,
            )
        })?;
        Ok(future_to_promise(async move {
            let map = pending.read().await.map_err(reject)?;
            Ok(object(&[
                ("width", map.width.into()),
                ("height", map.height.into()),
                ("values", Float32Array::from(&map.values[..]).into()),
            ]))
        }))
    }

    /// The mean activation of one channel on an image, and its gradient with respect to the image: resolves to
    /// `{objective, norm, values}`, the values HWC and the norm Euclidean.
    pub fn gradient(&self, device: &Device, request: JsValue) -> Result<Promise, JsValue> {
        let request = OnImage::read(request)?;
        let settings = request.settings();
        let mut objective =
            self.with_network(device, request.layer, |network| MeanActivation::new(network, &settings))?;
        Ok(future_to_promise(async move {
            let found = objective.evaluate(&[&request.image]).await.map_err(reject)?;
            let Some(Evaluation { objective, gradient }) = found.first() else {
                return Ok(JsValue::UNDEFINED);
            };
            let norm = gradient.iter().map(|value| value * value).sum::<f64>().sqrt();
            let values: Vec<f32> = gradient.iter().map(|&value| value as f32).collect();
            Ok(object(&[
                ("objective", (*objective).into()),
                ("norm", norm.into()),
                ("values", Float32Array::from(&values[..]).into()),
            ]))
        }))
    }

    /// Puts what the layer needs on the device, then calls `use_network`.
    fn with_network<T>(
        &self,
        device: &Device,
        layer: &Layer,
        use_network: impl FnOnce(&Network) -> crate::Result<T>,
    ) -> Result<T, JsValue> {
        let mut slot = self.network.borrow_mut();
        let network = slot.get_or_insert_with(|| Network::new(device.0.clone()));
        network.extend(&self.shared.weights.borrow(), layer).map_err(reject)?;
        use_network(network).map_err(reject)
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Model").finish_non_exhaustive()
    }
}

impl LayerDescription {
    fn new(facts: crate::weights::LayerFacts) -> Self {
        Self {
            name: facts.layer.name,
            kind: if facts.layer.is_convolution() {
                "convolution"
            } else {
                "pooling"
            },
            channels: facts.channels,
            bytes: facts.bytes,
            receptive_field: facts.layer.receptive_field,
            downsampling: facts.layer.downsampling,
            in_model: facts.in_model,
        }
    }
}
