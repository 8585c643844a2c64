//! The site within this program: `www/dist` as it was when the program was built.

use rust_embed::RustEmbed;

/// Its files, by their paths from the site's root.
#[derive(Debug, Clone, Copy, RustEmbed)]
#[folder = "../www/dist"]
pub struct Site;
