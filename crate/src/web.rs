//! The browser's side: what the worker calls. The only module that knows wasm-bindgen, web-sys and js-sys.
//!
//! Every rejection is a JavaScript `Error` with a `code` ([`crate::Error::code`]). A panic prints its text to the
//! console, leaves it in the worker's global `vggscopePanic` and traps; the page then starts a new worker.

mod fetch;
mod js;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Float32Array, Function, Promise, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use wasm_bindgen_futures::future_to_promise;
use web_sys::{ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use crate::ascent;
use crate::device::Compute;
use crate::image::Contrast;
use crate::network::Network;
use crate::settings::{Preprocessing, Settings, StepRule};
use crate::vgg16::Layer;
use crate::weights::{INDEX_FILE, Index, Weights};
use js::{object, reject};

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

/// The device everything computes on: the CPU in the `cpu` build, WebGPU in the `gpu` build.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Device(Compute);

#[wasm_bindgen]
impl Device {
    /// Opens the device.
    pub async fn open() -> Result<Device, JsValue> {
        #[cfg(feature = "gpu")]
        let compute = Compute::gpu().await.map_err(reject)?;
        #[cfg(not(feature = "gpu"))]
        let compute = Compute::cpu(crate::device::Arithmetic::F32);
        Ok(Self(compute))
    }
}

/// How many channels of this layer should climb together on this build's device.
#[wasm_bindgen(js_name = batchSize)]
pub fn batch_size(layer: &str, width: usize, height: usize) -> Result<usize, JsValue> {
    let layer = Layer::named(layer).map_err(reject)?;
    crate::device::batch_size(cfg!(feature = "gpu"), layer, height, width).map_err(reject)
}

/// A model: its index, and the weights fetched so far.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Model {
    folder: String,
    index_text: String,
    weights: Rc<RefCell<Weights>>,
    network: RefCell<Option<Network>>,
    bytes_fetched: Rc<Cell<f64>>,
    /// Files fetched and kept here that no successful load has handed out yet: one that fails half-way leaves some.
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
    /// Fetches and checks the index of a folder (an absolute URL that ends in "/").
    pub async fn open(folder: String) -> Result<Model, JsValue> {
        let bytes_fetched = Rc::new(Cell::new(0.0));
        let bytes = fetch::fetch(&folder, INDEX_FILE, None, &bytes_fetched, &mut |_| ())
            .await
            .map_err(js::rejection)?;
        Self::new(folder, bytes, bytes_fetched)
    }

    /// The same model in another worker, without a request.
    #[wasm_bindgen(js_name = fromIndex)]
    pub fn from_index(folder: String, index_text: String) -> Result<Model, JsValue> {
        Self::new(folder, index_text.into_bytes(), Rc::default())
    }

    fn new(folder: String, index: Vec<u8>, bytes_fetched: Rc<Cell<f64>>) -> Result<Model, JsValue> {
        let parsed = Index::parse(&format!("{folder}{INDEX_FILE}"), &index).map_err(js::rejection)?;
        Ok(Self {
            folder,
            index_text: String::from_utf8_lossy(&index).into_owned(),
            weights: Rc::new(RefCell::new(Weights::new(parsed))),
            network: RefCell::new(None),
            bytes_fetched,
            undelivered: Array::new(),
        })
    }

    /// The index as fetched.
    #[wasm_bindgen(getter, js_name = indexText)]
    pub fn index_text(&self) -> String {
        self.index_text.clone()
    }

    /// Bytes this worker fetched over the network for this model, the index included.
    #[wasm_bindgen(getter, js_name = bytesFetched)]
    pub fn bytes_fetched(&self) -> f64 {
        self.bytes_fetched.get()
    }

    /// What the model is and what it has of each of VGG16's 18 layers.
    pub fn describe(&self) -> Result<JsValue, JsValue> {
        let weights = self.weights.borrow();
        let metadata = weights.index().metadata();
        let description = Description {
            name: &metadata.name,
            description: &metadata.description,
            licence: &metadata.licence,
            source: &metadata.source,
            preprocessing: metadata.preprocessing,
            layers: weights
                .layers()
                .map(|facts| LayerDescription {
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
                })
                .collect(),
        };
        Ok(serde_wasm_bindgen::to_value(&description)?)
    }

    /// Fetches, checks and keeps the files up to a layer, lowest first, each once; resolves to those not handed out
    /// before, as `{file, bytes}`. `progress(loadedBytes, totalBytes, layer)` counts the bytes of this call.
    pub fn load(&self, layer: &str, progress: Function) -> Result<Promise, JsValue> {
        let layer = Layer::named(layer).map_err(reject)?;
        let missing = self.weights.borrow().missing(layer).map_err(reject)?;
        let (weights, folder, fetched) = (
            Rc::clone(&self.weights),
            self.folder.clone(),
            Rc::clone(&self.bytes_fetched),
        );
        let undelivered = self.undelivered.clone();
        Ok(future_to_promise(async move {
            let expected = |file: &String| weights.borrow().index().facts(file).map(|facts| facts.bytes);
            let total: u64 = missing.iter().filter_map(expected).sum();
            let mut before = 0;
            for file in &missing {
                let layer = weights.borrow().index().layer(file);
                let mut report = |loaded: u64| {
                    let loaded = before + loaded;
                    // A page that throws in its progress callback loses the report, not the weights.
                    let _ = progress.call3(
                        &JsValue::NULL,
                        &(loaded as f64).into(),
                        &(total.max(loaded) as f64).into(),
                        &layer.into(),
                    );
                };
                let bytes = fetch::fetch(&folder, file, expected(file), &fetched, &mut report)
                    .await
                    .map_err(js::rejection)?;
                weights
                    .borrow_mut()
                    .insert(file, bytes.clone())
                    .map_err(js::rejection)?;
                before += bytes.len() as u64;
                undelivered.push(&object(&[
                    ("file", file.as_str().into()),
                    ("bytes", Uint8Array::from(&bytes[..]).into()),
                ]));
            }
            let shards = undelivered.slice(0, undelivered.length());
            undelivered.set_length(0);
            Ok(shards.into())
        }))
    }

    /// Takes a file that another worker fetched; it is checked again.
    pub fn accept(&self, file: &str, bytes: &[u8]) -> Result<(), JsValue> {
        self.weights
            .borrow_mut()
            .insert(file, bytes.to_vec())
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
        let image = js::floats(&request, "image")?.unwrap_or_default();
        let request: ActivationRequest = serde_wasm_bindgen::from_value(request)?;
        let layer = Layer::named(&request.layer).map_err(reject)?;
        let preprocessing = request.preprocessing.parse().map_err(reject)?;
        let size = (request.height, request.width);
        let pending = self.with_network(device, layer, |network| {
            network.feature_map(layer, request.channel, preprocessing, &image, size)
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

    /// Puts what the layer needs on the device, then calls `use_network`.
    fn with_network<T>(
        &self,
        device: &Device,
        layer: &Layer,
        use_network: impl FnOnce(&Network) -> crate::Result<T>,
    ) -> Result<T, JsValue> {
        let mut slot = self.network.borrow_mut();
        let network = slot.get_or_insert_with(|| Network::new(device.0.clone()));
        network.extend(&self.weights.borrow(), layer).map_err(reject)?;
        use_network(network).map_err(reject)
    }
}

#[derive(Deserialize)]
struct ActivationRequest {
    layer: String,
    channel: usize,
    width: usize,
    height: usize,
    preprocessing: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AscentSettings {
    layer: String,
    channels: Vec<usize>,
    width: usize,
    height: usize,
    learning_rate: f64,
    step: String,
    preprocessing: String,
    seed: f64,
}

impl AscentSettings {
    /// `object` is the JavaScript object these came from: it also holds the images.
    fn checked(self, object: &JsValue) -> Result<Settings, JsValue> {
        let step: StepRule = self.step.parse().map_err(reject)?;
        Ok(Settings {
            layer: Layer::named(&self.layer).map_err(reject)?,
            channels: self.channels,
            height: self.height,
            width: self.width,
            learning_rate: self.learning_rate,
            step,
            preprocessing: self.preprocessing.parse().map_err(reject)?,
            start: js::start(object, self.seed)?,
        })
    }
}

/// A batch of channels climbing together.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Ascent(RefCell<ascent::Ascent>);

#[wasm_bindgen]
impl Ascent {
    /// Steps taken so far.
    #[wasm_bindgen(getter)]
    pub fn iteration(&self) -> usize {
        self.0.borrow().iteration()
    }

    /// One step: resolves to one iterate per channel, in the order of the settings.
    pub fn step(&self) -> Promise {
        let step = self.0.borrow_mut().advance();
        future_to_promise(async move {
            let iterates = step.read().await.map_err(reject)?;
            Ok(iterates
                .into_iter()
                .map(|iterate| js_iterate(&iterate))
                .collect::<Array>()
                .into())
        })
    }
}

fn js_iterate(iterate: &ascent::Iterate) -> JsValue {
    object(&[
        ("channel", iterate.channel.into()),
        ("iteration", iterate.iteration.into()),
        ("objective", iterate.objective.into()),
        ("gradientNorm", iterate.gradient_norm.into()),
        ("min", iterate.min.into()),
        ("max", iterate.max.into()),
        ("dead", iterate.dead.into()),
        ("constant", (iterate.contrast == Contrast::Constant).into()),
        ("finite", (iterate.contrast != Contrast::NotFinite).into()),
        ("rgba", js_sys::Uint8ClampedArray::from(&iterate.rgba[..]).into()),
        ("pixels", Float32Array::from(&iterate.pixels[..]).into()),
    ])
}

/// Draws RGBA bytes onto a canvas, giving it that size.
#[wasm_bindgen]
pub fn draw(canvas: &OffscreenCanvas, rgba: Clamped<Vec<u8>>, width: u32, height: u32) -> Result<(), JsValue> {
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = canvas
        .get_context("2d")?
        .ok_or_else(|| JsValue::from_str("the canvas gives no 2d context"))?;
    let context: OffscreenCanvasRenderingContext2d = context.dyn_into()?;
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba.0), width, height)?;
    context.put_image_data(&image, 0.0, 0.0)
}
