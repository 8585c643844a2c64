//! Networks told by their kernels' shapes alone: each takes as many channels as the one before gives, and the widths are
//! those of the family, whatever the first is.

use super::family::{Architecture, FAMILY, PUBLISHED_WIDTH, VGG16};
use super::group::{self, Convolution, Group};
use super::name::Layer;
use super::verdict::{Fit, Verdict, title};
use crate::weights::import::parameter::Tensor;
use crate::weights::names::KernelOrder;

/// Convolutions that a network of real widths must have to be told by them where it ends early: up to block3_conv1, where
/// no small network has so many channels.
const LEAST_CUT: usize = 5;

/// What layers in the order of their numbers, or of the file, are.
pub(super) fn verdict(convolutions: &[Convolution], normalised: bool, tensors: &[Tensor]) -> Verdict {
    let given = ordered(convolutions, normalised, tensors);
    // Numbers are an order; names without one may have been sorted as text on the way.
    if !matches!(convolutions.first().map(|first| &first.layer), Some(Layer::Other(_))) {
        return given.unwrap_or_else(|| unknown(convolutions, tensors));
    }
    let mut sorted = convolutions.to_vec();
    sorted.sort_by_cached_key(|convolution| convolution.weight().map(|index| natural(&tensors[index].path)));
    let same = sorted
        .iter()
        .map(Convolution::weight)
        .eq(convolutions.iter().map(Convolution::weight));
    match (given, ordered(&sorted, normalised, tensors)) {
        (Some(Verdict::Vgg16(_)), Some(Verdict::Vgg16(_))) if !same => Verdict::Unknown {
            count: convolutions.len(),
            seen: "its kernels make a VGG16 in the order of the file and in that of their names, and which is meant \
                   cannot be known"
                .to_owned(),
        },
        (Some(verdict), _) | (None, Some(verdict)) => verdict,
        (None, None) => unknown(convolutions, tensors),
    }
}

/// What all 3 x 3 kernels of a file make, in whatever they are.
pub(super) fn in_file(groups: &[Group], tensors: &[Tensor]) -> Verdict {
    let all = groups.iter().flat_map(|group| group.convolutions.iter().cloned());
    let mut all: Vec<Convolution> = all.collect();
    let order = group::order(&all, tensors);
    all.retain(|convolution| matches!(convolution.sides(tensors, order), Some([_, _, 3, 3])));
    all.sort_by_key(Convolution::weight);
    for convolution in &mut all {
        // From here on only their places in the file count.
        convolution.layer = Layer::Other(String::new());
    }
    let normalised = groups.iter().all(Group::is_normalised);
    verdict(&all, normalised, tensors)
}

/// The network that convolutions in this order make.
fn ordered(convolutions: &[Convolution], normalised: bool, tensors: &[Tensor]) -> Option<Verdict> {
    let order = group::order(convolutions, tensors);
    let widths = widths(convolutions, order, tensors)?;
    let network = FAMILY.iter().find(|network| is_whole(network, &widths));
    match network {
        None if is_cut(convolutions, &widths) && !normalised => Some(fit(convolutions, order, tensors)),
        None => None,
        Some(network) if *network == VGG16 && !normalised => Some(fit(convolutions, order, tensors)),
        Some(network) => Some(Verdict::Known {
            network: title(network, normalised),
            seen: match normalised {
                true => "a batch normalisation follows its convolutions".to_owned(),
                false => format!("it has {} convolutions", widths.len()),
            },
        }),
    }
}

fn fit(convolutions: &[Convolution], order: KernelOrder, tensors: &[Tensor]) -> Verdict {
    let name = |convolution: Option<&Convolution>| {
        let tensor = convolution
            .and_then(Convolution::weight)
            .and_then(|index| tensors.get(index));
        tensor.map_or_else(String::new, |tensor| tensor.name.clone())
    };
    let assumed = format!(
        "The {} kernels from {} to {} are taken for VGG16's convolutions in this order, by their shapes.",
        convolutions.len(),
        name(convolutions.first()),
        name(convolutions.last())
    );
    Verdict::Vgg16(Fit {
        layers: convolutions.iter().cloned().enumerate().collect(),
        order,
        is_certain: false,
        assumed: vec![assumed],
    })
}

