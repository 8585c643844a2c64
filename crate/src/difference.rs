//! A picture as what makes it differ from another one, packed without loss.
//!
//! Neighbouring iterates of a climb differ little: most bytes by nothing, most others by one. Where nearly all differ by so
//! little, the three colours of a pixel are one symbol; else each byte is one. Symbols take as many bits as their frequency
//! asks for ([`rans`]), fractions of one included. Of the notes' grid a picture has 1.6 to 2.2 bits a colour so where it has 8
//! by itself; deflate's fastest crates, which write whole bits, take half as much again.

mod rans;
#[cfg(test)]
mod tests;

/// Bytes of a pixel: RGBA.
const PIXEL: usize = 4;

/// Distances from this on have no place in a pixel's symbol, and are listed one by one.
const LARGE: u8 = 3;

/// A pixel is one symbol where at most one colour in so many is at a large distance.
const RARE: usize = 20;

/// The first byte of a packed difference: what its symbols are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbols {
    Colours = 0,
    Pixels = 1,
}

/// Packs `rgba` as its difference from `reference`, a picture of the same size; both are opaque.
pub fn pack(rgba: &[u8], reference: &[u8]) -> Vec<u8> {
    let distances: Vec<u8> = rgba.iter().zip(reference).map(|(&a, &b)| distance(a, b)).collect();
    let large = distances.iter().filter(|&&distance| distance >= LARGE).count();
    let mut packed = Vec::with_capacity(distances.len() / 4);
    if large * RARE <= distances.len() {
        let pixels = pixel_symbols(&distances);
        packed.push(Symbols::Pixels as u8);
        packed.extend_from_slice(&(large as u32).to_le_bytes());
        packed.extend(listed(&pixels, &distances));
        rans::encode(&pixels, &mut packed);
    } else {
        packed.push(Symbols::Colours as u8);
        rans::encode(&colours(&distances), &mut packed);
    }
    packed
}

/// The picture again, from what [`pack`] made of it and the same reference. Other bytes give some other picture.
pub fn unpack(packed: &[u8], reference: &[u8]) -> Vec<u8> {
    let pixels = reference.len() / PIXEL;
    let distances = match packed.split_first() {
        Some((&kind, rest)) if kind == Symbols::Pixels as u8 => {
            let (large, rest) = rest.split_first_chunk().unwrap_or((&[0; 4], &[]));
            let (large, rest) = rest
                .split_at_checked(u32::from_le_bytes(*large) as usize)
                .unwrap_or((rest, &[]));
            pixel_distances(&rans::decode(rest, pixels), large)
        }
        Some((_, rest)) => with_alpha(&rans::decode(rest, 3 * pixels)),
        None => vec![0; reference.len()],
    };
    reference
        .iter()
        .zip(&distances)
        .map(|(&byte, &distance)| byte.wrapping_add(difference(distance)))
        .collect()
}

/// 0, -1, 1, -2, 2 and so on as 0, 1, 2, 3, 4: what is frequent is small.
const fn distance(byte: u8, reference: u8) -> u8 {
    let difference = byte.wrapping_sub(reference);
    (difference << 1) ^ ((difference as i8) >> 7) as u8
}

const fn difference(distance: u8) -> u8 {
    (distance >> 1) ^ (distance & 1).wrapping_neg()
}

/// Two bits a colour, the first the lowest.
fn pixel_symbols(distances: &[u8]) -> Vec<u8> {
    let capped: Vec<u8> = distances.iter().map(|&distance| distance.min(LARGE)).collect();
    let pixels = capped
        .as_chunks::<PIXEL>()
        .0
        .iter()
        .map(|&pixel| u32::from_le_bytes(pixel));
    pixels.map(|pixel| (pixel | pixel >> 6 | pixel >> 12) as u8).collect()
}

/// The large distances, in order.
fn listed(pixels: &[u8], distances: &[u8]) -> impl Iterator<Item = u8> {
    let pixels = pixels.iter().zip(distances.as_chunks::<PIXEL>().0);
    let some = pixels.filter(|&(&symbol, _)| has_large(symbol));
    some.flat_map(|(_, distances)| distances.iter().copied().filter(|&distance| distance >= LARGE))
}

/// Whether both bits of any colour are set.
const fn has_large(symbol: u8) -> bool {
    symbol & (symbol >> 1) & 0b01_0101 != 0
}

fn pixel_distances(pixels: &[u8], large: &[u8]) -> Vec<u8> {
    let spread = |&symbol: &u8| {
        let symbol = u32::from(symbol);
        (symbol | symbol << 6 | symbol << 12) & 0x0003_0303
    };
    let mut distances: Vec<u8> = pixels.iter().flat_map(|symbol| spread(symbol).to_le_bytes()).collect();
    let mut large = large.iter();
    let changed = pixels
        .iter()
        .zip(distances.as_chunks_mut::<PIXEL>().0)
        .filter(|&(&symbol, _)| has_large(symbol));
    for (_, distances) in changed {
        for distance in distances.iter_mut().filter(|distance| **distance == LARGE) {
            *distance = large.next().copied().unwrap_or(0);
        }
    }
    distances
}

fn colours(distances: &[u8]) -> Vec<u8> {
    let pixels = distances.as_chunks::<PIXEL>().0;
    let mut colours = vec![0; 3 * pixels.len()];
    for (colours, &[red, green, blue, _]) in colours.as_chunks_mut().0.iter_mut().zip(pixels) {
        *colours = [red, green, blue];
    }
    colours
}

fn with_alpha(colours: &[u8]) -> Vec<u8> {
    let pixels = colours.as_chunks().0;
    let mut distances = vec![0; PIXEL * pixels.len()];
    for (pixel, &[red, green, blue]) in distances.as_chunks_mut().0.iter_mut().zip(pixels) {
        *pixel = [red, green, blue, 0];
    }
    distances
}
