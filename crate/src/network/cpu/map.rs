//! Feature maps in memory.

/// Feature maps of one image, HWC, with zeros around them: kernels read neighbours without asking where the image ends.
///
/// There is one row above and one column to the left, and below and to the right as many as complete 4 x 4 tiles, and
/// one more. These zeros are never written.
#[derive(Debug, Clone)]
pub(super) struct Map {
    height: usize,
    width: usize,
    channels: usize,
    /// Numbers a row, its zeros included.
    stride: usize,
    values: Vec<f32>,
}

/// A side of the tiles that a map is padded to; a multiple of every tile that is used.
pub(super) const TILE: usize = 4;

impl Map {
    /// Zeros.
    pub(super) fn new(height: usize, width: usize, channels: usize) -> Self {
        Self {
            height,
            width,
            channels,
            stride: Self::stride_of(width, channels),
            values: vec![0.0; Self::length(height, width, channels)],
        }
    }

    const fn stride_of(width: usize, channels: usize) -> usize {
        (width.next_multiple_of(TILE) + 2) * channels
    }

    const fn length(height: usize, width: usize, channels: usize) -> usize {
        (height.next_multiple_of(TILE) + 2) * Self::stride_of(width, channels)
    }

    /// Bytes that one takes.
    pub(super) const fn bytes_of(height: usize, width: usize, channels: usize) -> usize {
        Self::length(height, width, channels) * size_of::<f32>()
    }

    pub(super) const fn height(&self) -> usize {
        self.height
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// Height and width.
    pub(super) const fn size(&self) -> (usize, usize) {
        (self.height, self.width)
    }

    /// Numbers a position, as they lie in memory.
    pub(super) const fn channels(&self) -> usize {
        self.channels
    }

    /// Numbers a row, its zeros included.
    pub(super) const fn stride(&self) -> usize {
        self.stride
    }

    /// Where position (y, x) begins.
    pub(super) const fn at(&self, y: usize, x: usize) -> usize {
        (y + 1) * self.stride + (x + 1) * self.channels
    }

    /// Everything from the neighbour above and to the left of position (y, x) on.
    pub(super) fn around(&self, y: usize, x: usize) -> &[f32] {
        &self.values[y * self.stride + x * self.channels..]
    }

    /// The channels of one position.
    pub(super) fn position(&self, y: usize, x: usize) -> &[f32] {
        let at = self.at(y, x);
        &self.values[at..at + self.channels]
    }

    /// The channels of positions from (y, x) to the right end of the row's tiles, to write to.
    pub(super) fn rest_of_row_mut(&mut self, y: usize, x: usize) -> &mut [f32] {
        let at = self.at(y, x);
        let end = (y + 2) * self.stride;
        &mut self.values[at..end]
    }

    /// The channels of all positions of a row, to write to.
    pub(super) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        let at = self.at(y, 0);
        &mut self.values[at..at + self.width * self.channels]
    }

    /// The channels of one position, to write to.
    pub(super) fn position_mut(&mut self, y: usize, x: usize) -> &mut [f32] {
        let at = self.at(y, x);
        &mut self.values[at..at + self.channels]
    }

    /// Copies the first channels of every position to [height, width, channels].
    pub(super) fn read(&self, values: &mut [f32]) {
        let channels = values.len() / (self.height * self.width);
        for (at, values) in values.chunks_exact_mut(channels).enumerate() {
            values.copy_from_slice(&self.position(at / self.width, at % self.width)[..channels]);
        }
    }

    /// Back to zeros.
    pub(super) fn clear(&mut self) {
        self.values.fill(0.0);
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.values[..])
    }
}
