//! The bytes of downloads, which are made while they are sent.

use std::sync::OnceLock;

use crate::random::mix;

/// A prime, so that bytes at the wrong place are the wrong bytes.
const LENGTH: usize = 1_048_573;

fn block() -> &'static [u8] {
    static BLOCK: OnceLock<Vec<u8>> = OnceLock::new();
    BLOCK.get_or_init(|| {
        let words = (0..LENGTH as u64).flat_map(|number| mix(number).to_le_bytes());
        words.take(LENGTH).collect()
    })
}

/// Fills a buffer with what every download has from an offset on, the same at every start.
pub fn transfer_bytes(offset: u64, buffer: &mut [u8]) {
    let block = block();
    // The remainder is smaller than a prime that fits.
    let mut place = usize::try_from(offset % LENGTH as u64).unwrap_or_default();
    let mut rest = buffer;
    while !rest.is_empty() {
        let length = rest.len().min(LENGTH - place);
        let (now, later) = rest.split_at_mut(length);
        now.copy_from_slice(&block[place..place + length]);
        rest = later;
        place = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_whatever_the_pieces() {
        let mut whole = vec![0; 3 * LENGTH];
        transfer_bytes(0, &mut whole);
        let mut piece = vec![0; LENGTH + 10];
        transfer_bytes(LENGTH as u64 - 5, &mut piece);
        assert!(whole[LENGTH - 5..2 * LENGTH + 5] == piece[..], "they differ");
        assert!(whole[..100] != whole[1..101], "it does not change");
    }
}
