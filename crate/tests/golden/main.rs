//! The climb against Keras: every file of `tests/reference/golden`, in double and in single precision.
//!
//! One named test per file and check. The golden numbers are float64 runs of Keras on TensorFlow;
//! `tests/reference/README.md` says how they were made and where each tolerance comes from.
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod checks;
mod files;
mod measure;
mod tolerances;

use files::Case;
use libtest_mimic::{Arguments, Failed, Trial};

type Check = fn(&Case) -> Result<(), Failed>;

/// What is done with every golden file.
const CHECKS: [(&str, Check); 3] = [
    ("f64", checks::is_the_golden_run),
    ("f32", checks::follows_the_gradient),
    ("squash", checks::squash_is_exact),
];

fn main() {
    let cases = files::cases();
    let mut trials = vec![Trial::test(
        "every golden file is listed in the index",
        files::every_file_is_listed,
    )];
    trials.push(Trial::test("f32: what the tolerances come from", measure::measure).with_ignored_flag(true));
    for case in cases {
        for (name, check) in CHECKS {
            let case = case.clone();
            trials.push(Trial::test(format!("{name}: {}", case.file), move || check(&case)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
