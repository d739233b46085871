//! The reference of the C functions: what Doxygen, which checks that everything is documented, reads from the header, laid
//! out in pages.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use roxmltree::{Document, Node};

use crate::Result;
use crate::header::header_path;
use crate::markdown::{escape, inline_code};
use crate::repository::repository;
use crate::tool::find_in_path;

/// A page of the reference. What begins with one of the words, and with none that is longer on another page, stands there.
struct Group {
    file: &'static str,
    title: &'static str,
    about: &'static str,
    beginnings: &'static [&'static str],
}

const GROUPS: [Group; 8] = [
    Group {
        file: "client",
        title: "Clients",
        about: "One server, its options, and what is known about it and the sign-in.",
        beginnings: &["vcd_client", "VCD_OPT_", "VCD_CLIENT_", "VCD_NOTICE_"],
    },
    Group {
        file: "sign-in",
        title: "Signing in and out",
        about: "The ways to sign in, and the end of a session.",
        beginnings: &["vcd_sign_", "VCD_GRANT_"],
    },
    Group {
        file: "call",
        title: "Calls",
        about: "Requests and their answers, blocking or waited for.",
        beginnings: &[
            "vcd_get",
            "vcd_request",
            "vcd_call",
            "vcd_wait_any",
            "vcd_read_fn",
            "vcd_write_fn",
            "vcd_done_fn",
            "VCD_CALL_",
            "VCD_WAIT_FOREVER",
        ],
    },
    Group {
        file: "operation",
        title: "Operations",
        about: "Calls that take several requests: API tokens, service accounts, tasks.",
        beginnings: &["vcd_operation_", "VCD_OP_"],
    },
    Group {
        file: "pages",
        title: "Lists",
        about: "What the server lists, a page at a time.",
        beginnings: &["vcd_pages", "VCD_PAGES_"],
    },
    Group {
        file: "error",
        title: "Errors",
        about: "What is known about a failure.",
        beginnings: &["vcd_error", "VCD_ERROR_"],
    },
    Group {
        file: "status",
        title: "Statuses",
        about: "What functions return.",
        beginnings: &["vcd_status", "VCD_OK", "VCD_PENDING", "VCD_END", "VCD_ERR_"],
    },
    Group {
        file: "library",
        title: "The library",
        about: "Versions, and the log.",
        beginnings: &["vcd_abi_", "vcd_version", "vcd_log_", "VCD_ABI_", "VCD_API", "VCD_LOG_"],
    },
];

/// A page, to stand in the body of one.
pub(crate) struct Page {
    pub(crate) file: String,
    pub(crate) title: String,
    pub(crate) html: String,
}

/// The pages, and where each name is explained on them.
pub(crate) struct CReference {
    pub(crate) pages: Vec<Page>,
    pub(crate) names: BTreeMap<String, String>,
    /// The rules at the head of the header, as Markdown.
    pub(crate) rules: String,
}

/// Whether there is Doxygen.
pub(crate) fn is_possible() -> bool {
    find_in_path("doxygen").is_some()
}

/// Has Doxygen read the header.
///
/// # Errors
///
/// If something in the header is not documented, or has no place in the reference.
pub(crate) fn read(work: &Path) -> Result<CReference> {
    let xml = work.join("xml");
    fs::create_dir_all(work)?;
    let mut settings = fs::read_to_string(repository().join("xtask/site/Doxyfile"))?;
    settings.push_str(&format!("OUTPUT_DIRECTORY = \"{}\"\n", work.display()));
    let mut doxygen = Command::new("doxygen")
        .arg("-")
        .current_dir(repository())
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| format!("doxygen cannot be run: {error}"))?;
    if let Some(mut input) = doxygen.stdin.take() {
        input.write_all(settings.as_bytes())?;
    }
    let status = doxygen.wait()?;
    if !status.success() {
        return Err(format!("doxygen is not content with the header: {status}").into());
    }
    let text = fs::read_to_string(xml.join("vcdrest_8h.xml"))?;
    lay_out(&Document::parse(&text)?)
}

