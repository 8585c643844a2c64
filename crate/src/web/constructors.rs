//! What has to run before anything else in the WebGPU build.
//!
//! The parts of cubecl's compiler make themselves known in thousands of static constructors. The linker takes a library in
//! which nobody calls them for one whose every exported function may be the first: each call from JavaScript, be it for an
//! allocation, then begins with all of them, which took longer than a step.
#![allow(
    unsafe_code,
    reason = "the linker makes the function, so Rust cannot check what it does"
)]

unsafe extern "C" {
    /// Made by the linker, for this module to be called once.
    safe fn __wasm_call_ctors();
}

/// Runs them.
pub(super) fn run() {
    __wasm_call_ctors();
}
