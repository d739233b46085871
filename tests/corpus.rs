//! What is fuzzed (`cargo xtask fuzz`), over the committed corpora and over what proptest makes up: on any toolchain, in
//! a second.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use vcdrest::fuzzing::{self, PARSERS};

/// The parsers, and the player of calls.
fn targets() -> Vec<fuzzing::Parser> {
    let mut targets = PARSERS.to_vec();
    targets.push(("handles", fuzzing::handles));
    targets
}

fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = xtask::repository().join("fuzz/corpus").join(target);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("it can be listed").path()).collect();
    files.sort();
    files
}

#[test]
fn nothing_in_the_corpora_breaks_anything() {
    for (name, target) in targets() {
        let files = corpus(name);
        assert!(files.len() >= 3, "the corpus of {name} is too small to be one");
        for file in files {
            let bytes = fs::read(&file).expect("it can be read");
            println!("{}", file.display());
            target(&bytes);
            // What is cut short, anywhere.
            for end in 0..bytes.len().min(200) {
                target(&bytes[..end]);
            }
        }
    }
}

/// cargo-fuzz and `cargo xtask fuzz` know targets by their files.
#[test]
fn each_has_a_target_and_a_corpus_and_there_are_no_others() {
    let mut expected: Vec<String> = targets().into_iter().map(|(name, _)| name.to_owned()).collect();
    expected.sort();
    assert_eq!(xtask::fuzz_targets().expect("they can be listed"), expected);
    let folders = fs::read_dir(xtask::repository().join("fuzz/corpus")).expect("it is there");
    let mut folders: Vec<String> = folders
        .map(|folder| {
            folder
                .expect("it can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    folders.sort();
    assert_eq!(folders, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_made_up_breaks_a_parser(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,120}") {
        for (_, parser) in PARSERS {
            parser(&bytes);
            parser(text.as_bytes());
        }
    }

    #[test]
    fn no_sequence_of_calls_breaks_the_handles(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        fuzzing::handles(&bytes);
    }
}
