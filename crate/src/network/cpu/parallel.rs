//! Work on several images at once: on all cores natively, one after the other in a browser, whose workers are the cores.

/// `work` on each item, in the items' order.
#[cfg(target_arch = "wasm32")]
pub(super) fn map<T, R>(items: impl Iterator<Item = T>, work: impl Fn(T) -> R) -> Vec<R> {
    items.map(work).collect()
}

/// `work` on each item, in the items' order, on as many threads as there are cores.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn map<T: Send, R: Send>(items: impl Iterator<Item = T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let mut items: Vec<T> = items.collect();
    let each = items.len().div_ceil(crate::device::cores());
    if each == items.len() {
        return items.into_iter().map(work).collect();
    }
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        while !items.is_empty() {
            let rest = items.split_off(each.min(items.len()));
            let share = std::mem::replace(&mut items, rest);
            threads.push(scope.spawn(|| share.into_iter().map(&work).collect::<Vec<R>>()));
        }
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    })
}
