//! Where the site's files come from: a folder, or this program itself.

use std::fs;
use std::future::Future;
use std::io::{self, ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::fs::{Backend, File, Metadata};

/// A built site, as `ServeDir` reads it.
#[derive(Debug, Clone)]
pub(super) enum Files {
    /// Within this program.
    #[cfg(feature = "site")]
    Inside,
    /// In this folder, whose links are resolved. Each request reads it afresh.
    Folder(PathBuf),
}

impl Files {
    /// The site in this folder; without one, the site within this program.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self> {
        match folder {
            Some(folder) if folder.join("index.html").is_file() => {
                let resolved = folder.canonicalize();
                Ok(Self::Folder(resolved.with_context(|| {
                    format!("cannot read the folder {}", folder.display())
                })?))
            }
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

    /// The path that requests are relative to.
    pub(super) fn root(&self) -> &Path {
        match self {
            #[cfg(feature = "site")]
            Self::Inside => Path::new(""),
            Self::Folder(folder) => folder,
        }
    }
}

/// What the server needs to know of a file or folder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    is_folder: bool,
    /// Length of a file.
    bytes: u64,
    changed: Option<SystemTime>,
}

impl Metadata for Facts {
    fn is_dir(&self) -> bool {
        self.is_folder
    }

    fn modified(&self) -> io::Result<SystemTime> {
        self.changed.ok_or_else(|| ErrorKind::Unsupported.into())
    }

    fn len(&self) -> u64 {
        self.bytes
    }
}

impl From<fs::Metadata> for Facts {
    fn from(metadata: fs::Metadata) -> Self {
        Self {
            is_folder: metadata.is_dir(),
            bytes: metadata.len(),
            changed: metadata.modified().ok(),
        }
    }
}

/// A file's bytes, read from disk as they are sent, or within this program.
trait Bytes: AsyncRead + AsyncSeek + Unpin + Send + Sync {}

impl<T: AsyncRead + AsyncSeek + Unpin + Send + Sync> Bytes for T {}

/// A file that is open.
pub(super) struct Opened {
    bytes: Box<dyn Bytes>,
    facts: Facts,
}

impl AsyncRead for Opened {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.bytes).poll_read(context, into)
    }
}

impl AsyncSeek for Opened {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.bytes).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.bytes).poll_complete(context)
    }
}

impl File for Opened {
    type Metadata = Facts;
    type MetadataFuture<'a> = std::future::Ready<io::Result<Facts>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        std::future::ready(Ok(self.facts))
    }
}

type Later<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

impl Backend for Files {
    type File = Opened;
    type Metadata = Facts;
    type OpenFuture = Later<Opened>;
    type MetadataFuture = Later<Facts>;

    fn open(&self, path: PathBuf) -> Later<Opened> {
        match self {
            #[cfg(feature = "site")]
            Self::Inside => Box::pin(std::future::ready(inside::open(&path))),
            Self::Folder(folder) => {
                let folder = folder.clone();
                Box::pin(async move {
                    let file = tokio::fs::File::open(within(&folder, &path).await?).await?;
                    let facts = file.metadata().await?.into();
                    let bytes = Box::new(file);
                    Ok(Opened { bytes, facts })
                })
            }
        }
    }

    fn metadata(&self, path: PathBuf) -> Later<Facts> {
        match self {
            #[cfg(feature = "site")]
            Self::Inside => Box::pin(std::future::ready(inside::facts(&path))),
            Self::Folder(folder) => {
                let folder = folder.clone();
                Box::pin(async move { Ok(tokio::fs::metadata(within(&folder, &path).await?).await?.into()) })
            }
        }
    }
}

/// The path without links; an error where a link leads out of the folder, as if nothing were there.
async fn within(folder: &Path, path: &Path) -> io::Result<PathBuf> {
    let resolved = tokio::fs::canonicalize(path).await?;
    if resolved.starts_with(folder) {
        Ok(resolved)
    } else {
        Err(ErrorKind::NotFound.into())
    }
}

#[cfg(feature = "site")]
mod inside {
    use super::{ErrorKind, Facts, Opened, Path, io};
    use std::io::Cursor;
    use std::path::Component;
    use std::time::{Duration, UNIX_EPOCH};
    use vggscope::site::Site;

    pub(super) fn open(path: &Path) -> io::Result<Opened> {
        let file = Site::get(&name(path)).ok_or(ErrorKind::NotFound)?;
        let facts = of_file(&file);
        let bytes = Box::new(Cursor::new(file.data));
        Ok(Opened { bytes, facts })
    }

    pub(super) fn facts(path: &Path) -> io::Result<Facts> {
        let name = name(path);
        match Site::get(&name) {
            Some(file) => Ok(of_file(&file)),
            None if is_folder(&name) => Ok(Facts {
                is_folder: true,
                bytes: 0,
                changed: None,
            }),
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    fn of_file(file: &rust_embed::EmbeddedFile) -> Facts {
        let seconds = file.metadata.last_modified();
        Facts {
            is_folder: false,
            bytes: file.data.len() as u64,
            changed: seconds.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds)),
        }
    }

    /// The root, or the beginning of a file's path.
    fn is_folder(name: &str) -> bool {
        let name = name.trim_end_matches('/');
        name.is_empty() || Site::iter().any(|file| file.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
    }

    /// As rust-embed names files, on Windows too.
    fn name(path: &Path) -> String {
        let names = path.components().filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy()),
            _ => None,
        });
        names.collect::<Vec<_>>().join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::Files;

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
