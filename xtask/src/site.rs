//! `cargo xtask docs`: the guides and the references as pages for a browser, in `target/docs`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::build::build_dev_library;
use crate::c_reference;
use crate::markdown::{Markdown, Surroundings, escape};
use crate::platform::Platform;
use crate::repository::{repository, target_directory};
use crate::skip::skip;
use crate::stage::stage_module;
use crate::tool::find_powershell;

const HEADER: &str = "include/vcdrest.h";
const C_INDEX: &str = "c/index.html";
const TEMPLATE: &str = include_str!("../site/page.html");
const STYLE: &str = include_str!("../site/style.css");

/// Makes the pages, and returns the first one. Where Doxygen or PlatyPS is missing, the pages that it makes are.
///
/// # Errors
///
/// If something is not documented, a link leads nowhere, or a file cannot be written.
pub fn build_site() -> Result<PathBuf> {
    let root = target_directory()?.join("docs");
    match fs::remove_dir_all(&root) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(&root)?,
    }
    let work = target_directory()?.join("docs-work");
    let mut site = Site::new(root);
    site.write("style.css", STYLE)?;
    // Which parts there are stands on each page.
    let powershell = find_powershell().filter(|powershell| has_platyps(powershell));
    if powershell.is_some() {
        site.parts.push(("module/index.html", "PowerShell reference"));
    } else {
        skip(
            "PowerShell reference",
            "there is no PowerShell with the module PlatyPS",
            1,
        );
    }
    let has_doxygen = c_reference::is_possible();
    if has_doxygen {
        site.parts.push((C_INDEX, "C reference"));
    } else {
        skip("C reference", "there is no doxygen in the path", 1);
    }
    if has_doxygen {
        site.c_reference(&work)?;
    }
    if let Some(powershell) = powershell {
        site.module_reference(&powershell, &work)?;
    }
    site.guides()?;
    site.sources()?;
    site.check()?;
    Ok(site.root.join("index.html"))
}

/// The Markdown files that are pages, with the address of each.
fn guide_files() -> Result<BTreeMap<PathBuf, String>> {
    let mut files = BTreeMap::from(
        [
            ("README.md", "about.html"),
            ("CHANGELOG.md", "changelog.html"),
            ("SECURITY.md", "security.html"),
            ("fuzz/README.md", "fuzz.html"),
            ("examples/README.md", "examples.html"),
        ]
        .map(|(file, address)| (PathBuf::from(file), address.to_owned())),
    );
    for entry in fs::read_dir(repository().join("docs"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(stem) = name.strip_suffix(".md") {
            let stem = if stem == "README" { "index" } else { stem };
            files.insert(Path::new("docs").join(&name), format!("{stem}.html"));
        }
    }
    Ok(files)
}

struct Site {
    root: PathBuf,
    /// Address of the first page of each part that there is, and its name.
    parts: Vec<(&'static str, &'static str)>,
    /// Where names of the C functions and of the commands are explained.
    names: BTreeMap<String, String>,
    /// The pages made of Markdown, by their file in the repository.
    pages: BTreeMap<PathBuf, String>,
    /// Files of the repository that pages link to, and that are shown as they are.
    shown: RefCell<BTreeSet<PathBuf>>,
}

impl Site {
    fn new(root: PathBuf) -> Self {
        Self {
            root,
            parts: vec![("index.html", "Guides")],
            names: BTreeMap::new(),
            pages: BTreeMap::new(),
            shown: RefCell::default(),
        }
    }

    fn write(&self, address: &str, text: &str) -> Result<()> {
        let path = self.root.join(address);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, text)?)
    }

    /// Writes a page with what stands around it.
    fn page(&self, address: &str, title: &str, html: &str) -> Result<()> {
        let up = "../".repeat(address.matches('/').count());
        let part = self.parts.iter().rev().find(|(first, _)| {
            first.split_once('/').map(|(folder, _)| folder) == address.split_once('/').map(|(folder, _)| folder)
        });
        let navigation: String = self
            .parts
            .iter()
            .chain(&[("changelog.html", "Changes")])
            .map(|entry| {
                let here = if part == Some(entry) && address != "changelog.html" {
                    " class=\"here\""
                } else {
                    ""
                };
                format!("<a href=\"{up}{}\"{here}>{}</a>\n", entry.0, entry.1)
            })
            .collect();
        self.write(
            address,
            &TEMPLATE
                .replace("{title}", &escape(title))
                .replace("{up}", &up)
                .replace("{navigation}", &navigation)
                .replace("{content}", html),
        )
    }

    fn c_reference(&mut self, work: &Path) -> Result<()> {
        let reference = c_reference::read(work)?;
        self.names.extend(
            reference
                .names
                .into_iter()
                .map(|(name, place)| (name, format!("c/{place}"))),
        );
        for page in reference.pages {
            let html = if page.file == "index.html" {
                let view = View {
                    site: self,
                    file: Path::new(HEADER),
                    address: C_INDEX,
                };
                format!(
                    "<h1>{}</h1>\n{}<h2>Rules</h2>\n{}",
                    page.title,
                    page.html,
                    Markdown::new(reference.rules.clone()).html(&view)
                )
            } else {
                page.html
            };
            self.page(&format!("c/{}", page.file), &page.title, &html)?;
        }
        Ok(())
    }

    fn module_reference(&mut self, powershell: &Path, work: &Path) -> Result<()> {
        let module = stage_module(&[(Platform::host()?, &build_dev_library()?)], &work.join("module"))?;
        let folder = work.join("markdown");
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => fs::create_dir_all(&folder)?,
        }
        let status = Command::new(powershell)
            .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-File"])
            .arg(repository().join("xtask/site/module.ps1"))
            .arg("-Module")
            .arg(&module)
            .arg("-Destination")
            .arg(&folder)
            .status()?;
        if !status.success() {
            return Err(format!("the help of the module cannot be made into pages: {status}").into());
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                files.push(path);
            }
        }
        files.sort();
        for path in &files {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            if stem.contains("Vcd") {
                self.names.insert(stem.to_string(), format!("module/{stem}.html"));
            }
        }
        for path in &files {
            let address = format!("module/{}.html", path.file_stem().unwrap_or_default().to_string_lossy());
            let page = Markdown::read(path);
            let view = View {
                site: self,
                file: Path::new("module"),
                address: &address,
            };
            self.page(&address, &page.title(), &page.html(&view))?;
        }
        Ok(())
    }

    fn guides(&mut self) -> Result<()> {
        self.pages = guide_files()?;
        for (file, address) in &self.pages {
            let page = Markdown::read(&repository().join(file));
            let view = View {
                site: self,
                file,
                address,
            };
            self.page(address, &page.title(), &page.html(&view))?;
        }
        Ok(())
    }

    /// The files that pages have linked to.
    fn sources(&self) -> Result<()> {
        for file in self.shown.borrow().iter() {
            let name = file.to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(repository().join(file))?;
            let html = format!(
                "<h1><code>{name}</code></h1>\n<pre><code>{}</code></pre>\n",
                escape(&text)
            );
            self.page(&format!("source/{name}.html"), &name, &html)?;
        }
        Ok(())
    }

    /// Looks whether each link leads to a page, and to a place on it.
    fn check(&self) -> Result<()> {
        let mut broken = Vec::new();
        let mut texts = BTreeMap::new();
        collect(&self.root, &self.root, &mut texts)?;
        for (address, text) in &texts {
            for target in attributes(text, "href") {
                if target.contains("://") {
                    continue;
                }
                let (page, anchor) = target.split_once('#').unwrap_or((target, ""));
                let page = if page.is_empty() {
                    address.clone()
                } else {
                    join(address, page)
                };
                let found = match texts.get(&page) {
                    Some(text) => anchor.is_empty() || attributes(text, "id").any(|id| id == anchor),
                    None => anchor.is_empty() && self.root.join(&page).is_file(),
                };
                if !found {
                    broken.push(format!("{address}: {target}"));
                }
            }
        }
        if broken.is_empty() {
            Ok(())
        } else {
            Err(format!("links that lead nowhere:\n  {}", broken.join("\n  ")).into())
        }
    }
}

