//! What the worker computes with: a device, batches of channels climbing, and drawing.

use std::cell::RefCell;
#[cfg(feature = "gpu")]
use std::time::Duration;

#[cfg(feature = "gpu")]
use js_sys::Function;
use js_sys::{Array, Float32Array, Promise, Uint8ClampedArray};
use serde::Deserialize;
use wasm_bindgen::Clamped;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::{ImageData, OffscreenCanvasRenderingContext2d};

use super::images;
use super::js::{object, reject};
use crate::ascent;
use crate::device::Compute;
use crate::difference;
use crate::image::Contrast;
use crate::settings::{Settings, StepRule};
use crate::shrink::{self, shrink};
use crate::vgg16::Layer;

/// The device everything computes on: the CPU in the `cpu` build, WebGPU in the `gpu` build.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Device(pub(super) Compute);

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

    /// How many channels of this layer should climb together.
    #[wasm_bindgen(js_name = batchSize)]
    pub fn batch_size(&self, layer: &str, width: usize, height: usize) -> Result<usize, JsValue> {
        let layer = Layer::named(layer).map_err(reject)?;
        self.0.batch_size(layer, height, width).map_err(reject)
    }
}

#[cfg(feature = "gpu")]
#[wasm_bindgen]
impl Device {
    /// Chooses the kernels for small maps ([`Compute::set_slices`]).
    #[wasm_bindgen(js_name = setSlices)]
    pub fn set_slices(&self, slices: bool) {
        self.0.set_slices(slices);
    }

    /// Measures which kernels suit this GPU ([`Compute::measure_slices`]). `now` gives milliseconds.
    #[wasm_bindgen(js_name = measureSlices)]
    pub async fn measure_slices(&self, now: Function) -> Result<bool, JsValue> {
        let now = || {
            let milliseconds = now.call0(&JsValue::NULL).ok().and_then(|now| now.as_f64());
            Duration::try_from_secs_f64(milliseconds.unwrap_or(0.0) / 1e3).unwrap_or_default()
        };
        self.0.measure_slices(now).await.map_err(reject)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AscentSettings {
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
    pub(super) fn checked(self, object: &JsValue) -> Result<Settings, JsValue> {
        let step: StepRule = self.step.parse().map_err(reject)?;
        Ok(Settings {
            layer: Layer::named(&self.layer).map_err(reject)?,
            channels: self.channels,
            height: self.height,
            width: self.width,
            learning_rate: self.learning_rate,
            step,
            preprocessing: self.preprocessing.parse().map_err(reject)?,
            start: images::start(object, self.seed)?,
        })
    }
}

/// A batch of channels climbing together.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Ascent(pub(super) RefCell<ascent::Ascent>);

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
            Ok(iterates.iter().map(js_iterate).collect::<Array>().into())
        })
    }

    /// The exact images after the steps asked for so far: resolves to one per channel, in the order of the settings.
    pub fn images(&self) -> Promise {
        let images = self.0.borrow().images();
        future_to_promise(async move {
            let images = images.read().await.map_err(reject)?;
            let images = images.iter().map(|image| Float32Array::from(&image[..]));
            Ok(images.collect::<Array>().into())
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
        ("rgba", Uint8ClampedArray::from(&iterate.rgba[..]).into()),
    ])
}

/// Draws RGBA bytes onto a canvas, giving it `columns` columns and as many rows as keep the picture's shape.
///
/// It takes the canvas's context: a canvas that a page has handed over gives it once in Firefox.
#[wasm_bindgen]
pub fn draw(
    context: &OffscreenCanvasRenderingContext2d,
    rgba: Clamped<Vec<u8>>,
    width: usize,
    height: usize,
    columns: usize,
) -> Result<(), JsValue> {
    let rgba = match columns < width {
        true => shrink(&rgba.0, width, height, columns),
        false => rgba.0,
    };
    let (width, height) = (columns as u32, shrink::rows(width, height, columns) as u32);
    let canvas = context.canvas();
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), width, height)?;
    context.put_image_data(&image, 0.0, 0.0)
}

/// Packs a picture's RGBA bytes as their difference from another's ([`difference::pack`]), or from white where that has none.
#[wasm_bindgen]
pub fn pack(rgba: &[u8], reference: Vec<u8>) -> Vec<u8> {
    difference::pack(rgba, &or_white(reference, rgba.len()))
}

/// Puts the picture's RGBA bytes into `rgba` again ([`difference::unpack`]).
#[wasm_bindgen]
pub fn unpack(packed: &[u8], reference: Vec<u8>, rgba: &Uint8ClampedArray) {
    let reference = or_white(reference, rgba.length() as usize);
    rgba.copy_from(&difference::unpack(packed, &reference));
}

fn or_white(mut reference: Vec<u8>, length: usize) -> Vec<u8> {
    reference.resize(length, u8::MAX);
    reference
}
