//! Side-by-side benches against what a visitor would otherwise run.

use crate::paths::Paths;
use crate::summary::Summary;
use crate::{chromium, command, prerequisites, site, tools};
use anyhow::Result;

/// The native contestant, and the probe that tells what the machine can do.
const EXAMPLES: [&str; 2] = ["climb", "peak"];

/// Times the built site and the native program against their peers; `options` go to `tests/peers/bench.mjs`.
pub(crate) fn bench(paths: &Paths, options: &[String], summary: &Summary) -> Result<()> {
    let browser = chromium::ensure()?;
    site::build(paths, summary)?;
    build_examples(paths)?;
    prerequisites::ensure_packages(&paths.peers, summary)?;
    command::run(
        "bench",
        command::node(&paths.root)
            .arg(paths.peers.join("bench.mjs"))
            .args(options)
            .env("CHROMIUM", browser)
            .env(
                "VGGSCOPE_EXAMPLES",
                tools::target_directory(paths)?.join("release/examples"),
            ),
        "The header of tests/peers/bench.mjs explains its options.",
    )
}

fn build_examples(paths: &Paths) -> Result<()> {
    let mut cargo = command::cargo(paths);
    cargo.args(["build", "--release", "--locked", "--package", "vggscope"]);
    for example in EXAMPLES {
        cargo.args(["--example", example]);
    }
    command::run("native contestant", &mut cargo, "Mend what the compiler says above.")
}
