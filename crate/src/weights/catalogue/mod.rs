//! The catalogue of models, `models.json`: the one that comes with this program, or somebody's own.
//!
//! ```text
//! {"default": "ours", "models": [{"id": "ours", "name": …, "sources": ["weights/ours/", …], …}, …]}
//! ```
//!
//! An entry that cannot be right is left out and said; of a file that is no catalogue nothing is taken. The page reads
//! the same file by the same rules.

mod checks;
mod digests;
mod entry;
mod fetch;
mod open;
mod pin;
mod places;
#[cfg(test)]
mod tests;

pub use entry::{Download, Entry};
pub use fetch::{Event, Wanted, fetch};
pub use open::OpenedModel;
pub use pin::{Pinned, pin};

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::WeightsError;
use super::bytes::InputFile;

/// The catalogue's name, beside the page.
pub const CATALOGUE_FILE: &str = "models.json";

const OURS: &str = include_str!("../../../../www/public/models.json");

/// Where relative addresses of [`OURS`] lead, seen from where the program is run: a site, or this repository.
const SITES: [&str; 3] = [".", "www/dist", "www/public"];

const LONGEST: usize = 500_000;
const MOST_MODELS: usize = 100;
const MOST_PROBLEMS: usize = 5;
/// Characters of somebody's value that a sentence has room for.
const MOST_SHOWN: usize = 60;

/// A catalogue that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    /// The model that is open where nobody asks for another.
    pub default: String,
    /// Its models; at least one.
    pub models: Vec<Entry>,
    /// A sentence on each thing that is wrong with the file.
    pub problems: Vec<String>,
    /// What messages call it.
    file: String,
    /// The folders from which relative addresses count.
    folders: Vec<PathBuf>,
    /// Whether they count from the site within this program first.
    #[cfg(feature = "site")]
    is_of_site: bool,
}

impl Catalogue {
    /// The catalogue that comes with this program: of the site within it, where there is one.
    ///
    /// # Errors
    /// [`WeightsError::NotACatalogue`], which the tests rule out.
    pub fn ours() -> Result<Self, WeightsError> {
        let folders = SITES.iter().map(PathBuf::from).collect();
        #[cfg(feature = "site")]
        if let Some(file) = crate::site::Site::get(CATALOGUE_FILE) {
            let catalogue = Self::read(CATALOGUE_FILE, &file.data, folders)?;
            return Ok(Self {
                is_of_site: true,
                ..catalogue
            });
        }
        Self::read(CATALOGUE_FILE, OURS.as_bytes(), folders)
    }

    /// A catalogue on disk. Relative addresses count from its folder.
    ///
    /// # Errors
    /// [`WeightsError::NotACatalogue`], or what the disk says.
    pub fn open(path: &Path) -> Result<Self, WeightsError> {
        let input = InputFile::open(path)?;
        // One byte more shows a file that is too long.
        let content = input.head(LONGEST as u64 + 1)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Self::read(input.name(), &content, vec![folder])
    }

    /// Reads a catalogue's content; `file` is what messages call it, and relative addresses count from `folders`.
    ///
    /// # Errors
    /// [`WeightsError::NotACatalogue`] for content without a single model.
    pub fn read(file: &str, content: &[u8], folders: Vec<PathBuf>) -> Result<Self, WeightsError> {
        let bad = |problem: String| WeightsError::NotACatalogue {
            file: file.to_owned(),
            problem,
        };
        let content = parsed(content).map_err(bad)?;
        let Some(list) = content.get("models").and_then(Value::as_array) else {
            return Err(bad("it has no list \"models\"".to_owned()));
        };
        let mut problems = Vec::new();
        let models = models_in(list, file, &mut problems);
        let Some(first) = models.first() else {
            let problems = match problems.is_empty() {
                true => "its list is empty".to_owned(),
                false => few(problems, file).join(" "),
            };
            return Err(bad(format!("it has no entry that can be used ({problems})")));
        };
        let wanted = content.get("default");
        let default = models.iter().find(|model| wanted.is_some_and(|id| *id == model.id));
        if default.is_none() {
            problems.push(format!(
                "The default of {file} is \"{}\", and no entry has that id. It is taken for \"{}\".",
                shown(wanted),
                first.id
            ));
        }
        Ok(Self {
            default: default.unwrap_or(first).id.clone(),
            problems: few(problems, file),
            models,
            file: file.to_owned(),
            folders,
            #[cfg(feature = "site")]
            is_of_site: false,
        })
    }

