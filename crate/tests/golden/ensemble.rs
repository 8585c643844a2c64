//! What rounding alone does to single precision: the measurement that the tolerances come from.
//!
//! `cargo test --release --test golden -- --ignored` prints it. Run it when the arithmetic of the CPU changes.

use std::collections::BTreeMap;

use libtest_mimic::Failed;
use vggscope::device::Arithmetic;
use vggscope::settings::{Start, StepRule};
use vggscope::splitmix::SplitMix64;

use crate::checks::Setup;
use crate::files::{Case, cases};

/// Runs per climb, from starts moved by less than half of their last bit.
const RUNS: u64 = 6;

/// The worst of every climb's runs, by kind of climb and what is compared.
#[expect(clippy::print_stdout, reason = "a measurement for whoever runs it")]
pub fn measure() -> Result<(), Failed> {
    let mut worst = BTreeMap::<(String, String), f64>::new();
    for case in cases().iter().filter(|case| !case.dead) {
        let setup = Setup::new(case, Arithmetic::F32);
        let mut differences = setup.gradients();
        differences.extend(setup.trajectory(&setup.iterates(Start::Seed(case.image_seed))?));
        for run in 0..RUNS {
            differences.extend(setup.trajectory(&setup.iterates(Start::Image(moved(&setup.start(), run)))?));
        }
        for difference in differences {
            let entry = worst.entry((kind(case), difference.what)).or_default();
            *entry = entry.max(difference.size);
        }
    }
    for ((kind, what), size) in worst {
        println!("{kind:40} {what:28} {size:.1e}");
    }
    Ok(())
}

fn kind(case: &Case) -> String {
    let width = if case.div == 1 { &case.layer } else { "narrow" };
    let size = if case.height <= 64 { "up to 64 x 64" } else { "above" };
    let rule = if case.rule() == StepRule::L2 { "l2" } else { "plain" };
    format!("{width} {rule}, {size}")
}

fn moved(start: &[f32], run: u64) -> Vec<f32> {
    let mut generator = SplitMix64::new(run);
    let noise = |value: &f32| (f64::from(*value) + (2.0 * generator.next_unit() - 1.0) * 2_f64.powi(-24)) as f32;
    start.iter().map(noise).collect()
}
