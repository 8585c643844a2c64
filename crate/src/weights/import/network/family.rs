//! The VGG networks as one table: what tells one from the other (Simonyan & Zisserman 2015, configurations A, B, D, E).

/// A network of the family: how many convolutions its five blocks have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Architecture {
    pub(super) name: &'static str,
    blocks: [u64; 5],
}

pub(super) const VGG16: Architecture = Architecture {
    name: "VGG16",
    blocks: [2, 2, 3, 3, 3],
};

/// All of them, the one that is read first: a network cut early may be the beginning of several.
pub(super) const FAMILY: [Architecture; 4] = [
    VGG16,
    Architecture {
        name: "VGG19",
        blocks: [2, 2, 4, 4, 4],
    },
    Architecture {
        name: "VGG13",
        blocks: [2, 2, 2, 2, 2],
    },
    Architecture {
        name: "VGG11",
        blocks: [1, 1, 2, 2, 2],
    },
];

/// Channels of each block in multiples of the first's.
const WIDTHS: [u64; 5] = [1, 2, 4, 8, 8];

/// Channels of the published networks' first block.
pub(super) const PUBLISHED_WIDTH: u64 = 64;

impl Architecture {
    /// Block and place in the block, both from 1, of each convolution.
    pub(super) fn places(&self) -> Vec<(u64, u64)> {
        let blocks = (1..).zip(self.blocks);
        blocks
            .flat_map(|(block, count)| (1..=count).map(move |place| (block, place)))
            .collect()
    }

    /// N of each convolution in torchvision's `features.N`: a ReLU follows each, behind a batch normalisation where there
    /// is one, and a pooling each block.
    pub(super) fn indices(&self, normalised: bool) -> Vec<u64> {
        let step = if normalised { 3 } else { 2 };
        let mut index = 0;
        let mut indices = Vec::new();
        for count in self.blocks {
            for _ in 0..count {
                indices.push(index);
                index += step;
            }
            index += 1;
        }
        indices
    }

    /// Channels of each convolution in multiples of the first's.
    pub(super) fn widths(&self) -> Vec<u64> {
        let blocks = self.blocks.into_iter().zip(WIDTHS);
        blocks
            .flat_map(|(count, width)| std::iter::repeat_n(width, count as usize))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vgg16::{Kind, LAYERS};

    #[test]
    fn the_table_of_vgg16_is_the_networks_own() {
        let (mut names, mut indices, mut widths) = (Vec::new(), Vec::new(), Vec::new());
        for layer in &LAYERS {
            if let Kind::Convolution { torch_index, .. } = layer.kind {
                names.push(layer.name.to_owned());
                indices.push(torch_index as u64);
                widths.push(layer.channels as u64 / PUBLISHED_WIDTH);
            }
        }
        let places = VGG16.places();
        let spelled: Vec<String> = places
            .iter()
            .map(|(block, place)| format!("block{block}_conv{place}"))
            .collect();
        assert_eq!(spelled, names);
        assert_eq!(VGG16.indices(false), indices);
        assert_eq!(VGG16.widths(), widths);
    }

    /// As torchvision's models print themselves.
    #[test]
    fn the_others_are_torchvisions() {
        let named = |name: &str| *FAMILY.iter().find(|network| network.name == name).unwrap();
        assert_eq!(named("VGG11").indices(false), [0, 3, 6, 8, 11, 13, 16, 18]);
        assert_eq!(named("VGG11").indices(true), [0, 4, 8, 11, 15, 18, 22, 25]);
        assert_eq!(named("VGG13").indices(false), [0, 2, 5, 7, 10, 12, 15, 17, 20, 22]);
        assert_eq!(
            named("VGG16").indices(true),
            [0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40]
        );
        assert_eq!(
            named("VGG19").indices(false),
            [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]
        );
        assert_eq!(named("VGG19").indices(true).last(), Some(&49));
        assert_eq!(named("VGG19").widths().len(), 16);
    }
}
