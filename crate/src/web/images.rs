//! Images as JavaScript gives them.

use js_sys::{Array, Float32Array, Reflect};
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};

use super::js::reject;
use crate::error::Error;
use crate::settings::{Preprocessing, Settings, Start, StepRule};
use crate::vgg16::Layer;

/// A property that is a Float32Array; `None` where it is absent.
pub(super) fn floats(object: &JsValue, name: &'static str) -> Result<Option<Vec<f32>>, JsValue> {
    let value = Reflect::get(object, &name.into())?;
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    float_array(&value).map(Some)
}

fn float_array(value: &JsValue) -> Result<Vec<f32>, JsValue> {
    match value.dyn_ref::<Float32Array>() {
        Some(array) => Ok(array.to_vec()),
        None => Err(reject(Error::InvalidStart {
            problem: "is not a Float32Array".to_owned(),
        })),
    }
}

/// Where the climb begins: `resume`, else `start`, else the seed.
pub(super) fn start(object: &JsValue, seed: f64) -> Result<Start, JsValue> {
    let resume = Reflect::get(object, &"resume".into())?;
    if !resume.is_undefined() && !resume.is_null() {
        let iteration = Reflect::get(&resume, &"iteration".into())?.as_f64().unwrap_or(0.0) as usize;
        let images = Array::from(&Reflect::get(&resume, &"images".into())?);
        let images = images
            .iter()
            .map(|image| float_array(&image))
            .collect::<Result<_, _>>()?;
        return Ok(Start::Resume { iteration, images });
    }
    if let Some(image) = floats(object, "start")? {
        return Ok(Start::Image(image));
    }
    let whole = seed.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(&seed);
    if !whole {
        let allowed = "it must be a whole number from 0 to 2^53 - 1";
        return Err(reject(Error::InvalidSetting {
            setting: "seed",
            value: seed.to_string(),
            allowed,
        }));
    }
    Ok(Start::Seed(seed as u64))
}

/// A channel of a layer, and the image to see it on.
pub(super) struct OnImage {
    pub(super) layer: &'static Layer,
    pub(super) channel: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) preprocessing: Preprocessing,
    /// HWC.
    pub(super) image: Vec<f32>,
}

#[derive(Deserialize)]
struct Request {
    layer: String,
    channel: usize,
    width: usize,
    height: usize,
    preprocessing: String,
}

impl OnImage {
    pub(super) fn read(object: JsValue) -> Result<Self, JsValue> {
        let image = floats(&object, "image")?.unwrap_or_default();
        let request: Request = serde_wasm_bindgen::from_value(object)?;
        Ok(Self {
            layer: Layer::named(&request.layer).map_err(reject)?,
            channel: request.channel,
            width: request.width,
            height: request.height,
            preprocessing: request.preprocessing.parse().map_err(reject)?,
            image,
        })
    }

    /// Of a climb that begins at the image.
    pub(super) fn settings(&self) -> Settings {
        Settings {
            layer: self.layer,
            channels: vec![self.channel],
            height: self.height,
            width: self.width,
            learning_rate: 1.0,
            step: StepRule::Gradient,
            preprocessing: self.preprocessing,
            start: Start::Image(self.image.clone()),
        }
    }
}
