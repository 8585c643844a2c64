//! What single precision comes to: the measurement behind its tolerances.
//!
//! `cargo test --release --test golden -- --ignored --nocapture` prints it. Run it when the arithmetic of the CPU changes.

use std::collections::BTreeMap;

use libtest_mimic::Failed;
use vggscope::device::Arithmetic;
use vggscope::settings::{Start, StepRule};

use crate::checks::Setup;
use crate::files::{Case, cases};

/// The worst of each kind of climb, by what is compared.
#[expect(clippy::print_stdout, reason = "a measurement for whoever runs it")]
pub fn measure() -> Result<(), Failed> {
    let mut worst = BTreeMap::<(String, String), f64>::new();
    for case in cases().iter().filter(|case| !case.dead) {
        let setup = Setup::new(case, Arithmetic::F32);
        let iterates = setup.iterates(Start::Seed(case.image_seed))?;
        for difference in setup.steps(&setup.start(), &iterates) {
            let what = difference.what.trim_end_matches(|c: char| !c.is_alphabetic());
            let entry = worst.entry((kind(case), what.to_owned())).or_default();
            *entry = entry.max(difference.size);
        }
    }
    for ((kind, what), size) in worst {
        println!("{kind:40} {what:24} {size:.1e}");
    }
    Ok(())
}

fn kind(case: &Case) -> String {
    let width = if case.div == 1 { &case.layer } else { "narrow" };
    let size = if case.height <= 64 { "up to 64 x 64" } else { "above" };
    let rule = if case.rule() == StepRule::L2 { "l2" } else { "plain" };
    format!("{width} {rule}, {size}")
}
