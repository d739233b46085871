//! Tests that cannot run here.

use std::io::Write;

/// Says that tests are left out because something is missing that could be there. With `VCDREST_REQUIRE_ALL=1` it
/// is a failure.
///
/// # Panics
///
/// If the environment asks for all tests.
pub fn skip(what: &str, why: &str, count: usize) {
    let line = format!("skipped: {what}: {why} ({count} {})", tests(count));
    say(&line);
    assert!(
        !requires_all(),
        "{line}, but VCDREST_REQUIRE_ALL=1 asks for all of them"
    );
}

/// Whether the environment asks for everything, so that nothing is left out for want of a tool.
pub(crate) fn requires_all() -> bool {
    std::env::var_os("VCDREST_REQUIRE_ALL").is_some_and(|value| value == "1")
}

/// Says that tests make no sense on this system; nothing is missing.
pub fn not_applicable(what: &str, why: &str, count: usize) {
    say(&format!("not applicable: {what}: {why} ({count} {})", tests(count)));
}

fn tests(count: usize) -> &'static str {
    if count == 1 { "test" } else { "tests" }
}

/// Past the test harness, which keeps to itself what `println!` writes in a test that passes.
fn say(line: &str) {
    // A closed standard error is no reason to fail a test.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
