//! What hosts give in place of a file, told by its first bytes.

use crate::weights::WeightsError;

/// Refuses nothing at all, and what hosts give in place of a file. A few bytes are enough to tell.
pub(crate) fn refuse_other_contents(file: &str, head: &[u8]) -> Result<(), WeightsError> {
    let file = file.to_owned();
    if head.is_empty() {
        return Err(WeightsError::Empty { file });
    }
    let head: Vec<u8> = head.iter().take(512).map(u8::to_ascii_lowercase).collect();
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head).trim_ascii_start();
    if WEB_PAGES.iter().any(|page| begins_like(head, page)) {
        return Err(WeightsError::WebPage { file });
    }
    if begins_like(head, LFS_POINTER) {
        return Err(WeightsError::LfsPointer { file });
    }
    Ok(())
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const WEB_PAGES: [&[u8]; 5] = [b"<!doctype html", b"<html", b"<head", b"<?xml", b"<!--"];
const LFS_POINTER: &[u8] = b"version https://git-lfs";

/// Whether a text begins with another, as far as either goes.
fn begins_like(head: &[u8], text: &[u8]) -> bool {
    const ENOUGH: usize = 6;
    head.starts_with(text) || (head.len() >= ENOUGH && text.starts_with(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_pages_are_told_behind_a_mark_and_a_comment_too() {
        for page in [
            "\u{feff}<!DOCTYPE html>",
            "<!-- ours --><html>",
            "<?xml version=\"1.0\"?><Error/>",
            " \n<HTML>",
        ] {
            let error = refuse_other_contents("a", page.as_bytes()).expect_err(page);
            assert_eq!(error.code(), "weights-web-page", "{page}");
        }
    }
}
