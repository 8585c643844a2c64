//! The grid of last iterates as a PNG.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use vggscope::ascent::Iterate;

use crate::arguments::Render;

/// Tiles in a row, as in the notes.
const COLUMNS: usize = 8;
/// White pixels between tiles.
const GAP: usize = 4;

/// The file of the grid, opened before the climb.
pub(crate) struct Grid {
    path: PathBuf,
    file: File,
}

impl Grid {
    /// Opens the file. What was in it stays until the new grid is written.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file = File::options().write(true).create(true).truncate(false).open(path);
        Ok(Self {
            file: file.with_context(|| format!("cannot write {}", path.display()))?,
            path: path.to_owned(),
        })
    }

    /// Writes the tiles, with the command that makes them again in a text chunk.
    pub(crate) fn write(self, tiles: &[Iterate], arguments: &Render, command: &str) -> Result<()> {
        let (path, text) = (
            self.path,
            format!("Made by vggscope {}: {command}", env!("CARGO_PKG_VERSION")),
        );
        encode(self.file, tiles, (arguments.height, arguments.width), text)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

fn encode(file: File, tiles: &[Iterate], (height, width): (usize, usize), text: String) -> Result<()> {
    let columns = tiles.len().clamp(1, COLUMNS);
    let size = |count: usize, side: usize| count * side + (count - 1) * GAP;
    let (full_width, full_height) = (size(columns, width), size(tiles.len().div_ceil(columns).max(1), height));
    let mut picture = vec![u8::MAX; full_width * full_height * 4];
    for (at, tile) in tiles.iter().enumerate() {
        let (top, left) = (at / columns * (height + GAP), at % columns * (width + GAP));
        for (row, line) in tile.rgba.chunks_exact(width * 4).enumerate() {
            let start = ((top + row) * full_width + left) * 4;
            picture[start..start + line.len()].copy_from_slice(line);
        }
    }
    file.set_len(0)?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), full_width as u32, full_height as u32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.add_itxt_chunk("Description".to_owned(), text)?;
    encoder.write_header()?.write_image_data(&picture)?;
    Ok(())
}
