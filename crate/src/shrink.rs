//! A picture for a place that has fewer pixels than the picture.
//!
//! Browsers shrink a canvas by reading the pixels next to where a new one lies and no others. Fine gratings, which is what early
//! layers draw, then show beats that are in no image. Here every pixel counts.

/// Bytes of a pixel: RGBA.
const PIXEL: usize = 4;

/// The picture with `columns` columns and as many rows as keep its shape ([`rows`]). Each byte is an average of those in its
/// reach, weighted by a tent as wide as two new pixels: the triangle filter. Bytes are averaged as they are, since they stand for
/// numbers and not for light.
///
/// `rgba` is `height * width * 4` bytes, row by row, as is the result. With `columns` of `width` it is the same picture.
pub fn shrink(rgba: &[u8], width: usize, height: usize, columns: usize) -> Vec<u8> {
    let across = tents(width, columns);
    let narrow: Vec<[f32; PIXEL]> = pixels(rgba)
        .chunks_exact(width)
        .flat_map(|row| across.iter().map(|tent| tent.average(|at| row[at].map(f32::from))))
        .collect();
    tents(height, rows(width, height, columns))
        .iter()
        .flat_map(|tent| (0..columns).map(|column| tent.average(|at| narrow[at * columns + column])))
        .flat_map(|pixel| pixel.map(|value| (value + 0.5) as u8))
        .collect()
}

/// Rows of a picture of `height` rows that has been given `columns` for its `width`: one at least.
pub fn rows(width: usize, height: usize, columns: usize) -> usize {
    ((2 * height * columns + width) / (2 * width)).max(1)
}

fn pixels(rgba: &[u8]) -> &[[u8; PIXEL]] {
    rgba.as_chunks().0
}

/// What one new pixel is made of: old ones from `first` on, with weights that add up to one.
struct Tent {
    first: usize,
    weights: Vec<f32>,
}

impl Tent {
    /// The pixel at `at` of `new` in the place of `old`.
    fn new(old: usize, new: usize, at: usize) -> Self {
        let reach = old as f32 / new as f32;
        let centre = (at as f32 + 0.5) * reach - 0.5;
        let first = (centre - reach).ceil().max(0.0) as usize;
        let last = (old - 1).min((centre + reach).floor() as usize);
        let raised: Vec<f32> = (first..=last)
            .map(|from| 1.0 - (from as f32 - centre).abs() / reach)
            .collect();
        let sum: f32 = raised.iter().sum();
        let weights = raised.iter().map(|weight| weight / sum).collect();
        Self { first, weights }
    }

    fn average(&self, pixel: impl Fn(usize) -> [f32; PIXEL]) -> [f32; PIXEL] {
        let mut average = [0.0; PIXEL];
        for (after, weight) in self.weights.iter().enumerate() {
            for (sum, value) in average.iter_mut().zip(pixel(self.first + after)) {
                *sum += weight * value;
            }
        }
        average
    }
}

fn tents(old: usize, new: usize) -> Vec<Tent> {
    (0..new).map(|at| Tent::new(old, new, at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: usize, height: usize, value: impl Fn(usize, usize) -> u8) -> Vec<u8> {
        (0..height * width)
            .flat_map(|at| {
                let level = value(at % width, at / width);
                [level, level, level, u8::MAX]
            })
            .collect()
    }

    fn levels(rgba: &[u8]) -> Vec<u8> {
        pixels(rgba).iter().map(|pixel| pixel[0]).collect()
    }

    #[test]
    fn a_grating_too_fine_for_the_place_becomes_its_average_and_shows_no_beats() {
        let fine = grey(150, 150, |column, _| if column % 2 == 0 { 0 } else { 200 });
        for columns in [50, 63, 75, 76] {
            let inner = |rgba: Vec<u8>| {
                let row = levels(&rgba)[..columns].to_vec();
                row[2..columns - 2].to_vec()
            };
            for level in inner(shrink(&fine, 150, 150, columns)) {
                assert!(level.abs_diff(100) <= 12, "{level} at {columns} columns");
            }
        }
    }

    #[test]
    fn a_coarse_grating_keeps_its_contrast() {
        let coarse = grey(150, 150, |column, _| if column / 15 % 2 == 0 { 0 } else { 200 });
        let small = levels(&shrink(&coarse, 150, 150, 76));
        assert_eq!((small.iter().min(), small.iter().max()), (Some(&0), Some(&200)));
    }

    #[test]
    fn half_as_many_pixels_are_weighted_one_three_three_one() {
        let picture = grey(8, 1, |column, _| [0, 0, 0, 80, 160, 40, 240, 8][column]);
        assert_eq!(levels(&shrink(&picture, 8, 1, 4))[2], 10 + 60 + 15 + 30);
    }

    #[test]
    fn an_even_picture_stays_even_and_opaque_and_as_many_columns_change_nothing() {
        for (width, height, columns) in [(5, 7, 3), (17, 31, 9), (1, 1, 1), (31, 2, 7), (3, 100, 1)] {
            let even = grey(width, height, |_, _| 77);
            let small = shrink(&even, width, height, columns);
            assert_eq!(small.len(), columns * rows(width, height, columns) * PIXEL);
            assert!(pixels(&small).iter().all(|pixel| *pixel == [77, 77, 77, 255]));
            let uneven = grey(width, height, |column, row| (column * 13 + row * 29) as u8);
            assert_eq!(shrink(&uneven, width, height, width), uneven);
        }
    }

    #[test]
    fn a_picture_keeps_its_shape_and_one_row_at_least() {
        assert_eq!(rows(150, 150, 76), 76);
        assert_eq!(rows(48, 32, 24), 16);
        assert_eq!(rows(300, 1, 7), 1);
    }
}
