//! What reading an input may cost. libFuzzer watches the time (`-timeout=2`).

use peak_alloc::PeakAlloc;

use crate::entry::{Target, assert_readable_error};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory allowed beside twice the input.
const SPARE: usize = 64 << 20;

/// Reads an input and panics where a promise is broken.
pub fn hold_to_limits(target: &Target, bytes: &[u8]) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let outcome = (target.read)(target.file, bytes);
    let peak = MEMORY.peak_usage().saturating_sub(before);
    assert!(
        peak < 2 * bytes.len() + SPARE,
        "{peak} bytes of memory for an input of {}",
        bytes.len()
    );
    assert_readable_error(target, &outcome);
}