fn lay_out(document: &Document<'_>) -> Result<CReference> {
    let members: Vec<Node<'_, '_>> = document
        .descendants()
        .filter(|node| node.has_tag_name("memberdef"))
        .collect();
    let mut names = BTreeMap::new();
    for member in &members {
        let name = child_text(*member, "name");
        names.insert(name.clone(), format!("{}.html#{name}", group_of(&name)?.file));
    }
    let mut pages = Vec::new();
    for group in &GROUPS {
        let mine: Vec<Node<'_, '_>> = members
            .iter()
            .copied()
            .filter(|member| group_of(&child_text(*member, "name")).is_ok_and(|found| found.file == group.file))
            .collect();
        pages.push(Page {
            file: format!("{}.html", group.file),
            title: group.title.into(),
            html: page(group, &mine, &names),
        });
    }
    let mut contents = String::from("<ul>\n");
    for group in &GROUPS {
        contents.push_str(&format!(
            "<li><a href=\"{}.html\">{}</a>: {}</li>\n",
            group.file,
            group.title,
            escape(group.about)
        ));
    }
    contents.push_str("</ul>\n");
    pages.push(Page {
        file: "index.html".into(),
        title: "C reference".into(),
        html: contents,
    });
    let rules = rules(&fs::read_to_string(header_path())?, &names);
    Ok(CReference { pages, names, rules })
}

fn group_of(name: &str) -> Result<&'static Group> {
    let fitting = |group: &&'static Group| {
        let lengths = group.beginnings.iter().filter(|start| name.starts_with(**start));
        lengths.map(|start| start.len()).max()
    };
    GROUPS
        .iter()
        .filter(|group| fitting(group).is_some())
        .max_by_key(fitting)
        .ok_or_else(|| format!("{name} has no place in the C reference: name one in xtask/src/c_reference.rs").into())
}

fn page(group: &Group, members: &[Node<'_, '_>], names: &BTreeMap<String, String>) -> String {
    let of_kind = |kind: &str| -> Vec<Node<'_, '_>> {
        members
            .iter()
            .copied()
            .filter(|member| member.attribute("kind") == Some(kind))
            .collect()
    };
    let (functions, types, constants) = (of_kind("function"), of_kind("typedef"), of_kind("define"));
    let mut html = format!("<h1>{}</h1>\n<p>{}</p>\n", group.title, escape(group.about));
    if !functions.is_empty() {
        html.push_str("<ul class=\"names\">\n");
        for function in &functions {
            let name = child_text(*function, "name");
            html.push_str(&format!("<li><a href=\"#{name}\"><code>{name}</code></a></li>\n"));
        }
        html.push_str("</ul>\n");
    }
    for (title, kind) in [("Types", &types), ("Functions", &functions)] {
        if !kind.is_empty() {
            html.push_str(&format!("<h2>{title}</h2>\n"));
        }
        for member in kind {
            html.push_str(&entry(*member, names));
        }
    }
    if !constants.is_empty() {
        html.push_str("<h2>Constants</h2>\n<div class=\"wide\">\n<table>\n");
        for constant in &constants {
            let name = child_text(*constant, "name");
            html.push_str(&format!(
                "<tr id=\"{name}\"><td>{}</td><td class=\"value\">{}</td><td>{}</td></tr>\n",
                inline_code(&name),
                escape(&child_text(*constant, "initializer")),
                prose(*constant, names).join(" ")
            ));
        }
        html.push_str("</table>\n</div>\n");
    }
    html
}

/// A function or a type.
fn entry(member: Node<'_, '_>, names: &BTreeMap<String, String>) -> String {
    let name = child_text(member, "name");
    let mut html = format!(
        "<h3 id=\"{name}\">{name}</h3>\n<pre><code>{}</code></pre>\n",
        declaration(member, &name, names)
    );
    for paragraph in prose(member, names) {
        html.push_str(&format!("<p>{paragraph}</p>\n"));
    }
    let described: Vec<(String, String)> = member
        .descendants()
        .filter(|node| node.has_tag_name("parameteritem"))
        .map(|item| {
            let name = text_of(find(item, "parametername"));
            (name, linked(&text_of(find(item, "parameterdescription")), names))
        })
        .collect();
    let returns = member
        .descendants()
        .find(|node| node.has_tag_name("simplesect") && node.attribute("kind") == Some("return"));
    if !described.is_empty() || returns.is_some() {
        html.push_str("<dl>\n");
        for (name, text) in described {
            html.push_str(&format!("<dt><code>{name}</code></dt><dd>{text}</dd>\n"));
        }
        if let Some(returns) = returns {
            html.push_str(&format!(
                "<dt>returns</dt><dd>{}</dd>\n",
                linked(&text_of(Some(returns)), names)
            ));
        }
        html.push_str("</dl>\n");
    }
    html
}

