//! Addresses of weights on hosts: what one can be by itself, and where the files of a folder are.

use super::{INDEX_FILE, WeightsError};

/// How the names of single weight files end.
pub const FILE_ENDINGS: [&str; 9] = [
    ".safetensors",
    ".h5",
    ".hdf5",
    ".keras",
    ".pth",
    ".pt",
    ".onnx",
    ".bin",
    ".ckpt",
];

/// How the name of a weight file ends that an address is of, by its path or else by the whole.
#[cfg(feature = "cli")]
pub(super) fn file_ending(address: &str) -> Option<&'static str> {
    let (path, _) = parted(address);
    let of = |text: &str| FILE_ENDINGS.into_iter().find(|ending| ends_with(text, ending));
    of(path).or_else(|| of(address))
}

/// What an address says of what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder with an index.
    Folder,
    /// One file.
    File,
    /// Nothing: the host has to be asked.
    Unsaid,
}

/// Tells folders by a slash at the end of their path or by their index's name, and files by a weight file's ending, of the
/// path or of the whole address.
pub fn kind(address: &str) -> Kind {
    let (path, _) = parted(address);
    let named = |text: &str| FILE_ENDINGS.iter().any(|ending| ends_with(text, ending));
    match (path.ends_with('/') || names_index(path), named(path), named(address)) {
        (false, false, false) | (true, _, true) => Kind::Unsaid,
        (true, _, false) => Kind::Folder,
        (false, ..) => Kind::File,
    }
}

/// Whether what is at an address cannot change: a hub's file of one commit, `…/resolve/<40 hex digits>/…`.
pub fn is_pinned(address: &str) -> bool {
    let (path, _) = parted(address);
    let commit = path.split_once("/resolve/").and_then(|(_, rest)| rest.split_once('/'));
    commit.is_some_and(|(commit, _)| commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn ends_with(text: &str, ending: &str) -> bool {
    let start = text.len().checked_sub(ending.len());
    start
        .and_then(|start| text.get(start..))
        .is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

/// A folder on a host. What an address has behind its path, such as a signature, is part of the address of every file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Ends in "/".
    path: String,
    /// Begins with "?", or is empty.
    query: String,
}

impl Folder {
    /// The folder that an address means if it means one: with a slash, and without the name of its index.
    pub fn of(address: &str) -> Self {
        let (path, query) = parted(address);
        let path = if names_index(path) {
            path.strip_suffix(INDEX_FILE).unwrap_or(path)
        } else {
            path
        };
        Self {
            path: format!("{}/", path.trim_end_matches('/')),
            query: query.to_owned(),
        }
    }

    /// The address of one of its files.
    pub fn file(&self, name: &str) -> String {
        format!("{}{name}{}", self.path, self.query)
    }

    /// The folder's own address.
    pub fn address(&self) -> String {
        self.file("")
    }
}

/// Path and query; what follows a "#" never reaches a host.
fn parted(address: &str) -> (&str, &str) {
    let address = address.split('#').next().unwrap_or(address);
    address.split_at(address.find('?').unwrap_or(address.len()))
}

fn names_index(path: &str) -> bool {
    path.strip_suffix(INDEX_FILE)
        .is_some_and(|folder| folder.ends_with('/'))
}

/// What to say of an address whose host was asked for a file, and then for a folder's index, and gave neither.
pub fn neither(address: &str, as_file: WeightsError, as_folder: WeightsError) -> WeightsError {
    match (as_file, as_folder) {
        (as_file, as_folder) if !as_folder.says_nothing_is_there() => {
            if as_folder.is_about_the_way() {
                as_file
            } else {
                as_folder
            }
        }
        (WeightsError::NotFound { status, .. }, _) => WeightsError::NothingThere {
            address: address.to_owned(),
            status,
        },
        (as_file, _) => as_file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hubs_file_of_one_commit_cannot_change() {
        let commit = "3394518cba29aee1ea82a49d971be90d2dd1dab7";
        let hub = "https://huggingface.co/timm/vgg16.tv_in1k/resolve";
        assert!(is_pinned(&format!("{hub}/{commit}/model.safetensors?download=true")));
        for other in [
            format!("{hub}/main/model.safetensors"),
            format!("{hub}/{}/model.safetensors", &commit[1..]),
            format!("{hub}/{commit}"),
            format!("https://h/{commit}/model.safetensors?a=/resolve/{commit}/"),
        ] {
            assert!(!is_pinned(&other), "{other}");
        }
    }

    #[test]
    fn an_address_says_what_is_there_or_the_host_is_asked() {
        for (address, expected) in [
            ("https://h/w/", Kind::Folder),
            ("https://h/w/?token=a/b.c", Kind::Folder),
            ("https://h/w/model.safetensors.index.json?token=a", Kind::Folder),
            ("https://h/vgg16.H5", Kind::File),
            ("https://h/vgg16.pth?download=true", Kind::File),
            ("https://h/get?file=vgg16.safetensors", Kind::File),
            ("https://h/w", Kind::Unsaid),
            ("https://h/files/vgg16.h5/content", Kind::Unsaid),
            ("https://h/download/4711", Kind::Unsaid),
            ("https://h/model_best.pth.tar", Kind::Unsaid),
            ("https://h/signed/?file=a.pt", Kind::Unsaid),
            ("https://h/other.safetensors.index.json", Kind::Unsaid),
            ("https://h", Kind::Unsaid),
            ("", Kind::Unsaid),
            ("é", Kind::Unsaid),
        ] {
            assert_eq!(kind(address), expected, "{address}");
        }
    }

    #[test]
    fn a_signature_is_part_of_the_address_of_every_file() {
        for address in [
            "https://h/signed/?token=a/b&e=1",
            "https://h/signed?token=a/b&e=1",
            "https://h/signed///?token=a/b&e=1#part",
            "https://h/signed/model.safetensors.index.json?token=a/b&e=1",
        ] {
            let folder = Folder::of(address);
            assert_eq!(folder.address(), "https://h/signed/?token=a/b&e=1", "{address}");
            assert_eq!(
                folder.file("a.safetensors"),
                "https://h/signed/a.safetensors?token=a/b&e=1"
            );
        }
        assert_eq!(
            Folder::of("https://h/w").file(INDEX_FILE),
            format!("https://h/w/{INDEX_FILE}")
        );
    }

    #[test]
    fn what_is_said_of_an_address_is_what_its_host_said_of_it() {
        let address = || "https://h/4711".to_owned();
        let missing = |file: &str, status: &str| WeightsError::NotFound {
            file: file.to_owned(),
            status: status.to_owned(),
        };
        let page = |file: String| WeightsError::WebPage { file };
        let broken = || WeightsError::NotAnIndex {
            file: "the index".to_owned(),
            problem: "it is cut".to_owned(),
        };
        let stalled = || WeightsError::Offline { file: address() };
        let said = |as_file, as_folder| neither(&address(), as_file, as_folder).to_string();
        let nothing = said(missing("https://h/4711", "410"), page(address()));
        for words in ["https://h/4711", "410", "neither a weight file", INDEX_FILE, "address"] {
            assert!(nothing.contains(words), "{nothing}");
        }
        assert_eq!(said(page(address()), missing("", "404")), page(address()).to_string());
        assert_eq!(said(page(address()), stalled()), page(address()).to_string());
        assert_eq!(said(missing("", "404"), broken()), broken().to_string());
    }
}
