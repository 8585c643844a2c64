//! A folder on a static host: its index, and one file a layer.

use std::cell::RefCell;

use futures_util::stream::{StreamExt, iter};

use super::store::{Loader, Piece};
use crate::vgg16::Layer;
use crate::weights::{INDEX_FILE, Index, Weights, WeightsError};

/// Requests under way at once: enough to fill a connection, few enough that lower layers come first.
pub(super) const AT_ONCE: usize = 3;

/// Fetches and checks the index of a folder, whose URL ends in "/".
pub(super) async fn index(folder: &str, loader: &Loader<'_>) -> Result<Index, WeightsError> {
    let url = format!("{folder}{INDEX_FILE}");
    let piece = Piece {
        url: &url,
        range: None,
        expected: None,
        immutable: false,
    };
    let check = |bytes: &[u8], _: &_| Index::parse(&url, bytes).map(|_| ());
    let (bytes, _) = loader.store.bytes(&piece, &loader.loading.index(), &check).await?;
    Index::parse(&url, &bytes)
}

/// Fetches, checks and hands over the files that `layer` needs and `weights` lacks, lowest layer first.
pub(super) async fn load(
    folder: &str,
    weights: &RefCell<Weights>,
    layer: &'static Layer,
    loader: &Loader<'_>,
    deliver: &mut dyn FnMut(String, Vec<u8>),
) -> Result<(), crate::Error> {
    let missing = weights.borrow().missing(layer)?;
    // A copy: the weights change between the requests of this loop.
    let index = &weights.borrow().index().clone();
    let length = |file: &String| index.facts(file).map(|facts| facts.bytes);
    loader.loading.expect(missing.iter().filter_map(length).sum());
    let mut files = iter(missing)
        .map(|file| async move { (shard(folder, &file, index, loader).await, file) })
        .buffered(AT_ONCE);
    while let Some((bytes, file)) = files.next().await {
        let bytes = bytes?;
        weights.borrow_mut().insert(&file, bytes.clone())?;
        deliver(file, bytes);
    }
    Ok(())
}

async fn shard(folder: &str, file: &str, index: &Index, loader: &Loader<'_>) -> Result<Vec<u8>, WeightsError> {
    let url = format!("{folder}{file}");
    let facts = index.facts(file);
    let piece = Piece {
        url: &url,
        range: None,
        expected: facts.map(|facts| facts.bytes),
        immutable: facts.is_some(),
    };
    let check = |bytes: &[u8], _: &_| index.check_file(file, bytes);
    let part = loader.loading.part(file, index.layer(file));
    let (bytes, _) = loader.store.bytes(&piece, &part, &check).await?;
    Ok(bytes)
}
