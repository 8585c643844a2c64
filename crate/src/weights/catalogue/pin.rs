//! Writing an entry of a catalogue from the weights themselves, with digests that hold whoever hosts them to those.

use crate::settings::Preprocessing;
use crate::weights::address::file_ending;
use crate::weights::bytes::InputFile;
use crate::weights::download::{self, download_checked};
use crate::weights::known::{self, Origin};
use crate::weights::remote::RemoteFile;
use crate::weights::source::Source;
use crate::weights::training;
use crate::weights::write::cannot_write;
use crate::weights::{Checkpoint, Format, Metadata, Weights, WeightsError, digest};

use super::{Download, Entry, checks, digests, fetch};

/// An entry for a catalogue, and how it is known what the model is.
#[derive(Debug)]
pub struct Pinned {
    /// The entry.
    pub entry: Entry,
    /// Where its name, licence and input scaling come from.
    pub origin: Origin,
}

/// What was read of weights at an address.
struct Facts {
    metadata: Metadata,
    origin: Origin,
    bytes: u64,
    sha256: digests::Digests,
    /// sha256 of a file that had to be read whole.
    whole: Option<String>,
}

/// Reads the weights at an address, a folder or a file on disk or on a host, and writes what a catalogue says of them. A
/// safetensors file on a host that sends parts is read in parts; other files are downloaded for as long as it takes.
///
/// # Errors
/// A [`WeightsError`] naming the file.
pub fn pin(address: &str, report: &mut dyn FnMut(download::Event<'_>)) -> Result<Pinned, WeightsError> {
    let source = Source::new(address);
    let facts = match &source {
        Source::File(path) => of_file(&Checkpoint::open_path(path)?)?,
        Source::Folder(_) | Source::Url(_) => of_folder(&source)?,
        #[cfg(feature = "site")]
        Source::Site(_) => of_folder(&source)?,
        Source::Unsaid(url) if fetch::is_folder(url)? => of_folder(&source)?,
        Source::FileUrl(url) | Source::Unsaid(url) => of_file_on_host(url, report)?,
    };
    let is_folder_on_disk = matches!(source, Source::Folder(_)) && !address.ends_with(['/', '\\']);
    let address = format!("{address}{}", if is_folder_on_disk { "/" } else { "" });
    Ok(Pinned {
        origin: facts.origin,
        entry: entry(address, facts),
    })
}

fn entry(address: String, facts: Facts) -> Entry {
    let Metadata {
        name,
        description,
        licence,
        preprocessing,
        ..
    } = facts.metadata;
    let id = id_of(&address);
    Entry {
        name: text(&name, 100, &id),
        note: text(&description, 1000, "VGG16; nobody says how it was trained."),
        licence: text(&licence, 400, "not stated"),
        architecture: "vgg16".to_owned(),
        preprocessing,
        bytes: facts.bytes,
        sha256: facts.sha256,
        download: facts.whole.map(|sha256| Download {
            url: address.clone(),
            bytes: facts.bytes,
            md5: None,
            sha256: Some(sha256),
        }),
        sources: vec![address],
        id,
    }
}

fn of_file(checkpoint: &Checkpoint) -> Result<Facts, WeightsError> {
    let description = known::describe(checkpoint)?;
    Ok(Facts {
        metadata: description.metadata,
        origin: description.origin,
        bytes: checkpoint.input().size(),
        sha256: digests::of_file(checkpoint)?,
        whole: None,
    })
}

fn of_file_on_host(url: &str, report: &mut dyn FnMut(download::Event<'_>)) -> Result<Facts, WeightsError> {
    if let Some(remote) = RemoteFile::open(url)? {
        let input = InputFile::new(url, remote);
        if Format::of(&input)? == Format::Safetensors {
            return of_file(&Checkpoint::open(input)?);
        }
    }
    let folder = tempfile::tempdir().map_err(|error| cannot_write(&std::env::temp_dir(), &error))?;
    let file = folder.path().join("whole");
    download_checked(url, &file, &|_| Ok(()), report)?;
    let input = InputFile::open(&file)?.named(url);
    let sha256 = digest::sha256(&input)?;
    Ok(Facts {
        whole: Some(sha256),
        ..of_file(&Checkpoint::open(input)?)?
    })
}

fn of_folder(source: &Source) -> Result<Facts, WeightsError> {
    let (index, _) = source.index_and_text()?;
    let (sha256, bytes) = digests::of_folder(source, &index)?;
    let mut weights = Weights::new(index.clone());
    for file in index.files(0) {
        weights.insert(file, source.read_listed(&index, file)?)?;
    }
    let recognised = weights
        .convolution(0)
        .ok()
        .and_then(|first| training::recognise(&first));
    let stated = index.metadata();
    let says_nothing = *stated
        == Metadata {
            total_size: stated.total_size,
            ..Metadata::new(Preprocessing::None)
        };
    let (metadata, origin) = match recognised {
        None if says_nothing => (stated.clone(), Origin::Guessed),
        None => (stated.clone(), Origin::Stated),
        Some(known) => {
            let of = |said: &str, known: String| {
                if said.is_empty() || says_nothing {
                    known
                } else {
                    said.to_owned()
                }
            };
            let metadata = Metadata {
                name: of(&stated.name, known.name.to_owned()),
                description: of(&stated.description, known.description()),
                licence: of(&stated.licence, known.licence.to_owned()),
                ..Metadata::new(known.preprocessing)
            };
            (metadata, Origin::Recognised(known))
        }
    };
    Ok(Facts {
        metadata,
        origin,
        bytes,
        sha256,
        whole: None,
    })
}

/// An id after the last name in an address.
fn id_of(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let name = path
        .trim_end_matches(['/', '\\'])
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(path);
    let stem = file_ending(name).and_then(|ending| name.get(..name.len() - ending.len()));
    let lower = stem.unwrap_or(name).to_ascii_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    let mut id = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    id.truncate(64);
    let id = id.trim_end_matches('-');
    if checks::is_id(id) {
        id.to_owned()
    } else {
        "model".to_owned()
    }
}

/// A text as a catalogue may have it; `instead` of an empty one.
fn text(said: &str, most: usize, instead: &str) -> String {
    let visible = said.replace(checks::is_invisible, " ");
    // Two of UTF-16's units at most are one character.
    let short: String = visible.trim().chars().take(most / 2).collect();
    let fits = visible.trim().encode_utf16().count() <= most;
    match if fits { visible.trim() } else { short.trim() } {
        "" => instead.to_owned(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_last_name_and_may_be_one() {
        for (address, id) in [
            (
                "https://h/timm/vgg16.tv_in1k/resolve/main/model.safetensors?download=true",
                "model",
            ),
            ("weights/My own VGG_16.pth", "my-own-vgg-16"),
            ("weights/demo/", "demo"),
            ("https://h/%2e", "2e"),
            ("none.h5", "model"),
            ("", "model"),
            ("..", "model"),
        ] {
            assert_eq!(id_of(address), id, "{address}");
        }
        assert_eq!(id_of(&"a".repeat(100)).len(), 64);
    }

    #[test]
    fn texts_are_what_a_catalogue_takes() {
        assert_eq!(text(" a\u{202e}b\n", 100, "-"), "a b");
        assert_eq!(text(" \n", 100, "instead"), "instead");
        assert_eq!(text(&"x".repeat(101), 100, "-").len(), 50);
    }
}
