//! Ends a request that takes too long.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal};

/// Ends a request whose host is silent for too long, or that nobody waits for any more; dropped, it ends what is left of
/// the request, which would hold one of the few connections that a browser gives a host.
pub(super) struct Watch {
    controller: AbortController,
    caller: AbortSignal,
    ran_out: Rc<Cell<bool>>,
    patience: Duration,
    timer: Cell<Option<Timeout>>,
}

impl Watch {
    pub(super) fn new(caller: &AbortSignal, patience: Duration) -> Result<Self, JsValue> {
        let watch = Self {
            controller: AbortController::new()?,
            caller: caller.clone(),
            ran_out: Rc::default(),
            patience,
            timer: Cell::new(None),
        };
        watch.rest();
        Ok(watch)
    }

    pub(super) fn signal(&self) -> Result<AbortSignal, JsValue> {
        let signals = js_sys::Array::of2(&self.controller.signal(), &self.caller);
        Ok(AbortSignal::any(&signals))
    }

    /// Something came: the time begins anew.
    pub(super) fn rest(&self) {
        let (controller, ran_out) = (self.controller.clone(), Rc::clone(&self.ran_out));
        let timer = Timeout::new(self.patience.as_millis() as u32, move || {
            ran_out.set(true);
            controller.abort();
        });
        // Dropping the timer before it stops that one.
        self.timer.set(Some(timer));
    }

    pub(super) fn ran_out(&self) -> bool {
        self.ran_out.get()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.controller.abort();
    }
}
