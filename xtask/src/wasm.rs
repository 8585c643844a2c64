//! The wasm files: one computes on the CPU, one on WebGPU, and a visitor downloads one of them. A third reads weights in
//! other formats than safetensors, and is downloaded by who opens such a file.

use crate::paths::Paths;
use crate::prerequisites::WASM_TARGET;
use crate::stamp::Stamp;
use crate::summary::Summary;
use crate::tools::target_directory;
use crate::{command, sources, wasm_opt};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::{self, ScopedJoinHandle};
use wasm_bindgen_cli_support::Bindgen;

/// One of the packages in `www/src/wasm/`.
struct Package {
    name: &'static str,
    features: &'static str,
    level: wasm_opt::Level,
}

/// On the CPU the wasm itself computes; on WebGPU it only prepares work, so its download matters more. The largest comes
/// first, so that it is optimised while the others are compiled.
static PACKAGES: [Package; 3] = [
    Package {
        name: "gpu",
        features: "web,gpu",
        level: wasm_opt::Level::Size,
    },
    Package {
        name: "import",
        features: "web,import",
        level: wasm_opt::Level::Size,
    },
    Package {
        name: "cpu",
        features: "web,cpu",
        level: wasm_opt::Level::Speed,
    },
];

const STEM: &str = "vggscope";
const FILES: [&str; 3] = ["vggscope.js", "vggscope.d.ts", "vggscope_bg.wasm"];

/// Builds every package; what did not change is left alone. While one is optimised, the next is compiled.
pub(crate) fn build(paths: &Paths, summary: &Summary, npm: ScopedJoinHandle<'_, Result<()>>) -> Result<()> {
    let (sender, compiled) = mpsc::channel::<Compiled>();
    thread::scope(|scope| {
        let finished = scope.spawn(|| {
            // wasm-opt is one of npm's packages.
            command::joined(npm)?;
            compiled
                .into_iter()
                .try_for_each(|compiled| compiled.finish(paths, summary))
        });
        for package in &PACKAGES {
            if let Some(compiled) = compile_if_changed(paths, summary, package)?
                && sender.send(compiled).is_err()
            {
                // Optimising has failed, and says so.
                break;
            }
        }
        drop(sender);
        command::joined(finished)
    })?;
    PACKAGES.iter().try_for_each(|package| copy(paths, package))
}

/// Whether every package was built once, so that TypeScript finds their types.
pub(crate) fn is_built(paths: &Paths) -> bool {
    PACKAGES
        .iter()
        .all(|package| is_complete(&paths.wasm_package(package.name)))
}

fn is_complete(folder: &Path) -> bool {
    FILES.iter().all(|file| folder.join(file).is_file())
}

/// The wasm file of one package, as the site ships it.
pub(crate) fn file(paths: &Paths, package: &str) -> PathBuf {
    paths.wasm_package(package).join("vggscope_bg.wasm")
}

/// The `cargo` arguments that choose each package's feature set.
pub(crate) fn feature_sets() -> impl Iterator<Item = [&'static str; 5]> {
    PACKAGES.iter().map(|package| {
        [
            "--target",
            WASM_TARGET,
            "--no-default-features",
            "--features",
            package.features,
        ]
    })
}

/// A package as the compiler leaves it.
struct Compiled {
    package: &'static Package,
    wasm: Vec<u8>,
    /// Of what it is made from.
    sources: Stamp,
}

/// Packages are made beside cargo's own output, where they outlive the clone.
fn kept(paths: &Paths, package: &Package) -> Result<PathBuf> {
    Ok(target_directory(paths)?.join("wasm-packages").join(package.name))
}

