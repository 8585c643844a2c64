//! The Pythons that browser tests open our files with and run the page's programs in.
//!
//! One has `tests/browser/requirements.txt`, in a virtual environment below the target directory, made once. PyTorch comes with
//! gigabytes of CUDA from its registry on Linux, so it is looked for in the system's Pythons; one that has it without matplotlib
//! gets an environment too, which sees the system's modules.

use crate::command;
use crate::paths::Paths;
use crate::stamp::Stamp;
use crate::tools::target_directory;
use anyhow::{Context, Result};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names a Python with the requirements installed, in place of ours.
pub(crate) const VARIABLE: &str = "VGGSCOPE_PYTHON";
/// Names a Python with PyTorch and matplotlib, in place of the one that is found.
pub(crate) const TORCH_VARIABLE: &str = "VGGSCOPE_PYTHON_TORCH";
const REQUIREMENTS: &str = "tests/browser/requirements.txt";
/// Debian's packages of Python modules are for Debian's own Python, which need not be the first on PATH.
const SYSTEM: [&str; 2] = ["python3", "/usr/bin/python3"];
/// Whether the modules named as arguments are there: to import TensorFlow would take seconds.
const HAS_MODULES: &str =
    "import importlib.util as u, sys; sys.exit(any(u.find_spec(name) is None for name in sys.argv[1:]))";
const IS_NEW_ENOUGH: &str = "import sys; sys.exit(sys.version_info < (3, 11))";

/// Whether there is a Python with the requirements, or one that can be given them.
pub(crate) fn can_be_had() -> bool {
    env::var_os(VARIABLE).is_some() || maker().is_some()
}

/// The first Python that has PyTorch, if any has or will have.
pub(crate) fn has_torch() -> bool {
    // The requirements have it elsewhere.
    with_torch().is_some() || !cfg!(target_os = "linux") && can_be_had()
}

/// A Python with the requirements, where one can be given them.
pub(crate) fn with_requirements(paths: &Paths) -> Result<Option<PathBuf>> {
    if let Some(python) = env::var_os(VARIABLE) {
        return Ok(Some(python.into()));
    }
    let Some(maker) = maker() else { return Ok(None) };
    let requirements = requirements(paths)?;
    environment(paths, "python", &maker, &[], &requirements).map(Some)
}

/// A Python with PyTorch and matplotlib, where one has them or can be given the latter.
pub(crate) fn with_torch_and_matplotlib(paths: &Paths) -> Result<Option<PathBuf>> {
    let Some(python) = with_torch() else { return Ok(None) };
    if has_modules(&python, &["matplotlib"]) {
        return Ok(Some(python));
    }
    let list = requirements(paths)?;
    let matplotlib =
        line_of(&list, "matplotlib").with_context(|| format!("{REQUIREMENTS} does not name matplotlib"))?;
    environment(paths, "python-torch", &python, &["--system-site-packages"], matplotlib).map(Some)
}

fn requirements(paths: &Paths) -> Result<String> {
    let list = paths.root.join(REQUIREMENTS);
    fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))
}

/// The first Python that has PyTorch and matplotlib; else one that has the former, and can be given the latter.
fn with_torch() -> Option<PathBuf> {
    let named = [TORCH_VARIABLE, VARIABLE].into_iter().filter_map(env::var_os);
    let all: Vec<PathBuf> = named.map(PathBuf::from).chain(SYSTEM.map(PathBuf::from)).collect();
    let first = |modules: &[&str]| all.iter().find(|python| has_modules(python, modules)).cloned();
    first(&["torch", "matplotlib"]).or_else(|| first(&["torch", "venv", "ensurepip"]))
}

/// The first Python that can make an environment for the requirements.
fn maker() -> Option<PathBuf> {
    let can = |python: &&&str| has_modules(python, &["venv", "ensurepip"]) && runs(python, &[IS_NEW_ENOUGH]);
    SYSTEM.iter().find(can).map(PathBuf::from)
}

fn has_modules(python: impl AsRef<OsStr>, modules: &[&str]) -> bool {
    runs(python, &[&[HAS_MODULES][..], modules].concat())
}

fn runs(python: impl AsRef<OsStr>, program: &[&str]) -> bool {
    command::works(Command::new(python).arg("-c").args(program))
}

/// The Python of an environment with these requirements, made when they have changed.
fn environment(paths: &Paths, name: &str, maker: &Path, options: &[&str], requirements: &str) -> Result<PathBuf> {
    let folder = target_directory(paths)?.join("tools").join(name);
    let python = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let installed = Stamp::of(&folder, "requirements", [&requirements.as_bytes().to_vec()]);
    if python.is_file() && installed.is_current() {
        return Ok(python);
    }
    println!(
        "Python packages: installing those of {REQUIREMENTS} in {}, once",
        folder.display()
    );
    let mut make = Command::new(maker);
    make.args(["-m", "venv", "--clear"]).args(options).arg(&folder);
    command::run(
        "Python",
        &mut make,
        "Install Python 3.11 or later with venv and pip (on Debian: python3-venv).",
    )?;
    let list = folder.join("requirements.txt");
    fs::write(&list, requirements).with_context(|| format!("cannot write {}", list.display()))?;
    let mut install = Command::new(&python);
    install
        .args(["-m", "pip", "install", "--quiet", "--requirement"])
        .arg(&list);
    command::run(
        "Python packages",
        &mut install,
        "Check that pip reaches its registry, then run the same command again.",
    )?;
    installed.write()?;
    Ok(python)
}

/// The line of a list of requirements that is about one package.
fn line_of<'a>(list: &'a str, package: &str) -> Option<&'a str> {
    list.lines()
        .find(|line| line.strip_prefix(package).is_some_and(|rest| rest.starts_with("==")))
}

#[cfg(test)]
mod tests {
    use super::{has_modules, line_of};

    #[test]
    fn finds_a_packages_line() {
        let list =
            "# matplotlib==1\nmatplotlib-inline==2\nmatplotlib==3.11.2\ntorch==2.15.0; sys_platform != \"linux\"\n";
        assert_eq!(line_of(list, "matplotlib"), Some("matplotlib==3.11.2"));
        assert_eq!(line_of(list, "numpy"), None);
    }

    #[test]
    fn a_python_that_does_not_start_has_nothing() {
        assert!(!has_modules("/nowhere/python3", &["json"]));
    }
}
