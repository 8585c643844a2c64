//! Checksums of files that may be larger than memory.

use md5::Md5;
use sha2::{Digest, Sha256};

use super::WeightsError;
use super::bytes::InputFile;

/// How much of a file is in memory at a time.
const SLICE: u64 = 1 << 20;

/// sha256 in lower-case hex.
pub(super) fn sha256(input: &InputFile) -> Result<String, WeightsError> {
    hex::<Sha256>(input)
}

/// md5 in lower-case hex. Keras publishes no other.
pub(super) fn md5(input: &InputFile) -> Result<String, WeightsError> {
    hex::<Md5>(input)
}

fn hex<D: Digest>(input: &InputFile) -> Result<String, WeightsError> {
    let mut digest = D::new();
    let mut at = 0;
    while at < input.size() {
        let end = input.size().min(at + SLICE);
        digest.update(input.read(at..end)?);
        at = end;
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_whole_file_however_long() {
        let of = |bytes: &[u8]| {
            let input = InputFile::new("a", bytes.to_vec());
            (md5(&input).expect("read"), sha256(&input).expect("read"))
        };
        let (md5, sha256) = of(b"abc");
        assert_eq!(md5, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let long = vec![b'a'; (2 << 20) + 1];
        let whole: String = Md5::digest(&long).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(of(&long).0, whole);
        assert_eq!(of(b"").0, "d41d8cd98f00b204e9800998ecf8427e");
    }
}
