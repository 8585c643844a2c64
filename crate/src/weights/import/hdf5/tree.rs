//! The groups and datasets of a file, as far as they can matter.

use hdf5_pure::Group;

use super::allowance::Allowance;
use super::library::Library;
use crate::weights::WeightsError;

/// Groups within groups, groups and datasets in all, bytes of a path: several times what any file of VGG16 has. The
/// first ends a group that contains itself.
const DEEPEST: usize = 12;
const MOST_GROUPS: usize = 1 << 10;
const MOST_DATASETS: usize = 1 << 11;
const LONGEST_PATH: usize = 1 << 10;

/// What Keras keeps beside the weights: an optimizer's state has arrays that are named after the layers too.
const BESIDE: [&str; 2] = ["optimizer", "optimizer_weights"];

/// Every group and dataset, by path.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) groups: Vec<String>,
    pub(super) datasets: Vec<Found>,
}

/// A dataset that was met, not opened.
pub(super) struct Found {
    pub(super) path: String,
    /// The last part of the path.
    pub(super) name: String,
    pub(super) parent: Group,
}

impl Tree {
    /// Lists the file. Only hard links are followed: others name no object in this file.
    pub(super) fn of(library: &Library) -> Result<Self, WeightsError> {
        let mut tree = Self::default();
        let mut open = vec![(String::new(), library.root().clone(), 0)];
        library.allow(Allowance::LISTING);
        while let Some((path, group, depth)) = open.pop() {
            let subject = if path.is_empty() { "its directory" } else { &path };
            let (groups, datasets) = library.call_within(subject, || Ok((group.iter_groups()?, group.datasets()?)))?;
            for name in datasets {
                tree.datasets.push(Found {
                    path: child(library, &path, &name)?,
                    name,
                    parent: group.clone(),
                });
            }
            for (name, subgroup) in groups {
                if depth == 0 && BESIDE.contains(&name.as_str()) {
                    continue;
                }
                let path = child(library, &path, &name)?;
                tree.groups.push(path.clone());
                open.push((path, subgroup, depth + 1));
            }
            tree.check_bounds(library, depth)?;
        }
        Ok(tree)
    }

    fn check_bounds(&self, library: &Library, depth: usize) -> Result<(), WeightsError> {
        let beyond = if depth > DEEPEST {
            "groups nested more deeply"
        } else if self.groups.len() > MOST_GROUPS {
            "more groups"
        } else if self.datasets.len() > MOST_DATASETS {
            "more datasets"
        } else {
            return Ok(());
        };
        Err(library.malformed(format!("it has {beyond} than any file of VGG16")))
    }
}

fn child(library: &Library, parent: &str, name: &str) -> Result<String, WeightsError> {
    if parent.len() + name.len() >= LONGEST_PATH {
        return Err(library.malformed("it has longer names than any file of VGG16"));
    }
    Ok(match parent {
        "" => name.to_owned(),
        _ => format!("{parent}/{name}"),
    })
}
