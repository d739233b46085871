//! The archives of the C library: what is in them, and that programs are built with them wherever they lie, and run.

mod c_program;
mod dialects;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use c_program::{Folder, LIMIT, simulator};
use xtask::{Declarations, Language, Platform, Runner};

/// Long enough for CMake on a slow machine.
const BUILD_LIMIT: Duration = Duration::from_secs(600);

/// A test of each function for each platform whose archive is made on Linux.
macro_rules! on_each_platform {
    ($($function:ident,)*) => {
        mod linux_x64 {
            $(#[test]
            fn $function() {
                super::$function(super::Platform::LinuxX64);
            })*
        }
        mod linux_arm64 {
            $(#[test]
            fn $function() {
                super::$function(super::Platform::LinuxArm64);
            })*
        }
        mod win_x64 {
            $(#[test]
            fn $function() {
                super::$function(super::Platform::WinX64);
            })*
        }
    };
}

on_each_platform! {
    it_has_what_the_list_says,
    its_checksums_hold,
    the_static_library_shows_only_the_functions_of_the_header,
    no_folder_of_this_machine_is_in_it,
    it_names_all_that_it_is_made_of,
    by_pkg_config_shared,
    by_pkg_config_static,
    by_pkg_config_all_static,
    by_cmake_shared,
    by_cmake_static,
    by_cmake_in_cpp_shared,
    by_cmake_in_cpp_static,
}

/// An archive, unpacked in a folder whose name has a space.
struct Unpacked {
    platform: Platform,
    archive: PathBuf,
    /// In the order in which they stand there.
    files: Vec<String>,
    folder: PathBuf,
}

