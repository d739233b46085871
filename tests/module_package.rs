//! The package of the PowerShell module: what is in it, and that people get from it what they are promised, on a
//! machine that has nothing but PowerShell.

mod module_files;
mod powershell_lab;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use module_files::{VERSION, file, files, package, unpack};
use powershell_lab::{LIMIT, empty_folder, powershell_with, say, simulator};
use vcd_simulator::Simulator;
use xtask::{Finished, Language, Markdown, Platform, Runner};

/// Everything in the package, by a list that is in the repository.
#[test]
fn contents() {
    let expected = fs::read_to_string(xtask::repository().join("tests/module_package.txt")).expect("the list is there");
    let lacks = |name: &str| package().left_out.iter().any(|line| name.contains(line_subject(line)));
    let expected: Vec<String> = expected
        .lines()
        .filter(|name| !name.starts_with('#') && !lacks(name))
        .map(|name| format!("VcdRest/{VERSION}/{name}"))
        .collect();
    let found: Vec<String> = files().keys().cloned().collect();
    assert_eq!(found, expected);
    for line in package().left_out.iter().filter(|line| !line.starts_with("osx-")) {
        xtask::skip("module package", line, 1);
    }
}

/// The checksums in the package and beside it, by the program that people have for it.
#[test]
fn checksums() {
    let Some(program) = xtask::find_in_path("sha256sum") else {
        xtask::skip(
            "checksums of the module package",
            "there is no sha256sum in the path",
            1,
        );
        return;
    };
    let check = |folder: &Path, sums: &str| {
        let checked = Command::new(&program)
            .args(["--check", "--strict", sums])
            .current_dir(folder)
            .output()
            .expect("sha256sum runs");
        assert!(checked.status.success(), "{checked:?}");
        String::from_utf8_lossy(&checked.stdout).lines().count()
    };
    let folder = empty_folder("checksums");
    // All but the list itself.
    let module = unpack(&folder);
    assert_eq!(check(&module, "SHA256SUMS.txt"), files().len() - 1);
    let place = package().zip.parent().expect("it lies in a folder");
    assert_eq!(check(place, &format!("VcdRest-{VERSION}.zip.sha256")), 1);
}

/// Made twice of the same, it is the same, to the byte; the libraries of the first are dropped into the second.
#[test]
fn it_is_the_same_every_time() {
    let again = empty_folder("again");
    let native = package().folder.join("native");
    let second = xtask::package_module(Some(&native), &again).expect("it can be made once more");
    assert!(
        fs::read(&second.zip).ok() == fs::read(&package().zip).ok(),
        "{} and {} differ",
        second.zip.display(),
        package().zip.display()
    );
    // And once more after somebody has signed a file.
    fs::write(second.folder.join("VcdRest.psm1"), "# signed").expect("it can be written");
    let signed = xtask::zip_module(&second.folder, &again).expect("it can be zipped once more");
    let files: BTreeMap<String, Vec<u8>> = xtask::read_zip(&signed)
        .expect("it is a zip file")
        .into_iter()
        .collect();
    assert_eq!(files[&format!("VcdRest/{VERSION}/VcdRest.psm1")], b"# signed");
    assert_ne!(
        files[&format!("VcdRest/{VERSION}/SHA256SUMS.txt")],
        file("SHA256SUMS.txt").as_bytes()
    );
}

/// Libraries that were built elsewhere.
#[test]
fn a_library_of_a_mac_can_be_dropped_in() {
    let folder = empty_folder("dropped");
    let native = folder.join("native");
    fs::create_dir_all(native.join("osx-arm64")).expect("the folder can be made");
    fs::write(native.join("osx-arm64").join("libvcdrest.dylib"), "of a Mac").expect("it can be written");
    for platform in Platform::ALL.into_iter().filter(|platform| platform.is_shipped()) {
        let library = package().folder.join("native").join(platform.name());
        if library.is_dir() {
            fs::create_dir_all(native.join(platform.name())).expect("the folder can be made");
            let name = platform.library_file_name();
            fs::copy(library.join(name), native.join(platform.name()).join(name)).expect("it can be copied");
        }
    }
    let made = xtask::package_module(Some(&native), &folder.join("package")).expect("it can be made");
    let files: BTreeMap<String, Vec<u8>> = xtask::read_zip(&made.zip)
        .expect("it is a zip file")
        .into_iter()
        .collect();
    let name = format!("VcdRest/{VERSION}/native/osx-arm64/libvcdrest.dylib");
    assert_eq!(files[&name], b"of a Mac");
    assert!(
        made.left_out.iter().all(|line| !line.starts_with("osx-arm64")),
        "{made:?}"
    );

    let error = xtask::package_module(Some(&folder), &folder.join("none")).expect_err("it has no libraries");
    assert!(error.to_string().contains("osx-arm64"), "{error}");
}

