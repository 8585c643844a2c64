//! What the values of a catalogue's entry may be. Whatever is read here was written by somebody else.

use std::sync::LazyLock;

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use serde_json::{Map, Value};
use url::Url;

use crate::vgg16::LAYERS;

/// More than any network of this kind takes.
const MOST_BYTES: f64 = 1e11;
const MOST_SOURCES: usize = 8;
const LONGEST_ADDRESS: usize = 2000;
const LONGEST_ID: usize = 64;

/// What stands for the catalogue's own place, wherever that is: relative addresses are of this host.
static HERE: LazyLock<Option<Url>> = LazyLock::new(|| Url::parse("https://site.invalid/").ok());

/// A key of an entry.
struct Check {
    key: &'static str,
    /// May be left out.
    optional: bool,
    /// What is allowed, as a piece of a sentence.
    allowed: &'static str,
    accepts: fn(&Value) -> bool,
}

const fn needed(key: &'static str, allowed: &'static str, accepts: fn(&Value) -> bool) -> Check {
    Check {
        key,
        optional: false,
        allowed,
        accepts,
    }
}

const CHECKS: [Check; 10] = [
    needed(
        "id",
        "at most 64 small letters and digits, with single dots, dashes and underscores between them, but not \"none\"",
        |value| value.as_str().is_some_and(is_id),
    ),
    needed(
        "name",
        "a text of 1 to 100 characters, none of them invisible",
        |value| is_text(value, 100),
    ),
    needed(
        "note",
        "a text of 1 to 1000 characters, none of them invisible",
        |value| is_text(value, 1000),
    ),
    needed(
        "licence",
        "a text of 1 to 400 characters, none of them invisible",
        |value| is_text(value, 400),
    ),
    needed("architecture", "vgg16", |value| value == "vgg16"),
    needed("preprocessing", "none, caffe, caffe-rgb, torch", |value| {
        ["none", "caffe", "caffe-rgb", "torch"].iter().any(|name| value == name)
    }),
    needed("bytes", "a whole number from 1 to 100,000,000,000", is_size),
    needed(
        "sources",
        "a list of 1 to 8 addresses, each http, https or relative, without a password",
        is_sources,
    ),
    Check {
        optional: true,
        ..needed(
            "sha256",
            "an object with a SHA-256 in small hexadecimal digits for each layer that it names",
            is_digests,
        )
    },
    Check {
        optional: true,
        ..needed(
            "download",
            "an object with url (http or https), bytes, and md5 or sha256 in small hexadecimal digits",
            is_download,
        )
    },
];

/// A value that is not allowed.
pub(super) struct Problem<'a> {
    pub(super) key: &'static str,
    /// Missing where there is none.
    pub(super) value: Option<&'a Value>,
    pub(super) allowed: &'static str,
}

/// The first value of an entry that is not allowed.
pub(super) fn problem_in(entry: &Map<String, Value>) -> Option<Problem<'_>> {
    CHECKS.iter().find_map(|check| {
        let value = entry.get(check.key);
        let is_fine = value.map_or(check.optional, check.accepts);
        (!is_fine).then_some(Problem {
            key: check.key,
            value,
            allowed: check.allowed,
        })
    })
}

/// An address, complete; `None` for a script, data, a password, or what is none at all. A relative one is of a host that
/// does not exist: see [`is_here`].
pub(super) fn parsed(address: &str) -> Option<Url> {
    if address.trim().is_empty() || address.encode_utf16().count() > LONGEST_ADDRESS {
        return None;
    }
    let url = HERE.as_ref()?.join(address).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && is_plain).then_some(url)
}

/// Whether an address was relative to the catalogue.
pub(super) fn is_here(url: &Url) -> bool {
    HERE.as_ref().is_some_and(|here| here.origin() == url.origin())
}

/// Whether a character is not seen, or turns those that follow.
pub(super) fn is_invisible(character: char) -> bool {
    let category = || CodePointMapData::<GeneralCategory>::new().get(character);
    character.is_control() || category() == GeneralCategory::Format
}

/// Whether a text stays as it is in links and in file names. In links "none" says that no model is named.
pub(super) fn is_id(text: &str) -> bool {
    let is_word = |word: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !word.is_empty() && word.bytes().all(plain)
    };
    text.len() <= LONGEST_ID && text != "none" && text.split(['.', '_', '-']).all(is_word)
}

fn is_text(value: &Value, most: usize) -> bool {
    value.as_str().is_some_and(|text| {
        let length = text.trim().encode_utf16().count();
        (1..=most).contains(&length) && !text.chars().any(is_invisible)
    })
}

fn is_size(value: &Value) -> bool {
    value
        .as_f64()
        .is_some_and(|number| number.fract() == 0.0 && (1.0..=MOST_BYTES).contains(&number))
}

fn is_address(value: &Value) -> bool {
    value.as_str().is_some_and(|text| parsed(text).is_some())
}

fn is_sources(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|list| (1..=MOST_SOURCES).contains(&list.len()) && list.iter().all(is_address))
}

fn is_digests(value: &Value) -> bool {
    let is_layer = |name: &str| LAYERS.iter().any(|layer| layer.is_convolution() && layer.name == name);
    value.as_object().is_some_and(|digests| {
        digests
            .iter()
            .all(|(layer, digest)| is_layer(layer) && is_hex(digest, 64))
    })
}

fn is_download(value: &Value) -> bool {
    let Some(file) = value.as_object() else { return false };
    let has = |key: &str, accepts: fn(&Value) -> bool| file.get(key).is_some_and(accepts);
    let (md5, sha256) = (file.get("md5"), file.get("sha256"));
    let are_digests = md5.is_none_or(|digest| is_hex(digest, 32)) && sha256.is_none_or(|digest| is_hex(digest, 64));
    has("url", is_address) && has("bytes", is_size) && are_digests && md5.or(sha256).is_some()
}

fn is_hex(value: &Value, digits: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    value
        .as_str()
        .is_some_and(|text| text.len() == digits && text.bytes().all(is_digit))
}
