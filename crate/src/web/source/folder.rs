//! A folder on a static host: its index, and one file a layer.

use std::cell::RefCell;

use futures_util::stream::{StreamExt, iter};
use js_sys::Uint8Array;

use super::host;
use super::request::Limit;
use super::store::{Loader, Piece};
use crate::vgg16::Layer;
use crate::weights::address::Folder;
use crate::weights::{INDEX_FILE, Index, Weights, WeightsError, asking, index::LONGEST};

/// Requests under way at once: enough to fill a connection, few enough that lower layers come first.
pub(super) const AT_ONCE: usize = 3;

/// The longest file of a layer that is held here, whoever agreed to what.
const LARGEST_FILE: u64 = 1 << 30;

/// A folder whose index was read.
pub(in crate::web) struct RemoteFolder {
    folder: Folder,
    /// Whether it may be of any size: the reader agreed, or it is this site's own.
    any_size: bool,
}

impl RemoteFolder {
    /// Fetches and checks the index of a folder.
    pub(super) async fn open(folder: Folder, agreed: bool, loader: &Loader<'_>) -> Result<(Self, Index), WeightsError> {
        let index = index(&folder, loader).await?;
        let any_size = agreed || !host::is_foreign(&folder.address());
        Ok((Self { folder, any_size }, index))
    }

    pub(super) fn address(&self) -> String {
        self.folder.address()
    }

    /// Fetches, checks and hands over the files that `layer` needs and `weights` lacks, lowest layer first.
    pub(super) async fn load(
        &self,
        weights: &RefCell<Weights>,
        layer: &'static Layer,
        loader: &Loader<'_>,
        deliver: &mut dyn FnMut(String, Uint8Array),
    ) -> Result<(), crate::Error> {
        let missing = weights.borrow().missing(layer)?;
        // A copy: the weights change between the requests of this loop.
        let index = &weights.borrow().index().clone();
        let length = |file: &String| index.facts(file).map(|facts| facts.bytes);
        let total = missing.iter().filter_map(length).sum();
        if !self.any_size {
            ask_first(
                &self.address(),
                total,
                missing.iter().flat_map(|file| index.ordinals(file)),
            )?;
        }
        loader.loading.expect(total);
        let files = missing.len() as u64;
        let mut files = iter(missing)
            .map(|file| async move { (self.shard(&file, files, index, loader).await, file) })
            .buffered(AT_ONCE);
        while let Some((bytes, file)) = files.next().await {
            let bytes = bytes?;
            let handed = Uint8Array::from(&bytes[..]);
            weights.borrow_mut().insert(&file, bytes)?;
            deliver(file, handed);
        }
        Ok(())
    }

    /// `files` is how many are fetched together.
    async fn shard(&self, file: &str, files: u64, index: &Index, loader: &Loader<'_>) -> Result<Vec<u8>, WeightsError> {
        let url = self.folder.file(file);
        let facts = index.facts(file);
        let promised = facts.map(|facts| facts.bytes);
        if promised.is_some_and(|bytes| bytes > LARGEST_FILE) {
            return Err(too_large(&url));
        }
        let most = if self.any_size {
            LARGEST_FILE
        } else {
            asking::unasked_each(index.ordinals(file), files)
        };
        let piece = Piece {
            url: &url,
            range: None,
            expected: promised,
            limit: promised.is_none().then_some(Limit {
                bytes: most,
                reason: "",
            }),
            immutable: facts.is_some(),
        };
        let check = |bytes: &[u8], _: &_| index.check_file(file, bytes);
        let part = loader.loading.part(file, index.layer(file));
        match loader.store.bytes(&piece, &part, &check).await {
            Err(WeightsError::NeedsFullDownload { .. }) if self.any_size => Err(too_large(&url)),
            Err(WeightsError::NeedsFullDownload { bytes, .. }) => Err(WeightsError::LargerThanVgg16 {
                address: self.address(),
                bytes,
            }),
            outcome => Ok(outcome?.0),
        }
    }
}

async fn index(folder: &Folder, loader: &Loader<'_>) -> Result<Index, WeightsError> {
    let url = folder.file(INDEX_FILE);
    let piece = Piece {
        url: &url,
        range: None,
        expected: None,
        limit: Some(Limit {
            bytes: LONGEST as u64,
            reason: "",
        }),
        immutable: false,
    };
    let check = |bytes: &[u8], _: &_| Index::parse(&url, bytes).map(|_| ());
    match loader.store.bytes(&piece, &loader.loading.index(), &check).await {
        Err(WeightsError::NeedsFullDownload { .. }) => Err(WeightsError::NotAnIndex {
            file: url.clone(),
            problem: format!("it has more than {LONGEST} bytes, where a VGG16's has 3,000"),
        }),
        outcome => Index::parse(&url, &outcome?.0),
    }
}

/// Refuses what would bring more from another site than VGG16's layers have, until the reader has agreed to it.
pub(super) fn ask_first(
    address: &str,
    bytes: u64,
    ordinals: impl IntoIterator<Item = usize>,
) -> Result<(), WeightsError> {
    if bytes <= asking::unasked(ordinals) {
        return Ok(());
    }
    Err(WeightsError::LargerThanVgg16 {
        address: address.to_owned(),
        bytes: Some(bytes),
    })
}

fn too_large(url: &str) -> WeightsError {
    WeightsError::Malformed {
        file: url.to_owned(),
        format: "safetensors",
        problem: format!("it has more than {LARGEST_FILE} bytes, where a VGG16 has 60 million"),
    }
}