impl Unpacked {
    fn join(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn read(&self, name: &str) -> String {
        let path = self.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// The archive of a platform, or `None`, and a line about it, where it cannot be made.
fn unpacked(what: &str, platform: Platform) -> Option<&'static Unpacked> {
    static UNPACKED: Mutex<Vec<&'static Unpacked>> = Mutex::new(Vec::new());
    let what = format!("{what} for {}", platform.name());
    if !Platform::LinuxX64.is_host() {
        xtask::not_applicable(&what, "it is made on Linux on x64", 1);
        return None;
    }
    if let Some(why) = platform.cannot_package() {
        xtask::skip(&what, &why, 1);
        return None;
    }
    let mut all = UNPACKED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(unpacked) = all.iter().find(|unpacked| unpacked.platform == platform) {
        return Some(unpacked);
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("package c");
    fs::create_dir_all(&place).expect("a folder can be made");
    let archive = xtask::package_c(platform, &place.join("made")).unwrap_or_else(|error| panic!("{error}"));
    let name = xtask::c_package_name(platform);
    let elsewhere = place.join("un packed");
    // That of an earlier run; mostly there is one.
    let _ = fs::remove_dir_all(elsewhere.join(&name));
    fs::create_dir_all(&elsewhere).expect("a folder can be made");
    let files = unpack(&archive, &elsewhere);
    // What is there before it is unpacked must not be of use to it.
    fs::remove_dir_all(place.join("made").join(&name)).expect("it is there");
    let start = format!("{name}/");
    let strip = |file: String| {
        let rest = file.strip_prefix(&start).map(str::to_owned);
        rest.unwrap_or_else(|| panic!("{file} is not in {name}"))
    };
    let unpacked = Box::leak(Box::new(Unpacked {
        platform,
        archive,
        files: files.into_iter().map(strip).collect(),
        folder: elsewhere.join(&name),
    }));
    all.push(unpacked);
    Some(unpacked)
}

/// Unpacks an archive and returns the names in it.
fn unpack(archive: &Path, place: &Path) -> Vec<String> {
    if archive.extension().is_some_and(|extension| extension == "zip") {
        let files = xtask::read_zip(archive).unwrap_or_else(|error| panic!("{error}"));
        let write = |(name, bytes): (String, Vec<u8>)| {
            let path = place.join(&name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("a folder can be made");
            fs::write(path, bytes).expect("it can be written");
            name
        };
        return files.into_iter().map(write).collect();
    }
    let tar = |option: &str| {
        let output = Command::new("tar").arg(option).arg(archive).current_dir(place).output();
        let output = output.expect("there is tar");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("the names are text")
    };
    tar("-xzf");
    tar("-tzf").lines().map(str::to_owned).collect()
}

fn it_has_what_the_list_says(platform: Platform) {
    let Some(unpacked) = unpacked("what is in the archive", platform) else {
        return;
    };
    let described = |file: &String| match fs::read_link(unpacked.join(file)) {
        Ok(target) => format!("{file} -> {}", target.display()),
        Err(_) => file.clone(),
    };
    let found: Vec<String> = unpacked.files.iter().map(described).collect();
    let list = format!("tests/packages/c-{}.txt", platform.name());
    let expected = fs::read_to_string(xtask::repository().join(&list)).expect("the list is there");
    assert_eq!(found.join("\n"), expected.trim_end(), "the archive and {list}");
}

fn its_checksums_hold(platform: Platform) {
    let Some(unpacked) = unpacked("the checksums", platform) else {
        return;
    };
    let name = unpacked.archive.file_name().expect("it is a file").to_string_lossy();
    let made = unpacked.archive.parent().expect("it is in a folder");
    for (folder, list) in [
        (unpacked.folder.as_path(), "SHA256SUMS.txt".to_owned()),
        (made, format!("{name}.sha256")),
    ] {
        let mut command = Command::new("sha256sum");
        command.args(["--check", "--strict", &list]).current_dir(folder);
        let output = command.output().expect("there is sha256sum");
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let expected = if folder == made { 1 } else { unpacked.files.len() - 1 };
        assert_eq!(said.lines().count(), expected, "{said}");
    }
}

fn the_static_library_shows_only_the_functions_of_the_header(platform: Platform) {
    let what = "the symbols of the static library";
    let Some(unpacked) = unpacked(what, platform) else {
        return;
    };
    let nm = match platform {
        Platform::LinuxArm64 => "aarch64-linux-gnu-nm",
        Platform::WinX64 => "x86_64-w64-mingw32-nm",
        _ => "nm",
    };
    if xtask::find_in_path(nm).is_none() {
        return xtask::skip(what, &format!("{nm} is not in the path"), 1);
    }
    let output = Command::new(nm)
        .args(["--extern-only", "--defined-only"])
        .arg(unpacked.join("lib/libvcdrest.a"))
        .output()
        .expect("nm runs");
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut shown: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    if platform.is_windows() {
        // There it is in pieces: others' names may be in it where others' libraries may have them too. What only a
        // second library in Rust would have is not.
        assert!(shown.contains(&"vcdrest_rust_eh_personality"), "{printed}");
        let others = ["rust_", "_R", "_ZN"];
        let of_rust = |name: &&&str| others.iter().any(|start| name.starts_with(start));
        let left = shown.iter().filter(of_rust);
        let left: Vec<_> = left.filter(|name| !name.contains("compiler_builtins")).collect();
        assert!(left.is_empty(), "{left:?}");
        shown.retain(|name| name.starts_with("vcd_"));
    }
    shown.sort_unstable();
    let declarations = Declarations::read();
    let mut expected = declarations.function_names();
    expected.sort_unstable();
    assert_eq!(shown, expected);
}

fn no_folder_of_this_machine_is_in_it(platform: Platform) {
    let Some(unpacked) = unpacked("folders of this machine in files", platform) else {
        return;
    };
    let home = std::env::home_dir().expect("there is one");
    let repository = xtask::repository();
    let target = xtask::target_directory().expect("cargo says it");
    let temporary = std::env::temp_dir();
    let mut folders: BTreeSet<String> = [&home, &repository, &target, &temporary]
        .map(|folder| format!("{}/", folder.display()))
        .into();
    // As a part of a name in programs.
    let in_names = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    folders.extend([&repository, &target].map(|folder| folder.display().to_string().chars().map(in_names).collect()));
    // Where Debian has the source of the standard library, and where its Cargo unpacks packages.
    folders.extend(["/usr/src/", "/usr/lib/rustlib/", "/.cargo/", "/site-packages/"].map(str::to_owned));
    for file in &unpacked.files {
        let bytes = fs::read(unpacked.join(file)).expect("it is there");
        for folder in &folders {
            let found = bytes
                .windows(folder.len())
                .position(|window| window == folder.as_bytes());
            if let Some(at) = found {
                let end = bytes.len().min(at + 200);
                panic!("{file}: {}", String::from_utf8_lossy(&bytes[at..end]));
            }
        }
    }
}

fn it_names_all_that_it_is_made_of(platform: Platform) {
    let Some(unpacked) = unpacked("the bill of materials", platform) else {
        return;
    };
    let sbom: serde_json::Value =
        serde_json::from_str(&unpacked.read(xtask::SBOM_FILE)).expect("the bill of materials is JSON");
    let licenses = unpacked.read(xtask::THIRD_PARTY_FILE);
    let packages = xtask::linked_packages(Some(platform)).expect("cargo says it");
    let parts = xtask::toolchain_parts(platform).expect("the compiler says it");
    let components = sbom["components"].as_array().expect("there are some");
    assert_eq!(components.len(), packages.len() - 1 + parts.len());
    assert_eq!(sbom["metadata"]["component"]["name"], "vcdrest");
    assert_eq!(sbom["metadata"]["component"]["version"], env!("CARGO_PKG_VERSION"));
    for package in packages.iter().filter(|package| package.name != "vcdrest") {
        let (name, version) = (&package.name, &package.version);
        let listed = components
            .iter()
            .find(|component| component["name"] == **name && component["version"] == **version);
        let listed = listed.unwrap_or_else(|| panic!("{name} {version} is not listed"));
        assert_eq!(
            listed["hashes"][0]["content"].as_str().map(str::len),
            Some(64),
            "{name}"
        );
        // With its licence, and under a text.
        let lines = licenses
            .lines()
            .filter(|line| line.contains(&format!("{name} {version}")));
        assert!(lines.count() >= 2, "{name} {version}");
    }
    for part in parts {
        assert!(components.iter().any(|component| component["name"] == part.name));
        assert!(licenses.matches(part.name).count() >= 2, "{}", part.name);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Linkage {
    Shared,
    /// The library is part of the program; the system's are not.
    Static,
    AllStatic,
}

fn by_pkg_config_shared(platform: Platform) {
    by_pkg_config(platform, Linkage::Shared);
}

fn by_pkg_config_static(platform: Platform) {
    by_pkg_config(platform, Linkage::Static);
}

fn by_pkg_config_all_static(platform: Platform) {
    by_pkg_config(platform, Linkage::AllStatic);
}

fn by_cmake_shared(platform: Platform) {
    by_cmake(platform, Language::C, Linkage::Shared);
}

fn by_cmake_static(platform: Platform) {
    by_cmake(platform, Language::C, Linkage::Static);
}

fn by_cmake_in_cpp_shared(platform: Platform) {
    by_cmake(platform, Language::Cpp("c++17"), Linkage::Shared);
}

fn by_cmake_in_cpp_static(platform: Platform) {
    by_cmake(platform, Language::Cpp("c++17"), Linkage::Static);
}

/// What it takes to build for a platform and to run what was built.
fn means(
    what: &str,
    tools: &[&str],
    language: Language,
    platform: Platform,
) -> Option<(&'static Unpacked, Runner, PathBuf)> {
    let unpacked = unpacked(what, platform)?;
    let what = format!("{what} for {}", platform.name());
    if let Some(tool) = tools.iter().find(|tool| xtask::find_in_path(tool).is_none()) {
        xtask::skip(&what, &format!("{tool} is not in the path"), 1);
        return None;
    }
    let mut compiler = language.compiler(platform);
    if platform.is_windows() && language != Language::C {
        // MinGW has the standard library with threads and without; vcdrest.hpp needs the former.
        compiler = xtask::find_in_path("x86_64-w64-mingw32-g++-posix");
    }
    let Some(compiler) = compiler else {
        xtask::skip(&what, "there is no compiler for it", 1);
        return None;
    };
    let runner = Runner::new(platform).map_err(|error| xtask::skip(&what, &error.to_string(), 1));
    Some((unpacked, runner.ok()?, compiler))
}

fn by_pkg_config(platform: Platform, linkage: Linkage) {
    let what = format!("an example by pkg-config, {linkage:?},");
    let Some((unpacked, runner, compiler)) = means(&what, &["pkg-config"], Language::C, platform) else {
        return;
    };
    let (option, flags) = match linkage {
        Linkage::Shared => ("", "--cflags --libs vcdrest"),
        Linkage::Static => ("", "--cflags --libs vcdrest-static"),
        Linkage::AllStatic => ("-static", "--static --cflags --libs vcdrest"),
    };
    let folder = Folder::new();
    let program = folder.join(&format!("orgs{}", platform.program_suffix()));
    // Spaces in what pkg-config prints are masked for `eval`.
    let line = format!(
        r#"eval '"$COMPILER"' {option} -Wall -Wextra -Werror '"$SOURCE"' -o '"$PROGRAM"' $(pkg-config {flags})"#
    );
    run(Command::new("sh")
        .args(["-ec", &line])
        .env("COMPILER", compiler)
        .env("SOURCE", unpacked.join("examples/c/orgs.c"))
        .env("PROGRAM", &program)
        .env("PKG_CONFIG_LIBDIR", unpacked.join("lib/pkgconfig"))
        .env_remove("PKG_CONFIG_PATH"));
    run_example(unpacked, &runner, &program, linkage);
}

fn by_cmake(platform: Platform, language: Language, linkage: Linkage) {
    let what = format!("the examples in {language:?} by CMake, {linkage:?},");
    let Some((unpacked, runner, compiler)) = means(&what, &["cmake", "ninja"], language, platform) else {
        return;
    };
    let folder = Folder::new();
    let build = folder.join("build");
    // MinGW's threads are not those of the standard library, and Windows has no signals to block.
    let (source, variable, examples): (_, _, &[&str]) = match language {
        Language::C => ("examples/c", "C", &["download", "orgs", "pages", "service_account"]),
        Language::Cpp(_) if platform.is_windows() => ("examples/cpp", "CXX", &["orgs"]),
        Language::Cpp(_) => ("examples/cpp", "CXX", &["orgs", "pages"]),
    };
    let mut configure = Command::new("cmake");
    configure
        .args(["-G", "Ninja", "-S"])
        .arg(unpacked.join(source))
        .arg("-B")
        .arg(&build)
        .arg(format!("-DCMAKE_PREFIX_PATH={}", unpacked.folder.display()))
        .arg(format!("-DCMAKE_{variable}_COMPILER={}", compiler.display()))
        .arg(format!("-DCMAKE_{variable}_FLAGS=-Wall -Wextra -Werror"));
    if !platform.is_host() {
        let (system, processor) = match platform {
            Platform::WinX64 => ("Windows", "AMD64"),
            _ => ("Linux", "aarch64"),
        };
        configure
            .arg(format!("-DCMAKE_SYSTEM_NAME={system}"))
            .arg(format!("-DCMAKE_SYSTEM_PROCESSOR={processor}"));
    }
    if platform.is_windows() && language != Language::C {
        // The libraries of the compiler go into the program.
        configure.arg("-DCMAKE_EXE_LINKER_FLAGS=-static");
    }
    if linkage == Linkage::Static {
        configure.arg("-DVCDREST_LINKAGE=static");
    }
    run(&mut configure);
    run(Command::new("cmake").arg("--build").arg(&build));
    for example in examples {
        let program = build.join(format!("{example}{}", platform.program_suffix()));
        assert!(program.is_file(), "{}", program.display());
    }
    let program = build.join(format!("orgs{}", platform.program_suffix()));
    run_example(unpacked, &runner, &program, linkage);
}

/// Runs `orgs` against the simulator.
fn run_example(unpacked: &Unpacked, runner: &Runner, program: &Path, linkage: Linkage) {
    let simulator = simulator();
    if linkage == Linkage::Shared && unpacked.platform.is_windows() {
        let library = program.with_file_name("vcdrest.dll");
        fs::copy(unpacked.join("bin/vcdrest.dll"), library).expect("it can be copied");
    }
    let mut command = c_program::command(runner, program, &simulator);
    if linkage == Linkage::Shared {
        command.env("LD_LIBRARY_PATH", unpacked.join("lib"));
    } else {
        command.env_remove("LD_LIBRARY_PATH");
    }
    command
        .args([&simulator.url(), "Tyrell"])
        .arg(runner.path(simulator.ca_file()));
    let finished = xtask::run_limited(&mut command, LIMIT).expect("the example starts");
    assert!(finished.succeeded(), "{finished:?}");
    assert!(finished.stdout.contains(r#""name":"Tyrell""#), "{finished:?}");
    assert_eq!(finished.stderr, "");
}

fn run(command: &mut Command) {
    let finished = xtask::run_limited(command, BUILD_LIMIT).expect("it starts");
    assert!(finished.succeeded(), "{command:?}: {finished:?}");
}

/// Each sentence about the systems that it runs on is of this number.
#[test]
fn libraries_for_linux_need_no_newer_system_than_is_promised() {
    let documented = fs::read_to_string(xtask::repository().join("packaging/README.md")).expect("it is there");
    let promise = format!("need version {} of the GNU C library", xtask::GLIBC_BASELINE);
    assert!(documented.contains(&promise), "{documented}");
    let promised = xtask::glibc_version(xtask::GLIBC_BASELINE).expect("it is a version");
    for platform in [Platform::LinuxX64, Platform::LinuxArm64] {
        let Some(unpacked) = unpacked("the C library that is needed", platform) else {
            continue;
        };
        let needed = xtask::needed_glibc(&unpacked.join("lib/libvcdrest.so.1"));
        let needed = needed.unwrap_or_else(|error| panic!("{error}"));
        assert!(needed <= promised, "{} needs {needed:?}", platform.name());
    }
}

#[test]
fn its_headers_are_those_of_the_repository_and_stand_alone() {
    let Some(unpacked) = unpacked("the headers", Platform::LinuxX64) else {
        return;
    };
    let include = unpacked.join("include");
    let mut count = 0;
    for entry in fs::read_dir(xtask::repository().join("include")).expect("it is there") {
        let path = entry.expect("it can be listed").path();
        let packed = include.join(path.file_name().expect("it is a file"));
        assert_eq!(fs::read(&path).ok(), fs::read(packed).ok(), "{}", path.display());
        count += 1;
    }
    assert!(count > 0);
    let folder = Folder::new();
    dialects::stands_alone_in_every_c(&include, folder.path());
    dialects::stands_alone_in_every_cpp(&include, folder.path());
}

/// What `find_package` takes and what it refuses.
#[test]
fn cmake_finds_what_fits() {
    let Some((unpacked, _, _)) = means("find_package", &["cmake", "ninja"], Language::C, Platform::LinuxX64) else {
        return;
    };
    let find = |arguments: &str| {
        let folder = Folder::new();
        let text = format!(
            "cmake_minimum_required(VERSION 3.14)\nproject(found C)\n\
             find_package(vcdrest {arguments})\n\
             get_target_property(chosen vcdrest::vcdrest INTERFACE_LINK_LIBRARIES)\n\
             message(STATUS \"found: ${{vcdrest_VERSION}} ${{chosen}}\")\n"
        );
        fs::write(folder.join("CMakeLists.txt"), text).expect("it can be written");
        let mut command = Command::new("cmake");
        command
            .args(["-G", "Ninja", "-S", ".", "-B", "build"])
            .arg(format!("-DCMAKE_PREFIX_PATH={}", unpacked.folder.display()))
            .current_dir(folder.path());
        let finished = xtask::run_limited(&mut command, BUILD_LIMIT).expect("it starts");
        if finished.succeeded() {
            Ok(finished.stdout)
        } else {
            Err(finished.stderr)
        }
    };
    let version = env!("CARGO_PKG_VERSION");
    for (arguments, chosen) in [
        ("REQUIRED", "shared"),
        ("0.1 CONFIG REQUIRED", "shared"),
        ("0.0.5...0.9 CONFIG REQUIRED COMPONENTS static", "static"),
        ("CONFIG REQUIRED COMPONENTS static shared", "shared"),
        (&format!("{version} EXACT CONFIG REQUIRED COMPONENTS shared"), "shared"),
    ] {
        let said = find(arguments).unwrap_or_else(|said| panic!("{arguments}: {said}"));
        let line = format!("found: {version} vcdrest::{chosen}");
        assert!(said.contains(&line), "{arguments}: {said}");
    }
    for (arguments, why) in [
        ("1.0 CONFIG REQUIRED", "compatible with requested version"),
        ("0.999 CONFIG REQUIRED", "compatible with requested version"),
        ("CONFIG REQUIRED COMPONENTS modern", "has no component 'modern'"),
        (
            "CONFIG REQUIRED)\nfind_package(vcdrest CONFIG REQUIRED COMPONENTS static",
            "vcdrest::vcdrest is vcdrest::shared in this project already",
        ),
    ] {
        let said = find(arguments).expect_err(arguments);
        // CMake breaks lines where it likes.
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(why), "{arguments}: {said}");
    }
}

/// What the standard library of this compiler consists of is what the list of its packages says.
#[test]
fn the_packages_of_the_standard_library_are_listed() {
    let own = [
        "alloc",
        "core",
        "getopts",
        "panic-abort",
        "panic-unwind",
        "proc-macro",
        "profiler-builtins",
        "rustc-literal-escaper",
        "rustc-std-workspace-alloc",
        "rustc-std-workspace-core",
        "rustc-std-workspace-std",
        "std",
        "std-detect",
        "sysroot",
        "test",
        "unwind",
    ];
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(compiler).args(["--print", "target-libdir"]).output();
    let output = output.expect("there is a compiler");
    let folder = String::from_utf8(output.stdout).expect("it is text");
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder.trim()).expect("it is there") {
        let name = entry
            .expect("it can be listed")
            .file_name()
            .to_string_lossy()
            .into_owned();
        if let Some(name) = name.strip_prefix("lib").and_then(|name| name.strip_suffix(".rlib")) {
            let name = name.rsplit_once('-').map_or(name, |(name, _)| name).replace('_', "-");
            if !own.contains(&name.as_str()) {
                found.insert(name);
            }
        }
    }
    let listed: BTreeSet<String> = xtask::STANDARD_LIBRARY_PACKAGES
        .iter()
        .map(|name| name.replace('_', "-"))
        .collect();
    let missing: Vec<_> = found.difference(&listed).collect();
    assert!(!found.is_empty() && missing.is_empty(), "not listed: {missing:?}");
}
