//! The grid of last iterates as a PNG.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::Result;
use vggscope::ascent::Iterate;

use crate::arguments::Render;

/// Tiles in a row, as in the notes.
const COLUMNS: usize = 8;
/// White pixels between tiles.
const GAP: usize = 4;

/// Writes the grid, with the settings in a text chunk.
pub(crate) fn write(path: &Path, tiles: &[Iterate], arguments: &Render) -> Result<()> {
    let (height, width) = (arguments.height, arguments.width);
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
    let mut encoder = png::Encoder::new(
        BufWriter::new(File::create(path)?),
        full_width as u32,
        full_height as u32,
    );
    encoder.set_color(png::ColorType::Rgba);
    encoder.add_itxt_chunk("Description".to_owned(), description(arguments))?;
    encoder.write_header()?.write_image_data(&picture)?;
    Ok(())
}

fn description(arguments: &Render) -> String {
    format!(
        "vggscope {}: {}, {} x {} pixels, {} iterations, learning rate {}, step {:?}, seed {}, weights {}",
        env!("CARGO_PKG_VERSION"),
        arguments.layer.name,
        arguments.width,
        arguments.height,
        arguments.iterations,
        arguments.learning_rate,
        arguments.step,
        arguments.seed,
        arguments.weights,
    )
}
