//! A page of Markdown: what it links to, what it shows, and how it looks in a browser.

use std::fs;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// A page of Markdown.
#[derive(Debug)]
pub struct Markdown {
    text: String,
}

/// A block of code in it.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeBlock {
    /// What stands behind the fence: the language first.
    pub info: String,
    /// The code.
    pub code: String,
}

impl CodeBlock {
    /// The language, such as `c`; empty where none is named.
    pub fn language(&self) -> &str {
        self.info.split_whitespace().next().unwrap_or_default()
    }
}

/// What becomes of links and names when a page is shown.
pub(crate) trait Surroundings {
    /// The address in place of one that the page links to; `None` makes it no link.
    fn link(&self, target: &str) -> Option<String>;
    /// Where a name that stands alone in code is explained, if anywhere.
    fn name(&self, name: &str) -> Option<String>;
}

impl Markdown {
    /// Reads a page.
    ///
    /// # Panics
    ///
    /// If it cannot be read.
    pub fn read(path: &Path) -> Self {
        Self::new(fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    pub(crate) fn new(text: String) -> Self {
        Self { text }
    }

    fn events(&self) -> Parser<'_> {
        Parser::new_ext(&self.text, Options::ENABLE_TABLES)
    }

    /// The addresses that it links to, pictures included.
    pub fn links(&self) -> Vec<String> {
        let target = |event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        };
        self.events().filter_map(target).collect()
    }

    /// The names under which its headings can be linked to, as GitHub makes them.
    pub fn anchors(&self) -> Vec<String> {
        self.headings().iter().map(|heading| anchor(heading)).collect()
    }

    /// The text of its first heading.
    pub fn title(&self) -> String {
        self.headings().into_iter().next().unwrap_or_default()
    }

    fn headings(&self) -> Vec<String> {
        let mut headings = Vec::new();
        let mut current: Option<String> = None;
        for event in self.events() {
            match event {
                Event::Start(Tag::Heading { .. }) => current = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => headings.extend(current.take()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut current {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        headings
    }

    /// Its blocks of code, in their order.
    pub fn code_blocks(&self) -> Vec<CodeBlock> {
        let mut blocks = Vec::new();
        let mut current: Option<CodeBlock> = None;
        for event in self.events() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let info = match kind {
                        CodeBlockKind::Fenced(info) => info.into_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    current = Some(CodeBlock {
                        info,
                        code: String::new(),
                    });
                }
                Event::End(TagEnd::CodeBlock) => blocks.extend(current.take()),
                Event::Text(text) => {
                    if let Some(block) = &mut current {
                        block.code.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        blocks
    }

    /// The page as HTML, to stand in the body of one.
    pub(crate) fn html(&self, surroundings: &dyn Surroundings) -> String {
        let mut anchors = self.anchors().into_iter();
        let mut is_link = Vec::new();
        let mut events = Vec::new();
        for event in self.events() {
            match event {
                Event::Start(Tag::Heading {
                    level, classes, attrs, ..
                }) => events.push(Event::Start(Tag::Heading {
                    level,
                    id: anchors.next().map(CowStr::from),
                    classes,
                    attrs,
                })),
                Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    id,
                }) => {
                    let target = surroundings.link(&dest_url);
                    is_link.push(target.is_some());
                    events.extend(target.map(|target| {
                        Event::Start(Tag::Link {
                            link_type,
                            dest_url: target.into(),
                            title,
                            id,
                        })
                    }));
                }
                Event::End(TagEnd::Link) => {
                    if is_link.pop() == Some(true) {
                        events.push(event);
                    }
                }
                // A name within a link leads where the link leads.
                Event::Code(code) => events.push(Event::InlineHtml(
                    match surroundings.name(&code).filter(|_| is_link.is_empty()) {
                        Some(place) => format!("<a href=\"{place}\">{}</a>", inline_code(&code)),
                        None => inline_code(&code),
                    }
                    .into(),
                )),
                // Wide tables are scrolled by themselves, and not the page.
                Event::Start(Tag::Table(_)) => events.extend([Event::Html("<div class=\"wide\">\n".into()), event]),
                Event::End(TagEnd::Table) => events.extend([event, Event::Html("</div>\n".into())]),
                event => events.push(event),
            }
        }
        let mut text = String::new();
        html::push_html(&mut text, events.into_iter());
        text
    }
}

/// Code within a line. A browser may break it behind an underscore, and does not at the hyphen of a short word.
pub(crate) fn inline_code(code: &str) -> String {
    let words: Vec<String> = code
        .split(' ')
        .map(|word| {
            let html = escape(word).replace('_', "_<wbr>");
            if word.contains('-') && word.len() <= 24 {
                format!("<span class=\"word\">{html}</span>")
            } else {
                html
            }
        })
        .collect();
    format!("<code>{}</code>", words.join(" "))
}

/// The name of a heading in an address.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

/// Text as HTML has it.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Known;

    impl Surroundings for Known {
        fn link(&self, target: &str) -> Option<String> {
            target.strip_suffix(".md").map(|name| format!("{name}.html"))
        }

        fn name(&self, name: &str) -> Option<String> {
            (name == "vcd_get").then(|| "c.html#vcd_get".into())
        }
    }

    #[test]
    fn a_page_is_read_and_shown() {
        let page = Markdown::new(
            "# A `page`, this\n\n[a](b.md) [c](d) `vcd_get` [`vcd_get`](x.md) `<x>`\n\n|a|\n|-|\n|b|\n\n```c x\n1 < 2;\n```\n\n## Next one\n"
                .into(),
        );
        assert_eq!(page.title(), "A page, this");
        assert_eq!(page.anchors(), ["a-page-this", "next-one"]);
        assert_eq!(page.links(), ["b.md", "d", "x.md"]);
        let blocks = page.code_blocks();
        assert_eq!((blocks[0].language(), blocks[0].code.as_str()), ("c", "1 < 2;\n"));
        let html = page.html(&Known);
        for part in [
            "<h1 id=\"a-page-this\">",
            "<a href=\"b.html\">a</a> c <a href=\"c.html#vcd_get\"><code>vcd_<wbr>get</code></a>",
            "<a href=\"x.html\"><code>vcd_<wbr>get</code></a> <code>&lt;x&gt;</code>",
            "<div class=\"wide\">\n<table>",
            "1 &lt; 2;",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }
}
