//! The package of the module that the tests look at.

#![allow(dead_code, reason = "each test binary uses what it needs")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use xtask::ModulePackage;

use crate::powershell_lab::empty_folder;

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The package, made once.
pub fn package() -> &'static ModulePackage {
    static PACKAGE: OnceLock<ModulePackage> = OnceLock::new();
    PACKAGE
        .get_or_init(|| xtask::package_module(None, &empty_folder("package")).unwrap_or_else(|error| panic!("{error}")))
}

/// The files in it, by the names that the zip file has for them.
pub fn files() -> BTreeMap<String, Vec<u8>> {
    let files = xtask::read_zip(&package().zip).expect("it is a zip file");
    files.into_iter().collect()
}

/// A text file of the module.
pub fn file(name: &str) -> String {
    let bytes = files().remove(&format!("VcdRest/{VERSION}/{name}"));
    String::from_utf8(bytes.unwrap_or_else(|| panic!("no {name}"))).expect("it is a text")
}

/// Unpacks it into a folder and returns that of the module.
pub fn unpack(folder: &Path) -> PathBuf {
    for (name, bytes) in files() {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder can be made");
        fs::write(path, bytes).expect("the folder can be written");
    }
    folder.join("VcdRest").join(VERSION)
}
