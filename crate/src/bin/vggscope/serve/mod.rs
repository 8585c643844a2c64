//! `vggscope serve`: the site on this machine, from within the program or from a folder.

mod answer;
mod files;

use std::net::Ipv4Addr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use tokio::net::TcpListener;

use files::Files;

/// What to serve, and where.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Folder of a built site; left out, the site within this program
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Serves until interrupted.
pub(crate) fn serve(arguments: &Serve) -> Result<()> {
    let files = Files::open(arguments.folder.as_deref())?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_io()
        .build()
        .context("cannot start the server's threads")?
        .block_on(listen(files, arguments.port))
}

async fn listen(files: Files, port: u16) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| {
        format!("cannot listen on 127.0.0.1:{port}: stop the program that does, or choose another port with --port")
    })?;
    eprintln!(
        "vggscope is at http://{}/ (stop with Ctrl+C)",
        listener.local_addr().context("the server has no address")?
    );
    axum::serve(listener, answer::site(files))
        .await
        .context("the server stopped")
}