/// How it is declared, a parameter to a line where there are several.
fn declaration(member: Node<'_, '_>, name: &str, names: &BTreeMap<String, String>) -> String {
    let mut text = child_text(member, "definition");
    // What is defined as a type has its arguments there already.
    if member.attribute("kind") == Some("function") {
        text.push_str(&child_text(member, "argsstring"));
        if text.len() > 80 {
            text = text.replacen('(', "(\n    ", 1).replace(", ", ",\n    ");
        }
    }
    let text = format!(
        "{};",
        text.replace("(* ", "(*").replace(") (", ")(").replace("* vcd", "*vcd")
    );
    // Its own name leads nowhere else.
    linked_but(&text, names, name)
}

/// What is said about it, without parameters and result: paragraphs.
fn prose(member: Node<'_, '_>, names: &BTreeMap<String, String>) -> Vec<String> {
    let mut paragraphs = Vec::new();
    for part in ["briefdescription", "detaileddescription"] {
        let Some(part) = find(member, part) else { continue };
        for paragraph in part.children().filter(|node| node.has_tag_name("para")) {
            let text = text_without(paragraph, &["parameterlist", "simplesect"]);
            if !text.is_empty() {
                paragraphs.push(linked(&text, names));
            }
        }
    }
    paragraphs
}

/// Text as HTML, with a link at each name that is explained somewhere.
fn linked(text: &str, names: &BTreeMap<String, String>) -> String {
    linked_but(text, names, "")
}

fn linked_but(text: &str, names: &BTreeMap<String, String>, not: &str) -> String {
    let link = |word: &str| {
        let place = names.get(word).filter(|_| word != not)?;
        Some(format!("<a href=\"{place}\">{word}</a>"))
    };
    words(text)
        .map(|word| link(word).unwrap_or_else(|| escape(word)))
        .collect()
}

/// The names in a text, and what is between them.
fn words(mut text: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    std::iter::from_fn(move || {
        let kind = is_part(text.chars().next()?);
        let (word, rest) = text.split_at(text.find(|letter| is_part(letter) != kind).unwrap_or(text.len()));
        text = rest;
        Some(word)
    })
}

fn find<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants().find(|inner| inner.has_tag_name(name))
}

fn child_text(node: Node<'_, '_>, name: &str) -> String {
    text_of(node.children().find(|child| child.has_tag_name(name)))
}

fn text_of(node: Option<Node<'_, '_>>) -> String {
    node.map_or_else(String::new, |node| text_without(node, &[]))
}

/// The text of a node and what is in it, less some elements, with single spaces.
fn text_without(node: Node<'_, '_>, less: &[&str]) -> String {
    let mut text = String::new();
    let is_less = |inner: &Node<'_, '_>| less.iter().any(|name| inner.has_tag_name(*name));
    for inner in node.descendants().filter(Node::is_text) {
        if !inner
            .ancestors()
            .take_while(|above| *above != node)
            .any(|above| is_less(&above))
        {
            text.push_str(inner.text().unwrap_or_default());
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The comment at the head of the header, which is Markdown behind its stars. Names become code, which is linked.
fn rules(header: &str, names: &BTreeMap<String, String>) -> String {
    let comment = header.split("*/").next().unwrap_or_default();
    let lines = comment.lines().skip(1);
    let text = lines
        .map(|line| {
            line.trim_start()
                .trim_start_matches('*')
                .strip_prefix(' ')
                .unwrap_or_default()
        })
        .collect::<Vec<_>>()
        .join("\n");
    words(&text)
        .map(|word| {
            if names.contains_key(word) {
                format!("`{word}`")
            } else {
                word.to_owned()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_page() {
        for (name, file) in [
            ("vcd_client_new", "client"),
            ("VCD_ERR_NULL", "status"),
            ("VCD_ERROR_CODE", "error"),
            ("vcd_error", "error"),
            ("VCD_OPT_PROXY", "client"),
            ("VCD_OP_WAIT_TASK", "operation"),
            ("vcd_call_get_int", "call"),
        ] {
            assert_eq!(group_of(name).expect(name).file, file, "{name}");
        }
        assert!(group_of("vcd_new_thing").is_err());
    }

    #[test]
    fn names_in_text_become_links() {
        let names = BTreeMap::from([("vcd_get".to_owned(), "call.html#vcd_get".to_owned())]);
        assert_eq!(
            linked("as <vcd_get>, vcd_get_all", &names),
            "as &lt;<a href=\"call.html#vcd_get\">vcd_get</a>&gt;, vcd_get_all"
        );
    }

    #[test]
    fn the_rules_are_markdown() {
        let names = BTreeMap::from([("vcd_b".to_owned(), String::new())]);
        let text = rules("/*\n * a\n *\n * - vcd_b, vcd_bc\n *   c\n */\n#x", &names);
        assert_eq!(text, "a\n\n- `vcd_b`, vcd_bc\n  c\n");
    }
}
