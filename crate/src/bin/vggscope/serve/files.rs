//! Where the site's files come from.

use std::borrow::Cow;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Result, bail};

/// A file, and a name for this state of it.
pub(super) struct File {
    pub(super) bytes: Cow<'static, [u8]>,
    /// Another one whenever the bytes are others; without quotes.
    pub(super) tag: String,
}

/// A built site.
pub(super) enum Files {
    /// Within this program.
    #[cfg(feature = "site")]
    Inside,
    /// In a folder, read afresh for each request.
    Folder(PathBuf),
}

#[cfg(feature = "site")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../www/dist"]
struct Site;

impl Files {
    /// The site in this folder; without one, the site within this program.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self> {
        match folder {
            Some(folder) if folder.join("index.html").is_file() => Ok(Self::Folder(folder.to_path_buf())),
            Some(folder) => bail!(
                "there is no index.html in {}: give the folder of a built site, which `cargo xtask build` leaves in www/dist",
                folder.display()
            ),
            None => Self::inside(),
        }
    }

    #[cfg(feature = "site")]
    fn inside() -> Result<Self> {
        Ok(Self::Inside)
    }

    #[cfg(not(feature = "site"))]
    fn inside() -> Result<Self> {
        bail!(
            "this program was built without the site: give the folder of a built one, as in `vggscope serve www/dist`, \
             or build the program with it: `cargo xtask build`, then `cargo build --release -p vggscope --features site`"
        )
    }

    /// The file at a path within the site, such as `docs/api.html`.
    pub(super) fn read(&self, path: &str) -> Option<File> {
        match self {
            #[cfg(feature = "site")]
            Self::Inside => {
                let file = Site::get(path)?;
                let hash = file.metadata.sha256_hash();
                let tag = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
                Some(File { bytes: file.data, tag })
            }
            Self::Folder(folder) => read_within(folder, path),
        }
    }
}

/// Nothing outside the folder: only plain names lead on.
fn read_within(folder: &Path, path: &str) -> Option<File> {
    let relative = Path::new(path);
    let plain = |part| matches!(part, Component::Normal(_));
    if !relative.components().all(plain) || path.contains(['\\', '\0']) {
        return None;
    }
    let file = folder.join(relative);
    let metadata = fs::metadata(&file).ok().filter(fs::Metadata::is_file)?;
    let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let tag = format!("{:x}-{:x}", metadata.len(), changed.as_nanos());
    let bytes = Cow::Owned(fs::read(file).ok()?);
    Some(File { bytes, tag })
}

#[cfg(test)]
mod tests {
    use super::{Files, read_within};
    use std::fs;

    #[test]
    fn reads_what_lies_in_the_folder_and_nothing_else() -> anyhow::Result<()> {
        let place = tempfile::tempdir()?;
        let site = place.path().join("site");
        fs::create_dir_all(site.join("docs"))?;
        fs::write(site.join("docs/api.html"), "api")?;
        fs::write(place.path().join("secret"), "secret")?;
        assert!(read_within(&site, "docs/api.html").is_some_and(|file| file.bytes.as_ref() == b"api"));
        for other in [
            "../secret",
            "docs/../../secret",
            "/etc/passwd",
            "docs",
            "docs\\api.html",
            "nothing",
            "",
        ] {
            assert!(read_within(&site, other).is_none(), "{other}");
        }
        Ok(())
    }

    #[test]
    fn a_folder_without_a_site_is_named() -> anyhow::Result<()> {
        let place = tempfile::tempdir()?;
        let error = Files::open(Some(place.path())).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("no index.html in") && text.contains("cargo xtask build")));
        Ok(())
    }

    #[cfg(not(feature = "site"))]
    #[test]
    fn without_the_site_it_says_how_to_have_it() {
        let error = Files::open(None).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("built without the site") && text.contains("--features site")));
    }
}
