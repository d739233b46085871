//! The guides and the README: their links lead somewhere, the names in them are those of the header, and their C compiles.
//! Their PowerShell is looked at, and run, by `tests/powershell/Guide.Tests.ps1`.

mod c_program;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use c_program::{Folder, host, staged};
use xtask::{Declarations, Language, Markdown};

/// Every page that people read.
fn pages() -> Vec<(PathBuf, Markdown)> {
    let root = xtask::repository();
    let mut files: Vec<PathBuf> = [
        "README.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "examples/README.md",
        "fuzz/README.md",
    ]
    .map(|file| root.join(file))
    .into();
    for entry in fs::read_dir(root.join("docs")).expect("docs is there") {
        let path = entry.expect("it can be listed").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    assert!(files.len() > 10, "{files:?}");
    files
        .into_iter()
        .map(|file| {
            let page = Markdown::read(&file);
            (file, page)
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    let mut count = 0;
    for (file, page) in pages() {
        for link in page.links() {
            if link.contains("://") {
                continue;
            }
            count += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() {
                file.clone()
            } else {
                file.with_file_name(path)
            };
            let found = target.exists();
            let has_anchor = anchor.is_empty()
                || Markdown::read(&target)
                    .anchors()
                    .iter()
                    .any(|heading| heading == anchor);
            if !found || !has_anchor {
                broken.push(format!("{}: {link}", file.display()));
            }
        }
    }
    assert!(count > 30, "{count} links");
    assert!(broken.is_empty(), "links that lead nowhere: {broken:#?}");
}

/// Every guide can be found from the list of guides, which the README links to.
#[test]
fn every_guide_is_in_the_list() {
    let list = Markdown::read(&xtask::repository().join("docs/README.md")).links();
    for (file, _) in pages() {
        let name = file.file_name().expect("it is a file").to_string_lossy().into_owned();
        if file.parent().is_some_and(|folder| folder.ends_with("docs")) && name != "README.md" {
            assert!(list.contains(&name), "docs/README.md does not link to {name}");
        }
    }
}

/// Functions, constants and variables that pages and help name are there.
#[test]
fn every_name_is_the_headers() {
    let root = xtask::repository();
    let header = fs::read_to_string(xtask::header_path()).expect("the header is there");
    let declarations = Declarations::read();
    let mut known: BTreeSet<&str> = names(&header).collect();
    // Variables of the environment, where they are read.
    let sources = ["powershell/VcdRest/Interop/ConnectCommand.cs", "src/core/log.rs"]
        .map(|file| fs::read_to_string(root.join(file)).expect("it is there"));
    for source in &sources {
        known.extend(names(source).filter(|name| source.contains(&format!("\"{name}\""))));
    }
    assert!(declarations.functions.len() > 30 && declarations.constants.len() > 100);

    let mut texts: Vec<(PathBuf, String)> = pages()
        .into_iter()
        .map(|(file, _)| {
            let text = fs::read_to_string(&file).expect("it was read before");
            (file, text)
        })
        .collect();
    for name in ["about_VcdRest", "about_VcdRest_Authentication"] {
        let file = root.join(format!("powershell/VcdRest/en-US/{name}.help.txt"));
        let text = fs::read_to_string(&file).expect("the help is there");
        texts.push((file, text));
    }
    // What stands for a group of names ends in an underscore.
    let is_known =
        |name: &str| known.contains(name) || (name.ends_with('_') && known.iter().any(|known| known.starts_with(name)));
    let mut wrong = Vec::new();
    let mut count = 0;
    for (file, text) in &texts {
        for name in names(text) {
            count += 1;
            if !is_known(name) {
                wrong.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(count > 200, "{count} names");
    assert!(wrong.is_empty(), "names that there are not: {wrong:#?}");
}

/// What looks like a function, a constant or a variable of ours.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .filter(|word| ["vcd_", "VCD_", "VCDREST_"].iter().any(|start| word.starts_with(start)))
        // These are the tests' own.
        .filter(|word| !word.starts_with("VCDREST_TEST_"))
}

/// The guide for whoever has an error explains each status once, and none that there is not.
#[test]
fn every_status_is_explained() {
    let text = fs::read_to_string(xtask::repository().join("docs/troubleshooting.md")).expect("the guide is there");
    let explained: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `VCD_")?.split_once("` |"))
        .map(|(name, _)| name)
        .collect();
    let declarations = Declarations::read();
    let statuses: Vec<&str> = declarations
        .constants
        .iter()
        .filter_map(|constant| constant.name.strip_prefix("VCD_"))
        .filter(|name| name.starts_with("ERR_"))
        .collect();
    assert!(statuses.len() > 30, "{statuses:?}");
    assert_eq!(explained, statuses);
}

/// The C of the pages, each block as the body of a function that has the variables it speaks of.
#[test]
fn their_c_compiles() {
    let blocks: Vec<(PathBuf, String)> = pages()
        .into_iter()
        .flat_map(|(file, page)| page.code_blocks().into_iter().map(move |block| (file.clone(), block)))
        .filter(|(_, block)| block.language() == "c")
        .map(|(file, block)| (file, block.code))
        .collect();
    assert!(blocks.len() > 4, "{blocks:?}");
    let platform = host().platform();
    if Language::C.compiler(platform).is_none() {
        xtask::skip("C of the guides", "there is no C compiler", blocks.len());
        return;
    }
    let mut source = String::from(
        "#include <stdlib.h>\n#include <vcdrest.h>\nextern vcd_client *client;\nextern vcd_call *call, *list, *page;\n\
         extern vcd_pages *pages;\nextern vcd_error *error;\nextern const uint8_t *body, *json;\nextern size_t length;\n\
         extern const char *etag, *id, *device_code;\nextern int interrupted;\n",
    );
    for (number, (file, code)) in blocks.iter().enumerate() {
        let code = code.replace("    ...\n", "");
        source.push_str(&format!(
            "void block{number}(void);\nvoid block{number}(void)\n{{\n#line 1 \"{}, C block {number}\"\n{code}}}\n",
            file.file_name().expect("it is a file").to_string_lossy()
        ));
    }
    let variables = "vcd_client *client;\nvcd_call *call, *list, *page;\nvcd_pages *pages;\nvcd_error *error;\n\
                     const uint8_t *body, *json;\nsize_t length;\nconst char *etag, *id, *device_code;\nint interrupted;\n";
    source.push_str(&format!("{variables}int main(void)\n{{\n    return 0;\n}}\n"));
    let folder = Folder::new();
    let file = folder.join("guides.c");
    fs::write(&file, source).expect("the folder can be written");
    let program: &Path = &folder.join("guides");
    xtask::compile(platform, Language::C, &file, &staged(platform).folder, true, program)
        .unwrap_or_else(|error| panic!("{error}"));
}
