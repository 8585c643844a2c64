//! Bytes in as many bits as their frequencies ask for: range asymmetric numeral systems (Duda 2013), as Giesen's
//! `ryg_rans` has them, with frequencies that stand before the numbers and [`WAYS`] states in turn, so that one does not
//! wait for the other.

use std::array::from_fn;
use std::slice::Iter;

/// Frequencies are so many bits long: they add up to [`TOTAL`].
const BITS: u32 = 12;
const TOTAL: u32 = 1 << BITS;

/// A state never is smaller than this; it gives or takes 16 bits at a time. Below 2^31 dividing by multiplication is exact.
const LOW: u32 = 1 << 15;

const WAYS: usize = 4;

type Frequencies = [u32; 256];

/// How a symbol changes a state.
#[derive(Clone, Copy, Default)]
struct Code {
    /// From here on the state gives 16 bits first.
    most: u32,
    /// Dividing by the frequency.
    factor: u32,
    shift: u32,
    offset: u32,
    /// What is not this symbol's.
    others: u32,
}

/// Appends the packed symbols.
pub(super) fn encode(symbols: &[u8], packed: &mut Vec<u8>) {
    let frequencies = frequencies(symbols);
    write_frequencies(&frequencies, packed);
    let codes = codes(&frequencies);
    let mut words = Vec::with_capacity(symbols.len() / 4);
    let mut states = [LOW; WAYS];
    // Backwards: what is written last is read first.
    let (groups, rest) = symbols.as_chunks::<WAYS>();
    for (state, &symbol) in states.iter_mut().zip(rest).rev() {
        codes[usize::from(symbol)].push(state, &mut words);
    }
    for group in groups.iter().rev() {
        for (state, &symbol) in states.iter_mut().zip(group).rev() {
            codes[usize::from(symbol)].push(state, &mut words);
        }
    }
    packed.extend(states.iter().flat_map(|state| state.to_le_bytes()));
    packed.extend(words.iter().rev().flat_map(|word| word.to_le_bytes()));
}

/// So many symbols. Where bytes are missing, some others.
pub(super) fn decode(packed: &[u8], count: usize) -> Vec<u8> {
    let mut bytes = packed.iter();
    let places = places(&read_frequencies(&mut bytes));
    let mut states: [u32; WAYS] = from_fn(|_| u32::from_le_bytes(from_fn(|_| next_byte(&mut bytes))));
    let mut words = bytes.as_slice().as_chunks::<2>().0.iter();
    let mut next = |state: &mut u32| {
        let place = &places[(*state % TOTAL) as usize];
        *state = place
            .frequency()
            .wrapping_mul(*state >> BITS)
            .wrapping_add(place.offset());
        if *state < LOW {
            let word = words.next().copied().unwrap_or_default();
            *state = *state << 16 | u32::from(u16::from_le_bytes(word));
        }
        place.symbol()
    };
    let mut symbols = vec![0; count];
    let (groups, rest) = symbols.as_chunks_mut::<WAYS>();
    for group in groups {
        for (symbol, state) in group.iter_mut().zip(&mut states) {
            *symbol = next(state);
        }
    }
    for (symbol, state) in rest.iter_mut().zip(&mut states) {
        *symbol = next(state);
    }
    symbols
}

impl Code {
    fn new(start: u32, frequency: u32) -> Self {
        let most = (LOW >> BITS << 16) * frequency;
        let others = TOTAL - frequency;
        if frequency < 2 {
            let offset = start + TOTAL - 1;
            return Self {
                most,
                factor: u32::MAX,
                shift: 0,
                offset,
                others,
            };
        }
        let shift = (frequency - 1).ilog2();
        let factor = (1_u64 << (shift + 32)).div_ceil(u64::from(frequency)) as u32;
        Self {
            most,
            factor,
            shift,
            offset: start,
            others,
        }
    }

    fn push(&self, state: &mut u32, words: &mut Vec<u16>) {
        if *state >= self.most {
            words.push(*state as u16);
            *state >>= 16;
        }
        let quotient = ((u64::from(*state) * u64::from(self.factor)) >> 32) as u32 >> self.shift;
        *state += self.offset + quotient * self.others;
    }
}

