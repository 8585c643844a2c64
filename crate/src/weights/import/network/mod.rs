//! Which tensors of a file are VGG16's, by names, shapes and order; what another network is, and how one sees that.
//!
//! `name` takes names apart, `group` puts the layers of a network together, `verdict` and `chain` compare them with the
//! table in `family`, by names and by shapes, and `selection` reads what was chosen.

mod chain;
mod family;
mod group;
mod name;
mod selection;
#[cfg(test)]
mod tests;
mod turning;
mod verdict;

#[cfg(feature = "cli")]
use super::parameter::{Element, Tensor};
use super::parameter::{Parameter, Parameters, Tensors};
use crate::weights::WeightsError;
use crate::weights::names::Part;
#[cfg(feature = "import")]
pub(super) use chain::natural;
use group::{Convolution, Group};
#[cfg(feature = "import")]
pub(super) use name::{Layer, Name, Role};
use selection::{Selection, Source};
use verdict::{Fit, Verdict};

/// The network chosen.
pub(super) struct Chosen {
    pub(super) parameters: Box<dyn Parameters>,
    /// What had to be assumed, in sentences.
    pub(super) assumed: Vec<String>,
}

/// Chooses the one VGG16 of a file; of several the one that is wanted, by its path or the last part of that.
///
/// # Errors
/// [`WeightsError::SeveralNetworks`], [`WeightsError::NoSuchNetwork`], [`WeightsError::OtherNetwork`] saying what the file
/// holds instead, or [`WeightsError::MissingTensor`] where there is no convolution.
pub(super) fn choose(file: &str, tensors: Box<dyn Tensors>, wanted: Option<&str>) -> Result<Chosen, WeightsError> {
    let groups = Group::all(tensors.list());
    let verdicts = groups.iter().map(|group| (group, group.verdict(tensors.list())));
    let verdicts: Vec<(&Group, Verdict)> = verdicts.collect();
    let fit = match (wanted, fits(&verdicts).as_slice()) {
        (Some(wanted), fits) => named(file, fits, wanted)?,
        (None, []) => in_all(file, &verdicts, chain::in_file(&groups, tensors.list()))?,
        (None, [(_, fit)]) => (*fit).clone(),
        (None, several) => {
            return Err(WeightsError::SeveralNetworks {
                file: file.to_owned(),
                networks: titles(several),
            });
        }
    };
    selected(file, tensors, fit)
}

/// Refuses kernels, given by name and shape in their order, that make another network of the family.
///
/// # Errors
/// [`WeightsError::OtherNetwork`].
#[cfg(feature = "cli")]
pub(super) fn refuse_relatives(file: &str, kernels: Vec<(String, Vec<u64>)>) -> Result<(), WeightsError> {
    let kernels = kernels.into_iter().enumerate().map(|(number, (name, shape))| Tensor {
        name,
        path: format!("conv2d_{number}.weight"),
        shape,
        element: Element::F32,
    });
    let kernels: Vec<Tensor> = kernels.collect();
    let groups = Group::all(&kernels);
    match groups.first().map(|group| group.verdict(&kernels)) {
        Some(Verdict::Known { network, seen }) => Err(WeightsError::OtherNetwork {
            file: file.to_owned(),
            network,
            seen,
        }),
        _ => Ok(()),
    }
}

/// Networks in a file among which one that ends early is still looked for by its names; each is compared with all.
const MOST_BESIDE: usize = 1 << 8;

