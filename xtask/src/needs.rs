//! What only tests need, and neither cargo nor npm brings: browsers, a Vulkan driver, pandoc, Python with its packages.
//!
//! All of it is looked for before anything is built. Debian's packages of what is missing are installed at once where apt may be
//! used; what is missing still is named with what will not be run, and the rest is run all the same. Under CI it is an error.

use crate::summary::Summary;
use crate::{apt, chromium, command, python};
use anyhow::{Result, bail};
use std::env;

/// One such thing.
pub(crate) struct Need {
    what: &'static str,
    /// Debian's packages that bring it.
    pub(crate) packages: &'static [&'static str],
    /// How it is had elsewhere.
    elsewhere: &'static str,
    /// What is not run without it.
    serves: &'static str,
    found: fn() -> bool,
}

/// The browser of most tests.
pub(crate) const CHROMIUM: Need = Need {
    what: "Chromium",
    packages: &["chromium"],
    elsewhere: "install Chromium or Chrome, or name its program in the environment variable CHROMIUM",
    serves: "the tests in Chromium",
    found: || chromium::find().is_some(),
};

/// A driver for Vulkan, hardware or software.
pub(crate) const VULKAN: Need = Need {
    what: "a Vulkan driver",
    packages: &["libvulkan1", "mesa-vulkan-drivers"],
    elsewhere: "install your GPU's driver or Mesa's lavapipe",
    serves: "the GPU tests",
    found: || has_vulkan_driver(),
};

static NEEDS: [Need; 7] = [
    CHROMIUM,
    Need {
        what: "Firefox",
        packages: &["firefox-esr"],
        elsewhere: "put firefox on PATH",
        serves: "the tests in Firefox",
        found: || command::on_path(&["firefox", "firefox-esr"]).is_some(),
    },
    Need {
        what: "WebKitGTK's driver, or Xvfb",
        packages: &["webkit2gtk-driver", "xvfb"],
        elsewhere: "put WebKitWebDriver and Xvfb on PATH",
        serves: "the tests in WebKitGTK",
        found: || {
            ["WebKitWebDriver", "Xvfb"]
                .into_iter()
                .all(|name| command::on_path(&[name]).is_some())
        },
    },
    VULKAN,
    Need {
        what: "pandoc",
        packages: &["pandoc"],
        elsewhere: "put pandoc on PATH",
        serves: "the tests of Quarto and R Markdown documents",
        found: || command::on_path(&["pandoc"]).is_some(),
    },
    Need {
        what: "Python 3.11 or later with venv and pip",
        packages: &["python3", "python3-venv"],
        elsewhere: "put such a python3 on PATH, or name one that has tests/browser/requirements.txt in VGGSCOPE_PYTHON",
        serves: "the tests that open our files and run our programs in Python",
        found: python::can_be_had,
    },
    Need {
        what: "a Python with PyTorch and matplotlib",
        packages: &["python3", "python3-torch", "python3-matplotlib"],
        elsewhere: "install them for python3, such as PyTorch's own wheels for the CPU",
        serves: "the tests that run our programs in PyTorch",
        found: python::has_torch,
    },
];

impl Need {
    /// Whether it is here.
    pub(crate) fn is_met(&self) -> bool {
        (self.found)()
    }
}

/// Installs what is missing where that can be done, says what is missing still, and notes it in the summary.
///
/// # Errors
/// Under CI, what is missing still.
pub(crate) fn ensure(summary: &Summary) -> Result<()> {
    let packages = packages(&unmet());
    if !packages.is_empty() && apt::may_install() {
        let installed = summary.stage("Debian's packages", || apt::install(&packages));
        installed.unwrap_or_else(|error| println!("{error:#}"));
    }
    unmet()
        .into_iter()
        .try_for_each(|need| leave_out(summary, missing(need)))
}

/// What was made; what could not be made is left out.
///
/// # Errors
/// Under CI, why it could not.
pub(crate) fn if_possible<T>(summary: &Summary, made: Result<Option<T>>) -> Result<Option<T>> {
    made.or_else(|error| leave_out(summary, format!("{error:#}")).map(|()| None))
}

/// Whether all tests ran.
///
/// # Errors
/// Under CI, how many were left out.
pub(crate) fn all_ran(summary: &Summary) -> Result<()> {
    match summary.tests().skipped {
        0 => Ok(()),
        _ if !is_ci() => Ok(()),
        skipped => bail!("CI runs every test, and {skipped} were left out: their names are above."),
    }
}

fn leave_out(summary: &Summary, what: String) -> Result<()> {
    if is_ci() {
        bail!("CI runs every test, and this is not run: {what}");
    }
    println!("not run: {what}");
    summary.leave_out(what);
    Ok(())
}

fn is_ci() -> bool {
    env::var_os("CI").is_some()
}

/// What is not run, why, and how to mend it.
pub(crate) fn missing(need: &Need) -> String {
    let Need {
        what,
        serves,
        packages,
        elsewhere,
        ..
    } = need;
    format!(
        "{serves}: {what} is not here ({}; elsewhere {elsewhere})",
        apt::advice(packages)
    )
}

fn unmet() -> Vec<&'static Need> {
    NEEDS.iter().filter(|need| !need.is_met()).collect()
}

fn packages(needs: &[&Need]) -> Vec<&'static str> {
    let mut packages: Vec<_> = needs.iter().flat_map(|need| need.packages).copied().collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}

/// Whether Vulkan has a driver; other systems bring Metal or DX12 along.
fn has_vulkan_driver() -> bool {
    let folders = [
        "/etc/vulkan/icd.d",
        "/usr/share/vulkan/icd.d",
        "/usr/local/share/vulkan/icd.d",
    ];
    let holds_a_driver = |folder: &str| std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some());
    !cfg!(target_os = "linux") || folders.into_iter().any(holds_a_driver)
}

#[cfg(test)]
mod tests {
    use super::{CHROMIUM, NEEDS, VULKAN, missing, packages};

    #[test]
    fn every_package_is_asked_for_once() {
        let all = packages(&NEEDS.iter().collect::<Vec<_>>());
        let mut once = all.clone();
        once.dedup();
        assert_eq!(all, once);
        assert!(all.contains(&"python3-torch") && all.contains(&"xvfb"), "{all:?}");
        assert!(packages(&[]).is_empty());
    }

    #[test]
    fn says_what_is_not_run_and_how_to_get_it_in_one_line() {
        let line = missing(&CHROMIUM);
        for words in [
            "tests in Chromium",
            "Chromium is not here",
            "apt-get install chromium",
            "variable CHROMIUM",
        ] {
            assert!(line.contains(words), "{line}");
        }
        assert!(NEEDS.iter().all(|need| !missing(need).contains('\n')));
        assert!(missing(&VULKAN).contains("apt-get install libvulkan1 mesa-vulkan-drivers"));
    }
}
