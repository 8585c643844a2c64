//! The climb against Keras: every file of `tests/reference/golden`, in double and in single precision.
//!
//! One named test per file and check. The golden numbers are float64 runs of Keras on TensorFlow;
//! `tests/reference/README.md` says how they were made and where each tolerance comes from.
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod checks;
mod ensemble;
mod files;
mod tolerances;

use libtest_mimic::{Arguments, Trial};
use vggscope::device::Arithmetic;

fn main() {
    let cases = files::cases();
    let mut trials = vec![Trial::test(
        "every golden file is listed in the index",
        files::every_file_is_listed,
    )];
    trials.push(Trial::test(
        "f32: at most two block3_conv1 gradients meet a flipped decision",
        checks::rare_flips,
    ));
    trials.push(Trial::test("f32: the ensemble behind the tolerances", ensemble::measure).with_ignored_flag(true));
    for case in cases {
        for (name, arithmetic) in [("f64", Arithmetic::F64), ("f32", Arithmetic::F32)] {
            let case = case.clone();
            trials.push(Trial::test(format!("{name}: {}", case.file), move || {
                checks::climb(&case, arithmetic)
            }));
        }
        trials.push(Trial::test(format!("squash: {}", case.file), move || {
            checks::squash_is_exact(&case)
        }));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
