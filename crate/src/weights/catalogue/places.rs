//! Where a model of a catalogue lies: beside the catalogue, on hosts, and on this machine once it was fetched.

use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;

use super::{Catalogue, Entry, checks};
use crate::weights::address::{self, Kind};
use crate::weights::known::Published;

/// The name of a fetched file whose address does not say what kind it is.
const UNSAID_ENDING: &str = ".weights";

/// An address on a host from which a model can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address<'a> {
    pub(super) url: String,
    /// The checksum of the whole file, where the catalogue gives it.
    pub(super) published: Option<Published<'a>>,
}

impl Entry {
    /// Its addresses on hosts: first that of the download, whose checksum is known, then those of the sources.
    pub(super) fn addresses(&self) -> Vec<Address<'_>> {
        let download = self.download.as_ref();
        let download = download.map(|file| (file.url.as_str(), file.published()));
        let sources = self.sources.iter().map(|source| (source.as_str(), None));
        let mut addresses: Vec<Address<'_>> = Vec::new();
        for (text, published) in download.into_iter().chain(sources) {
            let Some(url) = on_host(text) else { continue };
            if addresses.iter().all(|known| known.url != url) {
                addresses.push(Address { url, published });
            }
        }
        addresses
    }

    /// Where what is fetched from an address lies in the folder `here`: named by the model, as many hosts call their file
    /// `model.safetensors`.
    pub(super) fn fetched(&self, here: &Path, url: &str) -> PathBuf {
        let ending = || address::file_ending(url).unwrap_or(UNSAID_ENDING);
        match address::kind(url) {
            Kind::Folder => here.join(&self.id),
            Kind::File | Kind::Unsaid => here.join(format!("{}{}", self.id, ending())),
        }
    }
}

impl Catalogue {
    /// The paths at which a relative source may lie; none for an address on a host, and none that leads out of the
    /// catalogue's folder.
    pub(super) fn paths(&self, source: &str) -> Vec<PathBuf> {
        let beside = beside(source);
        let paths = beside
            .iter()
            .flat_map(|path| self.folders.iter().map(move |folder| folder.join(path)));
        paths.collect()
    }

    /// The folder of the site within this program that a relative source is.
    #[cfg(feature = "site")]
    pub(super) fn within(&self, source: &str) -> Option<String> {
        let path = beside(source).filter(|_| self.is_of_site)?;
        let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
        let folder = names.join("/");
        crate::site::Site::get(&format!("{folder}/{}", crate::weights::INDEX_FILE)).map(|_| folder)
    }
}

/// The complete address of what lies on a host.
fn on_host(source: &str) -> Option<String> {
    let url = checks::parsed(source).filter(|url| !checks::is_here(url))?;
    Some(url.to_string())
}

/// The path of a source that lies beside the catalogue.
fn beside(source: &str) -> Option<PathBuf> {
    let url = checks::parsed(source).filter(checks::is_here)?;
    let path = percent_decode_str(url.path().trim_start_matches('/'))
        .decode_utf8()
        .ok()?;
    let path = PathBuf::from(path.as_ref());
    let stays = path.components().all(|part| matches!(part, Component::Normal(_)));
    stays.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::super::tests::entry;
    use super::*;

    #[test]
    fn a_relative_source_counts_from_the_catalogue_and_never_leaves_its_folder() {
        let catalogue = Catalogue {
            folders: vec!["site".into(), "other".into()],
            ..Catalogue::ours().expect("good")
        };
        assert_eq!(
            catalogue.paths("weights/my%20own/"),
            [Path::new("site/weights/my own"), Path::new("other/weights/my own")]
        );
        // An address's own dots end at its host.
        assert_eq!(catalogue.paths("../../w/")[0], Path::new("site/w"));
        assert_eq!(catalogue.paths("/w/")[0], Path::new("site/w"));
        for out in ["a%2f..%2f..%2f..%2fetc/", "%2fetc%2fpasswd", "https://h/w/", "//h/w/"] {
            let leaves =
                |path: &PathBuf| path.components().any(|part| part == Component::ParentDir) || path.is_absolute();
            assert!(!catalogue.paths(out).iter().any(leaves), "{out}");
        }
        assert!(catalogue.paths("https://h/w/").is_empty());
    }

    #[test]
    fn the_download_comes_first_and_no_address_twice() {
        let sources = ["w/", "//h/a.h5", "https://h/b/", "https://h/c", "https://h/b/"];
        let mut model = entry(&sources);
        let urls = |model: &Entry| {
            model
                .addresses()
                .into_iter()
                .map(|address| address.url)
                .collect::<Vec<_>>()
        };
        assert_eq!(urls(&model), ["https://h/a.h5", "https://h/b/", "https://h/c"]);
        model.download = Some(super::super::Download {
            url: "https://h/c".to_owned(),
            bytes: 1,
            md5: Some("0".repeat(32)),
            sha256: None,
        });
        assert_eq!(urls(&model), ["https://h/c", "https://h/a.h5", "https://h/b/"]);
        assert!(model.addresses()[0].published.is_some());
    }

    #[test]
    fn what_is_fetched_is_named_by_its_model() {
        let model = entry(&["w/"]);
        for (url, name) in [
            ("https://h/model.safetensors?download=true", "mine.safetensors"),
            ("https://h/VGG16.H5", "mine.h5"),
            ("https://h/ours/", "mine"),
            ("https://h/download/4711", "mine.weights"),
        ] {
            assert_eq!(model.fetched(Path::new("here"), url), Path::new("here").join(name));
        }
    }
}