/// The VGG16s of a file. One that ends early is only meant where none is whole, and by its names alone only where no
/// kernels are beside it or in it: a network of many has some whose names could be the first of a VGG16's.
fn fits<'a>(verdicts: &'a [(&'a Group, Verdict)]) -> Vec<(&'a Group, &'a Fit)> {
    let all = verdicts.iter().filter_map(|(group, verdict)| match verdict {
        Verdict::Vgg16(fit) => Some((*group, fit)),
        _ => None,
    });
    let (whole, cut): (Vec<_>, Vec<_>) = all.partition(|(_, fit)| fit.is_whole());
    if !whole.is_empty() {
        return whole;
    }
    let is_meant = |(group, fit): &(&Group, &Fit)| {
        let has_more = || verdicts.iter().any(|(other, _)| group.contains(other));
        let is_named = verdicts.len() <= MOST_BESIDE && fit.assumed.is_empty();
        fit.is_certain || verdicts.len() == 1 || (is_named && !has_more())
    };
    cut.into_iter().filter(is_meant).collect()
}

/// Networks that a message names.
const MOST_NAMED: usize = 8;

/// What the networks are called, at least the first of them.
fn titles(fits: &[(&Group, &Fit)]) -> Vec<String> {
    let mut titles: Vec<String> = fits.iter().take(MOST_NAMED).map(|(group, _)| group.title()).collect();
    if fits.len() > MOST_NAMED {
        titles.push(format!("{} more", fits.len() - MOST_NAMED));
    }
    titles
}

fn named(file: &str, fits: &[(&Group, &Fit)], wanted: &str) -> Result<Fit, WeightsError> {
    let whole = |title: &str| title == wanted;
    let last = |title: &str| title.rsplit('/').next() == Some(wanted);
    let only = |is: &dyn Fn(&str) -> bool| {
        let mut found = fits.iter().filter(|(group, _)| is(&group.title()));
        match (found.next(), found.next()) {
            (Some((_, fit)), None) => Some((*fit).clone()),
            _ => None,
        }
    };
    only(&whole)
        .or_else(|| only(&last))
        .ok_or_else(|| WeightsError::NoSuchNetwork {
            file: file.to_owned(),
            wanted: wanted.to_owned(),
            networks: titles(fits),
        })
}

/// The VGG16 that all kernels of a file make together, or what the file holds instead.
fn in_all(file: &str, verdicts: &[(&Group, Verdict)], together: Verdict) -> Result<Fit, WeightsError> {
    let all = verdicts.iter().map(|(_, verdict)| verdict).chain([&together]);
    let known = |verdict: &&Verdict| matches!(verdict, Verdict::Known { .. });
    let other = |network: &str, seen: &str| WeightsError::OtherNetwork {
        file: file.to_owned(),
        network: network.to_owned(),
        seen: seen.to_owned(),
    };
    if let Some(Verdict::Known { network, seen }) = all.clone().find(known) {
        return Err(other(network, seen));
    }
    match &together {
        Verdict::Vgg16(fit) => return Ok(fit.clone()),
        _ if verdicts.is_empty() => {
            return Err(WeightsError::MissingTensor {
                file: file.to_owned(),
                tensor: "every layer of VGG16, block1_conv1 to begin with".to_owned(),
            });
        }
        _ => {}
    }
    // Of those that say as much the first one counts.
    let unknown = all.rev().filter_map(|verdict| match verdict {
        Verdict::Unknown { count, seen } => Some((*count, seen.as_str())),
        _ => None,
    });
    let seen = unknown.max_by_key(|(count, _)| *count);
    let seen = seen.map_or("its convolutions are in several networks", |(_, seen)| seen);
    Err(other("not a VGG16", seen))
}

/// Puts the parameters of a VGG16 together.
fn selected(file: &str, tensors: Box<dyn Tensors>, fit: Fit) -> Result<Chosen, WeightsError> {
    let (turned, turning) = turning::decide(tensors.as_ref(), &fit)?;
    let mut assumed = fit.assumed;
    let mut chosen = Vec::new();
    for (ordinal, convolution) in &fit.layers {
        for (index, part) in convolution.values() {
            let source = source(file, tensors.as_ref(), convolution, index, part)?;
            let tensor = &tensors.list()[index];
            let parameter = Parameter {
                ordinal: *ordinal,
                part,
                order: fit.order,
                name: tensor.name.clone(),
                shape: tensor.shape.clone(),
                element: tensor.element.clone(),
            };
            chosen.push((parameter, source));
        }
    }
    if chosen.iter().any(|(_, source)| source.mask.is_some()) {
        assumed.push("Weights that were pruned are taken with their masks: weight_orig times weight_mask.".to_owned());
    }
    assumed.extend(turning);
    Ok(Chosen {
        parameters: Box::new(Selection::new(tensors, chosen, turned)),
        assumed,
    })
}

/// Where a parameter's numbers are, checked: the mask of one that was pruned has its shape.
fn source(
    file: &str,
    tensors: &dyn Tensors,
    convolution: &Convolution,
    index: usize,
    part: Part,
) -> Result<Source, WeightsError> {
    tensors.check(index)?;
    if !convolution.is_masked(index) {
        return Ok(Source { index, mask: None });
    }
    let list = tensors.list();
    let mask = convolution.mask(part).ok_or_else(|| WeightsError::MissingTensor {
        file: file.to_owned(),
        tensor: format!("the mask of {}", list[index].name),
    })?;
    tensors.check(mask)?;
    if list[mask].shape != list[index].shape {
        return Err(WeightsError::WrongShape {
            file: file.to_owned(),
            tensor: list[mask].name.clone(),
            problem: format!(
                "has shape {:?} and masks one of {:?}",
                list[mask].shape, list[index].shape
            ),
        });
    }
    Ok(Source {
        index,
        mask: Some(mask),
    })
}
