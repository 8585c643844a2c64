//! Room for one block of tiles, reused by all convolutions of an image.

/// What a block needs between its inputs and its outputs.
#[derive(Debug, Default)]
pub(in crate::network::cpu) struct Scratch {
    /// [parts, points, tiles, inputs of a part]
    pub(super) transformed: Vec<f32>,
    /// [tiles, panels, points, outputs of a panel]
    pub(super) products: Vec<f32>,
    /// Rows of an unpooled gradient.
    pub(super) band: Vec<f32>,
    /// A panel of kernels at the points.
    pub(super) panels: Vec<f32>,
}

/// How many numbers a scratch has to hold.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::network::cpu) struct Room {
    pub(super) transformed: usize,
    pub(super) products: usize,
    pub(super) band: usize,
    pub(super) panels: usize,
}

impl Scratch {
    /// Grows where less is held.
    pub(super) fn reserve(&mut self, room: Room) {
        for (values, length) in [
            (&mut self.transformed, room.transformed),
            (&mut self.products, room.products),
            (&mut self.band, room.band),
            (&mut self.panels, room.panels),
        ] {
            let more = length.saturating_sub(values.len());
            // No more than is said: a vector grows in larger steps by itself.
            values.reserve_exact(more);
            values.resize(values.len() + more, 0.0);
        }
    }

    /// Bytes held.
    pub(in crate::network::cpu) fn bytes(&self) -> usize {
        let all = [&self.transformed, &self.products, &self.band, &self.panels];
        all.into_iter().map(|values| size_of_val(&values[..])).sum()
    }
}

impl Room {
    /// As much as either needs.
    pub(in crate::network::cpu) fn or(self, other: Self) -> Self {
        Self {
            transformed: self.transformed.max(other.transformed),
            products: self.products.max(other.products),
            band: self.band.max(other.band),
            panels: self.panels.max(other.panels),
        }
    }

    /// Bytes that a scratch of it takes.
    pub(in crate::network::cpu) const fn bytes(self) -> usize {
        (self.transformed + self.products + self.band + self.panels) * size_of::<f32>()
    }
}
