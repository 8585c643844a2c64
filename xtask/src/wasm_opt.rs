//! binaryen's `wasm-opt`, which npm delivers as a program for Node.

use crate::command;
use crate::paths::Paths;
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// What a wasm file is optimised for.
#[derive(Clone, Copy)]
pub(crate) enum Level {
    /// As fast as possible.
    Speed,
    /// As small as possible.
    Size,
}

/// The features in use: those of rustc's wasm32-unknown-unknown and the SIMD that `.cargo/config.toml` adds.
/// `--all-features` would let wasm-opt write instructions that browsers reject.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

impl Level {
    /// The compiler adds constants to addresses in instructions of their own; `--low-memory-unused` lets wasm-opt move those
    /// below 1024 into the loads, which takes 6 % off a step. It may because nothing lies at so low an address: the
    /// linker puts the stack first, and it grows downwards.
    const fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Speed => &["-O3", "--low-memory-unused"],
            Self::Size => &["-Oz"],
        }
    }

    /// Cargo's profile where it differs from the native one, as options of cargo. Optimised as one program, a file has less that
    /// nothing calls; natively that would only cost minutes. What is made for speed would grow by it, and shrinks when this
    /// library is compiled in one piece: in several, each has its own copy of what they share.
    pub(crate) const fn profile(self) -> &'static [&'static str] {
        match self {
            Self::Speed => &["--config", "profile.release.package.vggscope.codegen-units=1"],
            Self::Size => &[
                "--config",
                "profile.release.lto='fat'",
                "--config",
                "profile.release.opt-level='z'",
            ],
        }
    }
}

/// Everything beside the sources that decides the result: the options and binaryen's version, which is known before npm has
/// installed it.
pub(crate) fn recipe(paths: &Paths, level: Level) -> Result<Vec<u8>> {
    let list = paths.www.join("package-lock.json");
    let lock = fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let version = version(&lock).with_context(|| format!("{} names no version of binaryen", list.display()))?;
    let mut recipe = version.into_bytes();
    for option in FEATURES.iter().chain(level.flags()).chain(level.profile()) {
        recipe.extend_from_slice(option.as_bytes());
    }
    Ok(recipe)
}

/// Optimises a wasm file in place.
pub(crate) fn optimise(paths: &Paths, wasm: &Path, level: Level) -> Result<()> {
    command::run(
        "wasm-opt",
        command::node(&paths.root)
            .arg(binaryen(paths).join("bin/wasm-opt"))
            .args(level.flags())
            .args(FEATURES)
            .arg(wasm)
            .arg("--output")
            .arg(wasm),
        "If the file uses a WebAssembly feature that xtask/src/wasm_opt.rs does not list, add it there.",
    )
}

fn binaryen(paths: &Paths) -> PathBuf {
    paths.www.join("node_modules/binaryen")
}

/// binaryen's version in npm's lockfile.
fn version(lock: &str) -> Option<String> {
    let lock: Value = serde_json::from_str(lock).ok()?;
    let version = &lock["packages"]["node_modules/binaryen"]["version"];
    version.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn finds_binaryens_version() {
        let lock = r#"{"packages": {"": {"version": "1"}, "node_modules/binaryen": {"version": "132.0.0"}}}"#;
        assert_eq!(version(lock).as_deref(), Some("132.0.0"));
        assert_eq!(version("{}"), None);
        assert_eq!(version("not JSON"), None);
    }
}
