//! Formatting, spelling, types, lints, licences and sizes.

use crate::paths::Paths;
use crate::summary::Summary;
use crate::{budgets, command, prerequisites, tools, wasm};
use anyhow::Result;
use std::process::Command;
use std::thread;

const REFORMAT: &str = "Run `cargo xtask fmt`.";
const MEND: &str = "Mend what is named above.";
/// Scripts outside `www/`, seen from there, which keep to its rules.
const SCRIPTS: [&str; 2] = ["../tests/browser", "../tests/peers"];

/// Runs every check, the cheapest first; the first that fails ends the run.
pub(crate) fn check(paths: &Paths, summary: &Summary) -> Result<()> {
    summary.stage("formatting", || {
        command::run(
            "formatting",
            command::cargo(paths).args(["fmt", "--all", "--check"]),
            REFORMAT,
        )
    })?;
    summary.stage("spelling", || check_spelling(paths))?;
    check_typescript(paths, summary)?;
    summary.stage("dependencies", || check_dependencies(paths))?;
    summary.stage("lints", || check_lints(paths))?;
    budgets::check(paths, summary)
}

/// Formats every source file.
pub(crate) fn format(paths: &Paths, summary: &Summary) -> Result<()> {
    command::run("Rust", command::cargo(paths).args(["fmt", "--all"]), MEND)?;
    prerequisites::ensure(paths)?;
    prerequisites::ensure_packages(&paths.www, summary)?;
    let biome = ["exec", "--", "biome", "format", "--write", "--config-path=.", "."];
    command::run("TypeScript", command::npm(&paths.www).args(biome).args(SCRIPTS), MEND)
}

fn check_spelling(paths: &Paths) -> Result<()> {
    let typos = tools::ensure(paths, &tools::TYPOS)?;
    let remedy = "Mend the spelling, or teach typos.toml the word.";
    command::run("spelling", Command::new(typos).current_dir(&paths.root), remedy)
}

/// TypeScript's types include those of the generated wasm packages.
fn check_typescript(paths: &Paths, summary: &Summary) -> Result<()> {
    prerequisites::ensure(paths)?;
    thread::scope(|scope| {
        let npm = scope.spawn(|| prerequisites::ensure_packages(&paths.www, summary));
        if wasm::is_built(paths) {
            command::joined(npm)
        } else {
            wasm::build(paths, summary, npm)
        }
    })?;
    summary.stage("TypeScript", || {
        command::run("TypeScript", command::npm(&paths.www).args(["run", "check"]), MEND)?;
        let biome = ["exec", "--", "biome", "check", "--config-path=."];
        command::run("scripts", command::npm(&paths.www).args(biome).args(SCRIPTS), MEND)
    })
}

/// Without `advisories`, whose database is on the internet: CONTRIBUTING.md has that command.
fn check_dependencies(paths: &Paths) -> Result<()> {
    let deny = tools::ensure(paths, &tools::CARGO_DENY)?;
    let arguments = ["--locked", "check", "licenses", "bans", "sources"];
    command::run(
        "dependencies",
        Command::new(deny).current_dir(&paths.root).args(arguments),
        MEND,
    )
}

/// Lints the workspace as it is natively, and the library as each wasm file has it.
fn check_lints(paths: &Paths) -> Result<()> {
    let clippy = ["clippy", "--release", "--locked"];
    let deny = ["--", "--deny", "warnings"];
    let mut native = command::cargo(paths);
    native.args(clippy).args(["--workspace", "--all-targets"]).args(deny);
    command::run("lints", &mut native, MEND)?;
    wasm::feature_sets().try_for_each(|features| {
        let mut web = command::cargo(paths);
        web.args(clippy)
            .args(["--package", "vggscope", "--lib"])
            .args(features)
            .args(deny);
        command::run("lints", &mut web, MEND)
    })
}
