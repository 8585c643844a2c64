//! HTTP's ranges, as far as weights need them (RFC 9110, section 14).

use std::ops::Range;

/// The header `Content-Range: bytes 0-7/553433881`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentRange {
    /// First byte sent.
    pub start: u64,
    /// Last byte sent.
    pub last: u64,
    /// Length of the whole file, where the host says so.
    pub total: Option<u64>,
}

impl ContentRange {
    /// Parses the header's value; `None` for anything else than a satisfied range of bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (start, last) = range.split_once('-')?;
        let parsed = Self {
            start: start.trim().parse().ok()?,
            last: last.trim().parse().ok()?,
            total: match total.trim() {
                "*" => None,
                total => Some(total.parse().ok()?),
            },
        };
        let inside = parsed.total.is_none_or(|total| parsed.last < total);
        (parsed.start <= parsed.last && inside).then_some(parsed)
    }
}

/// Whether what was sent is what was asked for; a file that ends inside the range may send less.
///
/// # Errors
/// What was sent instead, as a clause.
pub fn check_range(sent: &ContentRange, asked: &Range<u64>) -> Result<(), String> {
    let end = sent.total.map_or(asked.end, |total| total.min(asked.end));
    if (sent.start, sent.last.checked_add(1)) == (asked.start, Some(end)) {
        return Ok(());
    }
    Err(format!(
        "bytes {} to {} were asked for, and the host sent bytes {} to {}",
        asked.start,
        asked.end.saturating_sub(1),
        sent.start,
        sent.last
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_parsed_or_refused() {
        let range = |start, last, total| Some(ContentRange { start, last, total });
        for (text, expected) in [
            ("bytes 0-7/100", range(0, 7, Some(100))),
            ("bytes 0-7/*", range(0, 7, None)),
            (" bytes 5-5/6", range(5, 5, Some(6))),
            ("bytes */100", None),
            ("bytes 7-0/100", None),
            ("bytes 0-100/100", None),
            ("items 0-7/100", None),
            ("bytes 0-99999999999999999999/*", None),
            ("", None),
        ] {
            assert_eq!(ContentRange::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_wrong_range_is_described() {
        let sent = |text| ContentRange::parse(text).expect(text);
        assert_eq!(check_range(&sent("bytes 8-15/100"), &(8..16)), Ok(()));
        assert_eq!(check_range(&sent("bytes 96-99/100"), &(96..104)), Ok(()));
        let problem = check_range(&sent("bytes 0-7/100"), &(8..16)).expect_err("other bytes");
        assert!(problem.contains("8 to 15") && problem.contains("0 to 7"), "{problem}");
        assert!(check_range(&sent("bytes 8-14/100"), &(8..16)).is_err());
        let last = sent("bytes 8-18446744073709551615/*");
        assert!(check_range(&last, &(8..16)).is_err() && check_range(&last, &(8..u64::MAX)).is_err());
    }
}
