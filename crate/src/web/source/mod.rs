//! Where a model's weights come from: a folder or one file on a host, a file from disk, and what the browser kept of them.

mod answer;
mod browser;
mod folder;
mod host;
mod kept;
mod loading;
mod origin;
mod remote_file;
mod request;
mod sink;
mod sources;
mod store;
mod watch;

pub use loading::LoadOptions;
pub(super) use loading::Loading;
pub(super) use origin::Described;
pub(super) use sources::Sources;
pub(super) use store::{Loader, Store};
