//! What a command did: how long each stage took, and the tests of all runners together.

use anyhow::Result;
use std::fmt::{self, Formatter};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Filled in while a command works, from several threads, and printed when it ends.
#[derive(Debug)]
pub(crate) struct Summary {
    begun: Instant,
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    /// In the order in which they ended.
    stages: Vec<(String, Duration)>,
    tests: Tests,
    /// What was left out, and why.
    left_out: Vec<String>,
}

/// How many tests did what, read from what the runners print.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tests {
    passed: u64,
    failed: u64,
    /// Left out by the runner itself.
    pub(crate) skipped: u64,
}

impl Summary {
    /// Nothing yet; the clock runs.
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            noted: Mutex::default(),
        }
    }

    /// Does a stage's work and notes how long it took, however it ended.
    pub(crate) fn stage<T>(&self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let begun = Instant::now();
        let result = work();
        self.noted().stages.push((name.to_owned(), begun.elapsed()));
        result
    }

    /// Adds the tests of a line such as cargo's `test result: ok. 3 passed; 0 failed; …` or Vitest's
    /// `Tests  1 failed | 2 passed (3)`; any other line has none.
    pub(crate) fn count(&self, line: &str) {
        self.noted().tests.add(line);
    }

    /// Notes what was left out and why.
    pub(crate) fn leave_out(&self, what: String) {
        self.noted().left_out.push(what);
    }

    /// The tests so far.
    pub(crate) fn tests(&self) -> Tests {
        self.noted().tests
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tests {
    fn add(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim_start();
        // What cargo calls ignored is run by a stage of its own; what Vitest calls skipped is not run.
        if !line.starts_with("test result: ") && !line.starts_with("Tests ") {
            return;
        }
        let mut last = 0;
        for word in line.split(|c: char| !c.is_alphanumeric()) {
            match word {
                "passed" => self.passed += last,
                "failed" => self.failed += last,
                "skipped" => self.skipped += last,
                _ => last = word.parse().unwrap_or(last),
            }
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let noted = self.noted();
        let width = noted.stages.iter().map(|(name, _)| name.chars().count()).max();
        let width = width.unwrap_or_default().max(ALTOGETHER.len());
        for (name, time) in &noted.stages {
            writeln!(out, "{name:width$}  {:>7}", clock(*time))?;
        }
        write!(out, "{ALTOGETHER:width$}  {:>7}", clock(self.begun.elapsed()))?;
        let Tests {
            passed,
            failed,
            skipped,
        } = noted.tests;
        if noted.tests != Tests::default() {
            write!(out, "\n\n{passed} passed, {failed} failed, {skipped} not run")?;
        }
        noted
            .left_out
            .iter()
            .try_for_each(|what| write!(out, "\nnot run: {what}"))
    }
}

/// Stages may overlap, so this is less than their sum.
const ALTOGETHER: &str = "altogether";

/// Minutes and seconds.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Drops terminal colours: an escape character up to the next `m`.
fn without_colours(line: &str) -> String {
    let mut in_escape = false;
    let mut visible = |c: char| match c {
        '\u{1b}' => {
            in_escape = true;
            false
        }
        'm' if in_escape => {
            in_escape = false;
            false
        }
        _ => !in_escape,
    };
    line.chars().filter(|&c| visible(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Summary, Tests, clock};
    use anyhow::{Result, bail};
    use std::time::Duration;

    fn counted(lines: &[&str]) -> Tests {
        let summary = Summary::new();
        lines.iter().for_each(|line| summary.count(line));
        summary.tests()
    }

    #[test]
    fn counts_cargos_and_vitests_totals() {
        let cargo = "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        let vitest = "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m | \u{1b}[32m20 passed\u{1b}[39m | \u{1b}[33m5 skipped\u{1b}[39m (26)";
        let (passed, failed, skipped) = (23, 2, 5);
        assert_eq!(
            counted(&[cargo, vitest]),
            Tests {
                passed,
                failed,
                skipped
            }
        );
    }

    #[test]
    fn ignores_files_and_single_tests() {
        let lines = [" Test Files  4 passed (4)", "test image::tests::squash ... ok"];
        assert_eq!(counted(&lines), Tests::default());
    }

    #[test]
    fn tells_minutes_and_seconds() {
        assert_eq!(clock(Duration::from_millis(1_400)), "0:01");
        assert_eq!(clock(Duration::from_millis(59_600)), "1:00");
        assert_eq!(clock(Duration::from_secs(754)), "12:34");
    }

    #[test]
    fn shows_stages_that_failed_too_and_then_the_tests() -> Result<()> {
        let summary = Summary::new();
        summary.stage("site", || Ok(()))?;
        assert!(
            summary
                .stage("browser tests", || -> Result<()> { bail!("one failed") })
                .is_err()
        );
        assert_eq!(
            summary.to_string(),
            "site              0:00\nbrowser tests     0:00\naltogether        0:00"
        );
        summary.count("Tests  1 failed | 2 passed | 3 skipped (6)");
        summary.leave_out("the tests in Firefox: no Firefox".to_owned());
        let shown = summary.to_string();
        assert!(
            shown.ends_with("\n\n2 passed, 1 failed, 3 not run\nnot run: the tests in Firefox: no Firefox"),
            "{shown}"
        );
        Ok(())
    }
}
