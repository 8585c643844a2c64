//! Room for one block of tiles, reused by all convolutions of an image.

/// What a block needs between its inputs and its outputs.
#[derive(Debug, Default)]
pub(in crate::network::cpu) struct Scratch {
    /// [points, tiles, inputs]
    pub(super) transformed: Vec<f32>,
    /// [tiles, panels, points, outputs of a panel]
    pub(super) products: Vec<f32>,
    /// Rows of an unpooled gradient.
    pub(super) band: Vec<f32>,
}

impl Scratch {
    /// Grows where less is held.
    pub(super) fn reserve(&mut self, transformed: usize, products: usize, band: usize) {
        for (values, length) in [
            (&mut self.transformed, transformed),
            (&mut self.products, products),
            (&mut self.band, band),
        ] {
            let more = length.saturating_sub(values.len());
            // No more than is said: a vector grows in larger steps by itself.
            values.reserve_exact(more);
            values.resize(values.len() + more, 0.0);
        }
    }

    /// Bytes held.
    pub(in crate::network::cpu) fn bytes(&self) -> usize {
        size_of_val(&self.transformed[..]) + size_of_val(&self.products[..]) + size_of_val(&self.band[..])
    }
}