/// cargo names all files alike, so each is read before the next is compiled.
fn compile_if_changed(paths: &Paths, summary: &Summary, package: &'static Package) -> Result<Option<Compiled>> {
    let step = format!("wasm package `{}`", package.name);
    let folder = kept(paths, package)?;
    let recipe = wasm_opt::recipe(paths, package.level)?;
    let sources = Stamp::of(&folder, "sources", sources::read(paths)?.iter().chain([&recipe]));
    if is_complete(&folder) && sources.is_current() {
        println!("{step}: nothing changed");
        return Ok(None);
    }
    let wasm = summary.stage(&step, || compile(paths, package, &step))?;
    Ok(Some(Compiled { package, wasm, sources }))
}

impl Compiled {
    /// Generates the package's scripts and optimises its wasm, if the compiler has written something new.
    fn finish(self, paths: &Paths, summary: &Summary) -> Result<()> {
        let Self { package, wasm, sources } = self;
        let (name, level, folder) = (package.name, package.level, kept(paths, package)?);
        let compiled = Stamp::of(&folder, "compiled", [&wasm, &wasm_opt::recipe(paths, level)?]);
        if !is_complete(&folder) || !compiled.is_current() {
            clear(&folder)?;
            summary.stage(&format!("wasm-opt of `{name}`"), || {
                generate(wasm, &folder).with_context(|| format!("wasm package `{name}`: wasm-bindgen failed"))?;
                wasm_opt::optimise(paths, &folder.join("vggscope_bg.wasm"), level)
            })?;
            compiled.write()?;
        }
        sources.write()
    }
}

/// Copies a package to where the page looks for it.
fn copy(paths: &Paths, package: &Package) -> Result<()> {
    let (kept, folder) = (kept(paths, package)?, paths.wasm_package(package.name));
    clear(&folder)?;
    for file in FILES {
        fs::copy(kept.join(file), folder.join(file))
            .with_context(|| format!("cannot copy {file} to {}", folder.display()))?;
    }
    Ok(())
}

fn compile(paths: &Paths, package: &Package, step: &str) -> Result<Vec<u8>> {
    println!("{step}: cargo rustc");
    let messages = command::read(
        step,
        command::cargo(paths)
            .arg("rustc")
            .args(package.level.profile())
            .args(["--release", "--package", STEM, "--lib", "--crate-type", "cdylib"])
            .args(["--message-format", "json-render-diagnostics"])
            .args([
                "--target",
                WASM_TARGET,
                "--no-default-features",
                "--features",
                package.features,
            ]),
        "Mend what the compiler says above.",
    )?;
    let file = wasm_file(&messages).with_context(|| format!("{step}: cargo named no .wasm file among its output"))?;
    fs::read(&file).with_context(|| format!("{step}: cannot read {}", file.display()))
}

/// Finds the library's wasm file in cargo's JSON messages.
fn wasm_file(messages: &str) -> Option<PathBuf> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == STEM)
        .filter_map(|message| message["filenames"].as_array().cloned())
        .flatten()
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .find(|file| file.extension().is_some_and(|extension| extension == "wasm"))
}

/// Empties the folder, so that nothing of an earlier build stays beside the new files.
fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}

fn generate(wasm: Vec<u8>, folder: &Path) -> Result<()> {
    Bindgen::new()
        .input_bytes(STEM, wasm)
        .out_name(STEM)
        .web(true)?
        .typescript(true)
        // Bundlers find the file by `new URL("vggscope_bg.wasm", import.meta.url)` in the generated code.
        .omit_default_module_path(false)
        // 6.7 MB of function names in the WebGPU build.
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
}

#[cfg(test)]
mod tests {
    use super::wasm_file;
    use std::path::PathBuf;

    #[test]
    fn takes_the_library_among_cargos_messages() {
        let messages = concat!(
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"half\"},\"filenames\":[\"/t/half.wasm\"]}\n",
            "not json\n",
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"vggscope\"},\"filenames\":[\"/t/v.d\",\"/t/v.wasm\"]}\n",
        );
        assert_eq!(wasm_file(messages), Some(PathBuf::from("/t/v.wasm")));
        assert_eq!(wasm_file("{\"reason\":\"build-finished\"}"), None);
    }
}