fn codes(frequencies: &Frequencies) -> [Code; 256] {
    let mut start = 0;
    frequencies.map(|frequency| {
        start += frequency;
        if frequency == 0 {
            Code::default()
        } else {
            Code::new(start - frequency, frequency)
        }
    })
}

/// What a state says by its lowest bits, in one word: the symbol, its frequency less one, and how far into it.
struct Place(u32);

impl Place {
    const fn new(symbol: usize, frequency: u32, offset: u32) -> Self {
        Self(symbol as u32 | (frequency - 1) << 8 | offset << (8 + BITS))
    }

    const fn symbol(&self) -> u8 {
        self.0 as u8
    }

    const fn frequency(&self) -> u32 {
        (self.0 >> 8) % TOTAL + 1
    }

    const fn offset(&self) -> u32 {
        self.0 >> (8 + BITS)
    }
}

/// One for each of a state's lowest bits.
fn places(frequencies: &Frequencies) -> Vec<Place> {
    let mut places = Vec::with_capacity(TOTAL as usize);
    for (symbol, &frequency) in frequencies.iter().enumerate() {
        let frequency = frequency.min(TOTAL - places.len() as u32);
        places.extend((0..frequency).map(|offset| Place::new(symbol, frequency, offset)));
    }
    places.resize_with(TOTAL as usize, || Place::new(0, 1, 0));
    places
}

/// How often each symbol is there, as a share of [`TOTAL`]; at least one for those that are.
fn frequencies(symbols: &[u8]) -> Frequencies {
    let counts = counts(symbols);
    let total = symbols.len().max(1) as u64;
    let mut frequencies = counts.map(|count| match count {
        0 => 0,
        _ => ((u64::from(count) * u64::from(TOTAL) / total) as u32).max(1),
    });
    let mut sum: u32 = frequencies.iter().sum();
    while sum != TOTAL {
        let Some(greatest) = frequencies.iter_mut().max() else {
            break;
        };
        let before = *greatest;
        *greatest = if sum < TOTAL {
            before + TOTAL - sum
        } else {
            before - (sum - TOTAL).min(before / 2)
        };
        sum = sum + *greatest - before;
    }
    frequencies
}

/// Symbols in turn have counters of their own: equal neighbours do not wait for each other.
fn counts(symbols: &[u8]) -> Frequencies {
    let mut counts = [[0; 256]; WAYS];
    let (groups, rest) = symbols.as_chunks::<WAYS>();
    for group in groups.iter().map(<[u8; WAYS]>::as_slice).chain([rest]) {
        for (counts, &symbol) in counts.iter_mut().zip(group) {
            counts[usize::from(symbol)] += 1;
        }
    }
    from_fn(|symbol| counts.iter().map(|counts| counts[symbol]).sum())
}

/// One byte where it is below 128, else two; zeros as their number.
fn write_frequencies(frequencies: &Frequencies, packed: &mut Vec<u8>) {
    for same in frequencies.chunk_by(|&one, &other| one == 0 && other == 0) {
        match same[0] {
            0 => packed.extend([0, (same.len() - 1) as u8]),
            small @ 1..128 => packed.push(small as u8),
            large => packed.extend([128 | (large >> 8) as u8, large as u8]),
        }
    }
}

fn read_frequencies(bytes: &mut Iter<'_, u8>) -> Frequencies {
    let mut frequencies = [0; 256];
    let mut at = 0;
    while at < 256 {
        match next_byte(bytes) {
            0 => at += usize::from(next_byte(bytes)),
            small @ 1..128 => frequencies[at] = u32::from(small),
            large => frequencies[at] = u32::from(large & 127) << 8 | u32::from(next_byte(bytes)),
        }
        at += 1;
    }
    frequencies
}

fn next_byte(bytes: &mut Iter<'_, u8>) -> u8 {
    bytes.next().copied().unwrap_or(0)
}