/// The manifest says what Cargo says, and what the Gallery wants to know.
#[test]
fn manifest() {
    let text = file("VcdRest.psd1");
    let value = |name: &str| {
        let line = text
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("{name} ")));
        let (_, value) = line
            .and_then(|line| line.split_once("= "))
            .unwrap_or_else(|| panic!("no {name}"));
        value.trim().trim_matches('\'').to_owned()
    };
    assert_eq!(value("ModuleVersion"), VERSION);
    // Whoever has the module installed gets the next version as an update of it only while this stays.
    assert_eq!(value("GUID"), "6f1d6c1e-3c0a-4f5e-9a53-7d0b9f2a41c8");
    let home = env!("CARGO_PKG_REPOSITORY");
    assert_eq!(value("ProjectUri"), home);
    for (name, file) in [("LicenseUri", "LICENSE"), ("ReleaseNotes", "CHANGELOG.md")] {
        assert_eq!(value(name), format!("{home}/blob/main/{file}"));
        assert!(xtask::repository().join(file).is_file(), "{name}");
    }
    let raw = home.replace("github.com", "raw.githubusercontent.com") + "/main/";
    let icon = value("IconUri");
    let icon = icon
        .strip_prefix(&raw)
        .unwrap_or_else(|| panic!("{icon} is not below {raw}"));
    let icon = fs::read(xtask::repository().join(icon)).expect("the icon is there");
    assert!(icon.starts_with(b"\x89PNG\r\n"), "it is no PNG");
    let tags = value("Tags");
    for tag in [
        "PSEdition_Desktop",
        "PSEdition_Core",
        "Windows",
        "Linux",
        "MacOS",
        "VMware",
        "VCD",
        "CloudDirector",
        "vCloud",
        "VCF",
        "REST",
        "PowerCLI",
    ] {
        assert!(tags.contains(&format!("'{tag}'")), "{tag}: {tags}");
    }
}

