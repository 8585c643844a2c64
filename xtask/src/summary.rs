//! One line for all test runners together.

use std::fmt;

/// How many tests passed and failed, read from what the runners print.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    passed: u64,
    failed: u64,
}

impl Summary {
    /// Adds a line such as cargo's `test result: ok. 3 passed; 0 failed; …` or Vitest's `Tests  1 failed | 2 passed (3)`;
    /// any other line counts nothing.
    pub(crate) fn count(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim_start();
        if !line.starts_with("test result: ") && !line.starts_with("Tests ") {
            return;
        }
        let mut last = 0;
        for word in line.split(|c: char| !c.is_alphanumeric()) {
            match word {
                "passed" => self.passed += last,
                "failed" => self.failed += last,
                _ => last = word.parse().unwrap_or(last),
            }
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
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
    use super::Summary;

    fn counted(lines: &[&str]) -> String {
        let mut summary = Summary::default();
        lines.iter().for_each(|line| summary.count(line));
        summary.to_string()
    }

    #[test]
    fn counts_cargos_and_vitests_totals() {
        let cargo = "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        let vitest = "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m | \u{1b}[32m20 passed\u{1b}[39m (21)";
        assert_eq!(counted(&[cargo, vitest]), "23 passed, 2 failed");
    }

    #[test]
    fn ignores_files_and_single_tests() {
        assert_eq!(
            counted(&[" Test Files  4 passed (4)", "test image::tests::squash ... ok"]),
            "0 passed, 0 failed"
        );
    }
}
