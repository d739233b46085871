//! Moments as `/api` writes them: with an offset that has no colon, which is not RFC 3339.

use std::time::SystemTime;

use time::{OffsetDateTime, UtcOffset};

/// The clock of the simulator is two hours ahead.
const HOURS_AHEAD: i8 = 2;

/// `2024-03-06T14:11:57.473+0200`
pub(crate) fn text(moment: SystemTime) -> String {
    let utc = OffsetDateTime::from(moment);
    let local = UtcOffset::from_hms(HOURS_AHEAD, 0, 0).map_or(utc, |offset| utc.to_offset(offset));
    let (hours, minutes, _) = local.offset().as_hms();
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+{hours:02}{minutes:02}",
        local.year(),
        u8::from(local.month()),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
        local.millisecond(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_offset_has_no_colon() {
        let moment = SystemTime::UNIX_EPOCH + Duration::from_millis(1_709_727_117_473);
        assert_eq!(text(moment), "2024-03-06T14:11:57.473+0200");
    }
}