/// Unzipped into a folder of modules.
#[test]
fn unzipped() {
    let Some(person) = Person::new("unzipped", "Microsoft.PowerShell.Archive") else {
        return;
    };
    let script = "
        $places = $env:PSModulePath -split [System.IO.Path]::PathSeparator
        Expand-Archive -Path $env:VCDREST_TEST_PACKAGE -DestinationPath $places[0]
        $manifest = Test-ModuleManifest -Path (Join-Path $places[0] VcdRest/*/VcdRest.psd1) -WarningVariable warnings
        \"manifest $($manifest.Version), warnings: $warnings, errors: $Error\"";
    let said = person.does(script);
    assert_eq!(said.trim(), format!("manifest {VERSION}, warnings: , errors:"));
    person.lists_organizations();
}

/// Published to a repository, found there, and installed from it.
#[test]
fn published_and_installed() {
    let Some(person) = Person::new("installed", "Microsoft.PowerShell.PSResourceGet") else {
        return;
    };
    let unpacked = person.folder.join("unpacked");
    unpack(&unpacked);
    fs::create_dir(person.folder.join("repository")).expect("the folder can be made");
    let script = "
        Register-PSResourceRepository -Name here -Uri $PWD/repository -Trusted
        Publish-PSResource -Path (Get-Item unpacked/VcdRest/*).FullName -Repository here
        $found = Find-PSResource -Name VcdRest -Repository here
        \"found $($found.Name) $($found.Version), $($found.Type), $($found.ProjectUri), icon: $($found.IconUri), tags: $($found.Tags)\"
        Install-PSResource -Name VcdRest -Repository here -Scope CurrentUser
        \"installed $((Get-InstalledPSResource -Name VcdRest).Version)\"";
    let said = person.does(script);
    let home = env!("CARGO_PKG_REPOSITORY");
    assert!(
        said.contains(&format!("found VcdRest {VERSION}, Module, {home}, icon: https://")),
        "{said}"
    );
    assert!(said.contains("PSEdition_Desktop PSEdition_Core"), "{said}");
    assert!(said.contains(&format!("installed {VERSION}")), "{said}");
    // What was unpacked is not what is found.
    fs::remove_dir_all(&unpacked).expect("it was made here");
    person.lists_organizations();
    let installed = person
        .folder
        .join("home/.local/share/powershell/Modules/VcdRest")
        .join(VERSION);
    for name in files().keys() {
        let name = name.trim_start_matches(&format!("VcdRest/{VERSION}/"));
        assert!(installed.join(name).is_file(), "{name} was lost on the way");
    }
}

/// What the guide says about installing, word by word, from the zip file and from a repository.
#[test]
fn guide() {
    let page = xtask::repository().join("docs").join("install.md");
    let text = fs::read_to_string(&page).expect("the guide is there");
    for version in text.split("VcdRest-").skip(1) {
        assert!(version.starts_with(&format!("{VERSION}.zip")), "{version:.20}");
    }
    let blocks = Markdown::read(&page).code_blocks();
    for (name, needs, expected) in [
        ("zip", "Microsoft.PowerShell.Archive", 4),
        ("repository", "Microsoft.PowerShell.PSResourceGet", 5),
    ] {
        let Some(person) = Person::new(&format!("guide-{name}"), needs) else {
            return;
        };
        let place = package().zip.parent().expect("it lies in a folder");
        for file in [
            format!("VcdRest-{VERSION}.zip"),
            format!("VcdRest-{VERSION}.zip.sha256"),
        ] {
            fs::copy(place.join(&file), person.folder.join(&file)).expect("it can be copied");
        }
        let blocks: Vec<&str> = blocks
            .iter()
            .filter(|block| block.info.split_whitespace().any(|word| word == name))
            .map(|block| block.code.as_str())
            .collect();
        assert_eq!(blocks.len(), expected, "{blocks:?}");
        let [install @ .., check, uninstall] = &blocks[..] else {
            panic!("{blocks:?}")
        };
        let said = person.does(&format!(
            "{}\n'check'\n{check}\"folder=$folder\"\nAdd-Content -Path \"$folder/LICENSE\" -Value x\n{check}",
            install.join("\n")
        ));
        if name == "zip" {
            assert!(said.starts_with("True\n"), "the checksum: {said}");
            assert!(said.contains("about_VcdRest"), "{said}");
        } else {
            assert!(said.contains("VcdRest"), "it is found: {said}");
            assert!(
                person.folder.join("carried/VcdRest").join(VERSION).is_dir(),
                "it is saved: {said}"
            );
        }
        // The check finds nothing at first, and then what was changed.
        let (_, checked) = said.split_once("check\nfolder=").unwrap_or_else(|| panic!("{said}"));
        let (module, changed) = checked.split_once('\n').expect("the folder is named");
        assert_eq!(changed.trim_end(), "LICENSE");
        let module = Path::new(module);
        assert!(module.starts_with(person.folder.join("home")), "{}", module.display());
        fs::copy(xtask::repository().join("LICENSE"), module.join("LICENSE")).expect("it can be copied");
        person.lists_organizations();
        person.does(uninstall);
        assert!(!module.exists(), "{} is still there", module.display());
    }
}

/// The library for another processor, in an emulator of it.
#[test]
fn library_for_arm() {
    let (what, platform) = ("library for linux-arm64", Platform::LinuxArm64);
    let runner = platform
        .cannot_package()
        .map_or_else(|| Runner::new(platform), |why| Err(why.into()));
    let runner = match runner {
        Ok(runner) => runner,
        Err(why) => return xtask::skip(what, &why.to_string(), 1),
    };
    let folder = empty_folder("arm");
    let library = package()
        .folder
        .join("native/linux-arm64")
        .join(platform.library_file_name());
    xtask::stage_c(platform, &library, &folder).expect("it can be staged");
    let program = folder.join("orgs");
    let source = xtask::repository().join("examples/c/orgs.c");
    xtask::compile(platform, Language::C, &source, &folder, true, &program).unwrap_or_else(|error| panic!("{error}"));
    let simulator = simulator();
    let mut command = runner.command(&program);
    command
        .args([&simulator.url(), "Tyrell"])
        .arg(simulator.ca_file())
        .env("VCD_API_TOKEN", simulator.tenant_token());
    let finished = xtask::run_limited(&mut command, LIMIT).expect("the emulator starts");
    assert!(finished.succeeded(), "{finished:?}");
    assert!(finished.stdout.contains(r#""name":"Tyrell""#), "{}", finished.stdout);
    let agent = simulator.requests().into_iter().next().expect("it asked");
    let agent = agent.header("user-agent").expect("it says who it is").to_owned();
    assert!(agent.contains(VERSION), "{agent}");
}

/// Somebody who has PowerShell and an empty home, and no compiler, Cargo or anything else in the path.
struct Person {
    powershell: PathBuf,
    folder: PathBuf,
    simulator: Simulator,
}

impl Person {
    fn new(name: &str, needs: &str) -> Option<Self> {
        let what = format!("module package, {name}");
        let host = Platform::host().expect("tests run where the library does").name();
        let needed = |line: &&String| line.starts_with(host) || line.starts_with("Interop");
        if let Some(line) = package().left_out.iter().find(needed) {
            xtask::skip(&what, line, 1);
            return None;
        }
        let powershell = powershell_with(needs, &what, 1)?;
        let folder = empty_folder(name);
        fs::create_dir(folder.join("home")).expect("the folder can be made");
        Some(Self {
            powershell,
            folder,
            simulator: simulator(),
        })
    }

    fn command(&self) -> Command {
        let home = self.folder.join("home");
        let mut command = Command::new(&self.powershell);
        command
            .args(["-NoLogo", "-NoProfile", "-NonInteractive"])
            .env_clear()
            .env("PATH", self.powershell.parent().expect("it lies in a folder"))
            .env("HOME", &home)
            .env("NO_COLOR", "1")
            .env("VCDREST_TEST_PACKAGE", &package().zip)
            .env("VCD_URL", self.simulator.url())
            .env("VCD_ORG", "Tyrell")
            .env("VCD_API_TOKEN", self.simulator.tenant_token())
            .env("POWERSHELL_TELEMETRY_OPTOUT", "1")
            .env("POWERSHELL_UPDATECHECK", "Off")
            .current_dir(&self.folder);
        command
    }

    /// What a script prints; it has to go well.
    fn does(&self, script: &str) -> String {
        let file = self.folder.join("script.ps1");
        fs::write(&file, format!("$ErrorActionPreference = 'Stop'\n{script}\n")).expect("it can be written");
        output(xtask::run_limited(self.command().arg("-File").arg(&file), LIMIT).expect("PowerShell starts"))
    }

    /// The job of the blog, by the module that is found by its name, and what of it is used.
    fn lists_organizations(&self) {
        let example = xtask::repository().join("examples/powershell/blog.ps1");
        let mut blog = self.command();
        blog.arg("-File")
            .arg(example)
            .arg("-CertificateAuthority")
            .arg(self.simulator.ca_file());
        let printed = output(xtask::run_limited(&mut blog, LIMIT).expect("PowerShell starts"));
        assert!(printed.contains("name           : Tyrell"), "{printed}");
        let said = self.does(
            "$watch = [System.Diagnostics.Stopwatch]::StartNew()
            Import-Module -Name VcdRest
            \"milliseconds=$($watch.ElapsedMilliseconds)\"
            $null = Get-VcdSession
            $module = Get-Module -Name VcdRest
            $assembly = & $module { $script:Commands.Assembly }
            \"interop=$($assembly.Location.Substring($module.ModuleBase.Length))\"
            $library = $assembly.GetType('VcdRest.Abi1.Library')
            \"library=$($library::Path.Substring($module.ModuleBase.Length))\"
            \"version=$($library::Version)\"
            \"cached=$(Get-ChildItem -Path $HOME -Recurse -Force -Filter 'VcdRest.Interop*' | Where-Object DirectoryName -NotLike '*Modules*')\"
            \"about=$((Get-Help about_VcdRest).Length -gt 1000)\"
            \"help=$((Get-Help Connect-Vcd).Synopsis)\"",
        );
        let value = |name: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_else(|| panic!("no {name}: {said}"))
        };
        let host = Platform::host().expect("tests run where the library does");
        assert_eq!(value("interop").replace('\\', "/"), "/Interop/VcdRest.Interop.dll");
        let library = format!("/native/{}/{}", host.name(), host.library_file_name());
        assert_eq!(value("library").replace('\\', "/"), library);
        assert_eq!(value("version"), VERSION);
        assert_eq!(value("cached"), "");
        assert_eq!(value("about"), "True");
        assert!(value("help").contains("Cloud Director"), "{said}");
        say(&format!("module package: imported in {} ms", value("milliseconds")));
    }
}

fn output(finished: Finished) -> String {
    assert!(finished.succeeded(), "{finished:?}");
    assert_eq!(finished.stderr, "");
    finished.stdout
}

/// The file or platform that a line is about.
fn line_subject(line: &str) -> &str {
    line.split_once(':').map_or(line, |(subject, _)| subject)
}
