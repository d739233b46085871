//! Random text: secrets from the operating system, identifiers from a cheap generator.

use std::sync::atomic::{AtomicU64, Ordering};

use ring::rand::{SecureRandom, SystemRandom};

/// Fills a buffer from the operating system's generator.
pub(crate) fn fill(buffer: &mut [u8]) -> std::io::Result<()> {
    SystemRandom::new()
        .fill(buffer)
        .map_err(|_| std::io::Error::other("the system's random generator failed"))
}

/// Upper- and lower-case letters and digits, as an API token is made of.
pub(crate) fn alphanumeric(length: usize) -> std::io::Result<String> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    let mut bytes = [0u8; 64];
    while text.len() < length {
        fill(&mut bytes)?;
        // 248 is the largest multiple of 62 below 256: what lies above would favour some letters.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        for byte in fair.take(length - text.len()) {
            text.push(char::from(ALPHABET[usize::from(byte % 62)]));
        }
    }
    Ok(text)
}

/// A generator of identifiers that need to be different, not secret (splitmix64).
pub(crate) struct Identifiers(AtomicU64);

impl Identifiers {
    /// A generator that starts somewhere else in every process.
    pub(crate) fn new() -> std::io::Result<Self> {
        let mut seed = [0u8; 8];
        fill(&mut seed)?;
        Ok(Self(AtomicU64::new(u64::from_le_bytes(seed))))
    }

    fn next(&self) -> u64 {
        mix(self.0.fetch_add(GOLDEN, Ordering::Relaxed))
    }

    /// A UUID in the shape of version 4.
    pub(crate) fn uuid(&self) -> String {
        uuid_of(self.next(), self.next())
    }

    /// 32 hexadecimal digits.
    pub(crate) fn hex32(&self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Spreads a number over all bits, always in the same way.
pub(crate) fn mix(mut value: u64) -> u64 {
    value = value.wrapping_add(GOLDEN);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn uuid_of(high: u64, low: u64) -> String {
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}

/// The UUID that belongs to a number, the same at every start.
pub(crate) fn fixed_uuid(number: u64) -> String {
    uuid_of(mix(number), mix(number ^ 0x5555_5555_5555_5555))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_tokens_are_32_letters_and_digits_and_differ() {
        let first = alphanumeric(32).expect("random");
        assert_eq!(first.len(), 32);
        assert!(first.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert!(first != alphanumeric(32).expect("random"), "two tokens are equal");
    }

    #[test]
    fn uuids_have_the_shape_of_version_4() {
        let text = fixed_uuid(7);
        assert_eq!(text, fixed_uuid(7));
        assert_ne!(text, fixed_uuid(8));
        let parts: Vec<usize> = text.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(text[14..].starts_with('4'));
    }
}
