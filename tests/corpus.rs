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
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

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

    /// The builders, with what is nearly right: what they promise of a result stands in `src/core/fuzzing.rs`.
    #[test]
    fn addresses_paths_and_queries_lead_where_they_say(
        scheme in "(|https://|http://|HTTPS://|https:///)",
        host in "([a-z0-9.-]{1,20}|\\[[0-9a-f:]{2,20}\\]|[0-9.]{1,15}|https:)",
        port in "(|:[0-9]{0,6})",
        prefix in "(/[a-zA-Z0-9._~%-]{0,8}){0,3}",
        path in "/?[ -~äé/%.]{0,40}",
        query in "(|\\?([ -~]{0,10}=[ -~ä]{0,10}&?){0,4})",
    ) {
        let server = format!("{scheme}{host}{port}{prefix}");
        let target = format!("{path}{query}");
        parser("address")(server.as_bytes());
        parser("target")(format!("{server}\n{target}").as_bytes());
        parser("target")(format!("{server}\n{server}{target}").as_bytes());
    }

    #[test]
    fn names_and_headers_stay_in_their_place(
        name in "(|urn:vcloud:org:)[a-zA-Z0-9_.!'(),$ @%/-]{0,40}",
        header in "[a-zA-Z0-9 :-]{1,20}",
        value in "[\\PC\r\n\t]{0,60}",
    ) {
        parser("names")(name.as_bytes());
        parser("header")(format!("{header}\n{value}").as_bytes());
        parser("retry_after")(value.as_bytes());
        parser("page")(format!("<{value}>;rel=\"{name}\"\n{{\"page\":1}}").as_bytes());
    }
}

fn parser(name: &str) -> fn(&[u8]) {
    PARSERS
        .iter()
        .find(|(other, _)| *other == name)
        .expect("there is such a parser")
        .1
}
