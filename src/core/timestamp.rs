//! Moments: as text (RFC 3339) for the log and for token files, and as the seconds that tokens count.

use std::time::{SystemTime, UNIX_EPOCH};

/// `2026-01-31T12:00:00Z`, from the date that HTTP uses.
pub(super) fn timestamp(time: SystemTime) -> String {
    let date = httpdate::fmt_http_date(time);
    let parts: Vec<&str> = date.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    let [_, day, month, year, clock, _] = parts[..] else {
        return date;
    };
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = MONTHS.find(month).map_or(0, |at| at / 3 + 1);
    format!("{year}-{month:02}-{day}T{clock}Z")
}

/// Seconds since 1970-01-01 UTC, by this computer's clock.
pub(super) fn unix_now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn timestamps_are_iso_8601() {
        // RFC 9110 section 5.6.7 gives this instant as an example of an HTTP date.
        assert_eq!(
            timestamp(UNIX_EPOCH + Duration::from_secs(784_111_777)),
            "1994-11-06T08:49:37Z"
        );
    }
}
