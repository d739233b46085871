//! The commands: `cargo xtask help`.

use std::path::Path;
use std::process::ExitCode;

use xtask::{LibraryKind, Platform, Result};

const HELP: &str = "\
Usage: cargo xtask COMMAND

  demo [--c]         lets the example script list the organizations of a Cloud Director in miniature;
                     --c takes the example program in C, which also steps in where there is no PowerShell
  header             writes include/vcdrest.h from src/ffi
  header --check     fails if include/vcdrest.h is not what src/ffi makes
  abi                writes tests/abi, what programs that are compiled already rely on, from the header: after a release
  stage [--release]  puts the PowerShell module with the library into target/module, and what C programs need
                     into target/c; --release builds the library as it ships
  library [--platform NAME] [--static]
                     builds the library as it ships, for this platform or the named one (win-x64 and linux-arm64
                     with Debian's cross compilers), and prints where it is; --static makes the static one
  package module [--native FOLDER]
                     makes what people install of the PowerShell module, as target/package/VcdRest-VERSION.zip;
                     libraries that lie in FOLDER, as osx-arm64/libvcdrest.dylib and so on, are taken from there
  package module --again
                     makes the zip file and its checksums once more, when files in target/package/VcdRest were signed
  package c [--platform NAME]
                     makes what people install of the C library, in target/package: an archive for the named platform,
                     or for each that can be built for here
  package c --again [--platform NAME]
                     makes the archives and their checksums once more, when files in target/package were signed
  package --check-reproducible [--platform NAME]
                     builds the libraries a second time, in another folder, and fails if they differ
  sbom [--platform NAME]
                     prints what the library is made of, as CycloneDX JSON
  third-party [--platform NAME]
                     prints the licences of what others have written and the library contains
  docs               makes pages of the guides and the references of commands and functions, in target/docs
  licenses           fails if a package that goes into the library has a licence that is not allowed
  fuzz [--seconds N] [TARGET]
                     lets each fuzz target, or the one that is named, replay its corpus and look for more, for N
                     seconds (10); how to read what it finds stands in fuzz/README.md
  help               prints this
";

/// How long each target is fuzzed where nobody says.
const FUZZ_SECONDS: u32 = 10;

/// `cargo demo | head` closes the pipe: no reason for a backtrace.
fn end_quietly_with_the_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        if message.starts_with("failed printing to stdout") {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

fn main() -> ExitCode {
    end_quietly_with_the_reader();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["demo"] => xtask::demo(false),
        ["demo", "--c"] => xtask::demo(true),
        ["header"] => write_header(),
        ["header", "--check"] => check_header(),
        ["abi"] => write_abi(),
        ["stage"] => stage(false),
        ["stage", "--release"] => stage(true),
        ["package", "module"] => package_module(None),
        ["package", "module", "--native", native] => package_module(Some(Path::new(native))),
        ["package", "module", "--again"] => zip_module(),
        ["docs"] => build_site(),
        ["licenses"] => check_licenses(),
        ["help" | "--help" | "-h"] | [_, "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        ["package", "c", ref options @ ..] => match PackageOptions::parse(options) {
            Some(options) => package_c(options),
            None => return unknown(&words),
        },
        ["package", "--check-reproducible"] => Platform::host().and_then(check_reproducible),
        ["package", "--check-reproducible", "--platform", name] => Platform::named(name).and_then(check_reproducible),
        ["sbom"] => Platform::host().and_then(print_sbom),
        ["sbom", "--platform", name] => Platform::named(name).and_then(print_sbom),
        ["third-party"] => Platform::host().and_then(print_third_party),
        ["third-party", "--platform", name] => Platform::named(name).and_then(print_third_party),
        ["fuzz"] => xtask::fuzz(FUZZ_SECONDS, None),
        ["fuzz", "--seconds", seconds, ref target @ ..] if target.len() <= 1 => match seconds.parse() {
            Ok(seconds) => xtask::fuzz(seconds, target.first().copied()),
            Err(_) => return unknown(&words),
        },
        ["fuzz", target] => xtask::fuzz(FUZZ_SECONDS, Some(target)),
        ["library", ref options @ ..] => match LibraryOptions::parse(options) {
            Some(options) => print_library(options),
            None => return unknown(&words),
        },
        [] => {
            eprint!("xtask: no command given\n\n{HELP}");
            return ExitCode::from(2);
        }
        _ => return unknown(&words),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {}: {error}", words.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn unknown(words: &[&str]) -> ExitCode {
    eprint!("xtask: there is no command '{}'\n\n{HELP}", words.join(" "));
    ExitCode::from(2)
}

fn write_header() -> Result<()> {
    let path = xtask::header_path();
    std::fs::write(&path, xtask::generate_header()?)?;
    println!("wrote {}", path.display());
    Ok(())
}

fn check_header() -> Result<()> {
    let path = xtask::header_path();
    if std::fs::read_to_string(&path)? == xtask::generate_header()? {
        println!("{} is what src/ffi makes", path.display());
        Ok(())
    } else {
        Err(format!("{} is not what src/ffi makes; run `cargo xtask header`", path.display()).into())
    }
}

fn write_abi() -> Result<()> {
    for path in xtask::write_abi()? {
        println!("wrote {}", path.display());
    }
    Ok(())
}

fn stage(release: bool) -> Result<()> {
    let host = Platform::host()?;
    let library = if release {
        xtask::build_shipped_library(host, LibraryKind::Shared)?
    } else {
        xtask::build_dev_library()?
    };
    let target = xtask::target_directory()?;
    let module = xtask::stage_module(&[(host, &library)], &target.join("module"))?;
    println!("In PowerShell:\n\n    Import-Module '{}'\n", module.display());
    let c = target.join("c");
    xtask::stage_c(host, &library, &c)?;
    let (include, lib) = (c.join("include"), c.join("lib"));
    let (include, lib) = (include.display(), lib.display());
    println!("For C:\n\n    cc -I {include} -L {lib} orgs.c -o orgs -lvcdrest -Wl,-rpath,{lib}");
    Ok(())
}

/// What follows `library`.
struct LibraryOptions<'a> {
    platform: Option<&'a str>,
    kind: LibraryKind,
}

impl<'a> LibraryOptions<'a> {
    /// `None` if it is nothing that `library` knows.
    fn parse(mut options: &[&'a str]) -> Option<Self> {
        let mut found = Self {
            platform: None,
            kind: LibraryKind::Shared,
        };
        loop {
            options = match options {
                [] => return Some(found),
                ["--static", rest @ ..] => {
                    found.kind = LibraryKind::Static;
                    rest
                }
                ["--platform", name, rest @ ..] => {
                    found.platform = Some(name);
                    rest
                }
                _ => return None,
            }
        }
    }
}

fn print_library(options: LibraryOptions) -> Result<()> {
    let platform = options.platform.map_or_else(Platform::host, Platform::named)?;
    let library = xtask::build_shipped_library(platform, options.kind)?;
    println!("{}", library.display());
    Ok(())
}

/// What follows `package c`.
struct PackageOptions<'a> {
    platform: Option<&'a str>,
    again: bool,
}

impl<'a> PackageOptions<'a> {
    /// `None` if it is nothing that it knows.
    fn parse(options: &[&'a str]) -> Option<Self> {
        let (again, options) = match options {
            ["--again", rest @ ..] => (true, rest),
            _ => (false, options),
        };
        match options {
            [] => Some(Self { platform: None, again }),
            ["--platform", name] => Some(Self {
                platform: Some(name),
                again,
            }),
            _ => None,
        }
    }
}

fn package_c(options: PackageOptions) -> Result<()> {
    let destination = xtask::target_directory()?.join("package");
    let platforms = match options.platform {
        Some(name) => vec![Platform::named(name)?],
        None => Platform::ALL.to_vec(),
    };
    for platform in platforms {
        let why = if options.again {
            let laid_out = destination.join(xtask::c_package_name(platform)).is_dir();
            (!laid_out).then(|| "it was not laid out".to_owned())
        } else {
            platform.cannot_package()
        };
        match why {
            Some(why) if options.platform.is_some() => return Err(why.into()),
            Some(why) => println!("left out: {}: {why}", platform.name()),
            None if options.again => println!("{}", xtask::pack_c(platform, &destination)?.display()),
            None => println!("{}", xtask::package_c(platform, &destination)?.display()),
        }
    }
    Ok(())
}

fn check_reproducible(platform: Platform) -> Result<()> {
    xtask::check_reproducible(platform)?;
    println!(
        "a second build for {}, in another folder, gives the same bytes",
        platform.name()
    );
    Ok(())
}

fn print_sbom(platform: Platform) -> Result<()> {
    print!("{}", xtask::sbom(platform)?);
    Ok(())
}

fn print_third_party(platform: Platform) -> Result<()> {
    print!("{}", xtask::third_party_licenses(platform)?);
    Ok(())
}

fn package_module(native: Option<&Path>) -> Result<()> {
    let package = xtask::package_module(native, &xtask::target_directory()?.join("package"))?;
    for line in &package.left_out {
        println!("left out: {line}");
    }
    println!("{}", package.zip.display());
    Ok(())
}

fn zip_module() -> Result<()> {
    let place = xtask::target_directory()?.join("package");
    println!("{}", xtask::zip_module(&place.join("VcdRest"), &place)?.display());
    Ok(())
}

fn build_site() -> Result<()> {
    let first = xtask::build_site()?;
    println!("wrote {} and what it leads to", first.display());
    Ok(())
}

fn check_licenses() -> Result<()> {
    let count = xtask::check_licenses()?;
    println!("{count} packages go into the library, all under licences that are allowed");
    Ok(())
}