    /// The model of this id.
    ///
    /// # Errors
    /// [`WeightsError::UnknownModel`] with the ids there are.
    pub fn model(&self, id: &str) -> Result<&Entry, WeightsError> {
        let found = self.models.iter().find(|model| model.id == id);
        found.ok_or_else(|| WeightsError::UnknownModel {
            id: short(id),
            file: self.file.clone(),
            models: self.models.iter().map(|model| model.id.clone()).collect(),
        })
    }
}

/// The file's content, or a clause on why it is no catalogue.
fn parsed(content: &[u8]) -> Result<Value, String> {
    if content.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content);
    serde_json::from_slice(content).map_err(|error| format!("it is not JSON ({error})"))
}

fn models_in(list: &[Value], file: &str, problems: &mut Vec<String>) -> Vec<Entry> {
    let mut models: Vec<Entry> = Vec::new();
    for (at, entry) in (1..).zip(list).take(MOST_MODELS) {
        match model_in(entry, at, file) {
            Err(problem) => problems.push(format!("{problem} The entry is left out.")),
            Ok(model) if models.iter().any(|before| before.id == model.id) => problems.push(format!(
                "Entry {at} of {file} has the id \"{}\", which an entry before it has. The entry is left out.",
                model.id
            )),
            Ok(model) => models.push(model),
        }
    }
    if list.len() > MOST_MODELS {
        problems.push(format!(
            "{file} lists {} models. The first {MOST_MODELS} are offered.",
            list.len()
        ));
    }
    models
}

/// The model that an entry is, or a sentence on why it is none; `at` counts from 1.
fn model_in(entry: &Value, at: usize, file: &str) -> Result<Entry, String> {
    let Some(object) = entry.as_object() else {
        return Err(format!("Entry {at} of {file} is no object."));
    };
    if let Some(checks::Problem { key, value, allowed }) = checks::problem_in(object) {
        let id = match (key, object.get("id")) {
            ("id", _) | (_, None) => String::new(),
            (_, id) => format!(" (\"{}\")", shown(id)),
        };
        let what = value.map_or_else(
            || format!("{key} is missing"),
            |value| format!("{key} is \"{}\"", shown(Some(value))),
        );
        return Err(format!("Entry {at}{id} of {file}: {what}. Allowed: {allowed}."));
    }
    // Every value was checked.
    Entry::deserialize(entry).map_err(|error| format!("Entry {at} of {file}: {error}."))
}

/// A file that is wrong all over is not told line by line.
fn few(mut problems: Vec<String>, file: &str) -> Vec<String> {
    let rest = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    if rest > 0 {
        problems.push(format!("{rest} more things are wrong with {file}."));
    }
    problems
}

/// As much of somebody's value as a sentence has room for.
fn shown(value: Option<&Value>) -> String {
    match value {
        None => "missing".to_owned(),
        Some(Value::String(text)) => short(text),
        Some(other) => short(&other.to_string()),
    }
}

fn short(text: &str) -> String {
    let visible = |character| {
        if checks::is_invisible(character) {
            char::REPLACEMENT_CHARACTER
        } else {
            character
        }
    };
    let start: String = text.chars().take(MOST_SHOWN).map(visible).collect();
    if text.chars().nth(MOST_SHOWN).is_some() {
        format!("{start}…")
    } else {
        start
    }
}