/// The site as one of its pages sees it.
struct View<'a> {
    site: &'a Site,
    /// The file in the repository from which links are meant.
    file: &'a Path,
    /// The page's own address.
    address: &'a str,
}

impl Surroundings for View<'_> {
    fn link(&self, target: &str) -> Option<String> {
        if target.contains("://") || target.starts_with('#') {
            return Some(target.to_owned());
        }
        let (path, anchor) = target
            .split_once('#')
            .map_or((target, String::new()), |(path, anchor)| (path, format!("#{anchor}")));
        let up = "../".repeat(self.address.matches('/').count());
        // Pages of the module lie side by side.
        if self.file == Path::new("module") {
            return Some(format!("{}.html{anchor}", path.strip_suffix(".md")?));
        }
        let file = PathBuf::from(join(&self.file.to_string_lossy(), path));
        if let Some(address) = self
            .site
            .pages
            .get(&file)
            .or_else(|| self.site.pages.get(&file.join("README.md")))
        {
            return Some(format!("{up}{address}{anchor}"));
        }
        let place = repository().join(&file);
        if file == Path::new(HEADER) && self.site.parts.iter().any(|(first, _)| *first == C_INDEX) {
            return Some(format!("{up}{C_INDEX}"));
        }
        if place.is_dir() {
            // The nearest folder above that has a page.
            let above = file
                .ancestors()
                .find_map(|folder| self.site.pages.get(&folder.join("README.md")));
            return above.map(|address| format!("{up}{address}"));
        }
        if !place.is_file() {
            return None;
        }
        let address = format!("{up}source/{}.html", file.to_string_lossy().replace('\\', "/"));
        self.site.shown.borrow_mut().insert(file);
        Some(address)
    }

    fn name(&self, name: &str) -> Option<String> {
        let place = self.site.names.get(name)?;
        let up = "../".repeat(self.address.matches('/').count());
        (*place != self.address).then(|| format!("{up}{place}"))
    }
}

fn has_platyps(powershell: &Path) -> bool {
    let found = Command::new(powershell)
        .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"])
        .arg("@(Get-Module -ListAvailable -Name Microsoft.PowerShell.PlatyPS).Count")
        .output();
    found.is_ok_and(|found| String::from_utf8_lossy(&found.stdout).trim() != "0")
}

/// The pages below a folder, by their addresses.
fn collect(root: &Path, folder: &Path, texts: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, texts)?;
        } else if path.extension().is_some_and(|extension| extension == "html") {
            let address = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            texts.insert(address, fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// The values of an attribute, wherever it stands in a page.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    html.split(&format!(" {name}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect::<Vec<_>>()
        .into_iter()
}

/// A relative path, from the file that it stands in.
fn join(file: &str, relative: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    for part in folder.join(relative).components() {
        match part {
            Component::ParentDir => {
                parts.pop();
            }
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_attributes_found() {
        assert_eq!(join("docs/c.md", "../examples/c"), "examples/c");
        assert_eq!(join("README.md", "docs/c.md"), "docs/c.md");
        assert_eq!(join("c/call.html", "client.html"), "c/client.html");
        let found: Vec<&str> = attributes("<a href=\"x\" id=\"y\"> <b href=\"z#1\">", "href").collect();
        assert_eq!(found, ["x", "z#1"]);
    }
}