/// Channels that each convolution gives, where all are 3 x 3 and each takes what the one before gives.
fn widths(convolutions: &[Convolution], order: KernelOrder, tensors: &[Tensor]) -> Option<Vec<u64>> {
    let mut before = crate::image::CHANNELS as u64;
    let width = |convolution: &Convolution| match convolution.sides(tensors, order)? {
        [outputs, inputs, 3, 3] if inputs == before && outputs > 0 => {
            before = outputs;
            Some(outputs)
        }
        _ => None,
    };
    convolutions.iter().map(width).collect()
}

fn is_whole(network: &Architecture, widths: &[u64]) -> bool {
    let pattern = network.widths();
    pattern.len() == widths.len() && is_like(&pattern, widths)
}

/// Whether numbered layers are the beginning of a VGG16 of the published widths.
fn is_cut(convolutions: &[Convolution], widths: &[u64]) -> bool {
    let is_numbered = matches!(
        convolutions.first().map(|first| &first.layer),
        Some(Layer::Numbered(..))
    );
    let published = widths.first() == Some(&PUBLISHED_WIDTH) && is_like(&VGG16.widths(), widths);
    is_numbered && published && (LEAST_CUT..VGG16.widths().len()).contains(&widths.len())
}

/// Whether widths are a pattern's first, times the first of them.
fn is_like(pattern: &[u64], widths: &[u64]) -> bool {
    let Some(&first) = widths.first() else { return false };
    let mut pairs = pattern.iter().zip(widths);
    pairs.all(|(&times, &width)| first.checked_mul(times) == Some(width))
}

/// Whether convolutions are sound and their widths are not those of VGG16's first.
pub(super) fn is_other(convolutions: &[Convolution], order: KernelOrder, tensors: &[Tensor]) -> bool {
    widths(convolutions, order, tensors).is_some_and(|widths| !is_like(&VGG16.widths(), &widths))
}

/// Layers whose widths a message lists.
const MOST_SHOWN: usize = 16;

/// How one sees that convolutions are none of the family's.
pub(super) fn unknown(convolutions: &[Convolution], tensors: &[Tensor]) -> Verdict {
    let order = group::order(convolutions, tensors);
    let sides = |convolution: &Convolution| convolution.sides(tensors, order);
    let odd = convolutions.iter().find_map(|convolution| match sides(convolution)? {
        [_, _, 3, 3] => None,
        [_, _, height, width] => {
            let tensor = tensors.get(convolution.weight()?)?;
            Some(format!(
                "{} is a {height} x {width} kernel, and all of VGG16's are 3 x 3",
                tensor.name
            ))
        }
    });
    let seen = odd.unwrap_or_else(|| {
        let shown = convolutions.iter().filter_map(sides).take(MOST_SHOWN);
        let mut shown: Vec<String> = shown.map(|[outputs, ..]| outputs.to_string()).collect();
        if convolutions.len() > MOST_SHOWN {
            shown.push("…".to_owned());
        }
        let plural = if convolutions.len() == 1 { "" } else { "s" };
        format!(
            "it has {} convolution{plural} of {} channels, and VGG16 has 13 of 64, 64, 128, 128, 256 and so on",
            convolutions.len(),
            shown.join(", ")
        )
    });
    Verdict::Unknown {
        count: convolutions.len(),
        seen,
    }
}

/// A path so that numbers in it sort as numbers.
pub(in crate::weights::import) fn natural(path: &str) -> Vec<(String, u64)> {
    let mut rest = path;
    let mut key = Vec::new();
    while !rest.is_empty() {
        let digits = rest
            .find(|character: char| character.is_ascii_digit())
            .unwrap_or(rest.len());
        let (text, numbered) = rest.split_at(digits);
        let end = numbered
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(numbered.len());
        let (number, after) = numbered.split_at(end);
        key.push((text.to_owned(), number.parse().unwrap_or(0)));
        rest = after;
    }
    key
}
