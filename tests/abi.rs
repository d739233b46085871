//! The C ABI beside that of the last release: nothing that a compiled program relies on has gone or means something else,
//! and what is new shows in the ABI's number.

use std::path::Path;
use std::process::Command;

use xtask::AbiSnapshot;

/// What both the numbers and the signatures are for.
#[test]
fn nothing_is_gone_and_nothing_has_another_number() {
    let (released, now) = (AbiSnapshot::read(), AbiSnapshot::of_header());
    let number = |snapshot: &AbiSnapshot, name: &str| snapshot.number(name).expect("the header has it");
    let major = number(&now, "VCD_ABI_MAJOR");
    let minor = number(&now, "VCD_ABI_MINOR");
    let is_about_the_number = |line: &&str| line.starts_with("VCD_ABI_M");
    let gone: Vec<&str> = released
        .missing_in(&now)
        .into_iter()
        .filter(|line| !is_about_the_number(line))
        .collect();
    assert!(
        gone.is_empty() || major > number(&released, "VCD_ABI_MAJOR"),
        "programs compiled against {} no longer work, which had:\n  {}\nPut it back. If they are to break, raise VCD_ABI_MAJOR (docs/releasing.md). Where no release has had it, `cargo xtask abi` writes {} anew",
        released.version,
        gone.join("\n  "),
        xtask::snapshot_path().display()
    );
    let added: Vec<&str> = now
        .missing_in(&released)
        .into_iter()
        .filter(|line| !is_about_the_number(line))
        .collect();
    let before = (number(&released, "VCD_ABI_MAJOR"), number(&released, "VCD_ABI_MINOR"));
    assert!(
        added.is_empty() || released.version == now.version || (major, minor) > before,
        "there is something new since {}, and VCD_ABI_MINOR is the same:\n  {}",
        released.version,
        added.join("\n  ")
    );
}

/// The same by a tool that knows nothing of ours: it compares the types as the compiler has understood them. The library
/// itself has them as Rust writes them, so what is compared is made of the header.
#[test]
fn abidiff_agrees() {
    const WHAT: &str = "the types of the header by abidiff";
    if !cfg!(target_os = "linux") {
        return xtask::not_applicable(WHAT, "it reads ELF files", 1);
    }
    let Some(abidiff) = xtask::find_in_path("abidiff") else {
        return xtask::skip(WHAT, "abidiff (abigail-tools) is not in the path", 1);
    };
    if xtask::find_c_compiler().is_none() {
        return xtask::skip(WHAT, "there is no C compiler", 1);
    }
    let library =
        xtask::header_library(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap_or_else(|error| panic!("{error}"));
    let snapshot = xtask::type_snapshot_path();
    let output = Command::new(abidiff)
        .args(["--no-added-syms", "--no-show-locs"])
        .args([&snapshot, &library])
        .output()
        .expect("abidiff runs");
    assert!(
        output.status.success(),
        "{}{}\nWhere no release has had it, `cargo xtask abi` writes {} anew",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        snapshot.display()
    );
}
