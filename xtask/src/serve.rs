//! The built site on this machine.

use crate::paths::Paths;
use crate::summary::Summary;
use crate::{command, site};
use anyhow::{Context, Result};
use std::net::TcpListener;

/// What `npm run preview` listens on.
const ADDRESS: &str = "127.0.0.1:8080";

/// Builds the site and serves it until interrupted.
pub(crate) fn serve(paths: &Paths, summary: &Summary) -> Result<()> {
    // Before the build, which may take minutes.
    ensure_port_is_free()?;
    site::build(paths, summary)?;
    println!("\n{summary}\n\nvggscope is at http://{ADDRESS}/ (stop with Ctrl+C)");
    command::run(
        "server",
        command::npm(&paths.www).args(["run", "preview"]),
        "Serve www/dist/ with any static file server instead.",
    )
}

fn ensure_port_is_free() -> Result<()> {
    TcpListener::bind(ADDRESS).map(drop).with_context(|| {
        format!("cannot listen on {ADDRESS}: stop the program that does, or run `cargo xtask build` and serve www/dist/ elsewhere")
    })
}
