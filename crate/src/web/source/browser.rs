//! The few things asked of the browser outside a request: time, the connection, and locks shared between tabs.

use std::time::Duration;

use gloo_timers::future::sleep;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, DedicatedWorkerGlobalScope};

use crate::web::js;

/// The worker this runs in.
pub(super) fn worker() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Whether the browser says that there is no connection at all.
pub(super) fn is_offline() -> bool {
    !worker().navigator().on_line()
}

/// Waits, or returns early when the signal is aborted.
pub(super) async fn pause(duration: Duration, signal: &AbortSignal) {
    const SLICE: Duration = Duration::from_millis(50);
    let mut left = duration;
    while !left.is_zero() && !signal.aborted() {
        let slice = left.min(SLICE);
        sleep(slice).await;
        left -= slice;
    }
}

/// A promise and the function that resolves it.
fn deferred() -> (Promise, Function) {
    let mut resolver = None;
    let promise = Promise::new(&mut |resolve, _| resolver = Some(resolve));
    (promise, resolver.unwrap_or_else(|| Function::new_no_args("")))
}

/// A lock that all tabs of this origin share, held until dropped; dropped before it is granted, it is given back when it
/// is.
pub(super) struct Lock(Option<Function>);

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.0 {
            // Resolving a promise cannot fail.
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

impl Lock {
    /// Waits for the lock of this name; `wait` is called where another tab holds it. `None` when the signal was aborted.
    /// Browsers that have no locks, or deny them where a site may not store anything, give one at once: without it two tabs
    /// may fetch the same file.
    pub(super) async fn take(name: &str, signal: &AbortSignal, wait: impl FnOnce()) -> Option<Self> {
        let Some(locks) = lock_manager() else {
            return Some(Self(None));
        };
        match locks.request(name, None).await {
            Granted::Yes(lock) => return Some(lock),
            Granted::Denied => return Some(Self(None)),
            Granted::Elsewhere => wait(),
        }
        match locks.request(name, Some(signal)).await {
            Granted::Yes(lock) => Some(lock),
            _ if signal.aborted() => None,
            _ => Some(Self(None)),
        }
    }
}

/// How a request for a lock ends.
enum Granted {
    Yes(Lock),
    /// Somebody else has it.
    Elsewhere,
    /// Refused by the browser, or given up by its signal.
    Denied,
}

fn lock_manager() -> Option<LockManager> {
    let navigator: JsValue = worker().navigator().into();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}

#[wasm_bindgen]
extern "C" {
    /// web-sys has it only among its unstable interfaces.
    type LockManager;
    #[wasm_bindgen(method, catch, js_name = request)]
    fn request_js(this: &LockManager, name: &str, options: &JsValue, callback: &Function) -> Result<Promise, JsValue>;
}

impl LockManager {
    /// With a signal, waits for the lock; without, takes it only where it is free.
    async fn request(&self, name: &str, signal: Option<&AbortSignal>) -> Granted {
        let (answered, answer) = deferred();
        let (released, release) = deferred();
        let callback = Closure::once_into_js(move |lock: JsValue| -> Promise {
            // The lock is held for as long as the promise given back is open.
            let _ = answer.call1(&JsValue::NULL, &lock.is_object().into());
            released
        });
        let options = match signal {
            Some(signal) => js::object(&[("signal", signal.into())]),
            None => js::object(&[("ifAvailable", true.into())]),
        };
        // From here on, since whoever waits may be dropped while the browser goes on to grant it.
        let lock = Lock(Some(release));
        let Ok(request) = self.request_js(name, &options, callback.unchecked_ref()) else {
            return Granted::Denied;
        };
        // The request itself settles first only where it was refused or aborted.
        let first = Promise::race(&js_sys::Array::of2(&answered, &request));
        match JsFuture::from(first).await {
            Ok(granted) if granted.is_truthy() => Granted::Yes(lock),
            Ok(_) => Granted::Elsewhere,
            Err(_) => Granted::Denied,
        }
    }
}
