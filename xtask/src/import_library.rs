//! What the linkers of Windows need to know of the DLL: the module definition file and the import libraries.

use std::fs;
use std::io::{Cursor, Error, ErrorKind, Result};
use std::path::Path;

use implib::{Flavor, ImportLibrary, MachineType};

use crate::declarations::Declarations;
use crate::platform::Platform;

/// Microsoft's linker and those that are like it look for this one.
const FOR_MICROSOFT: &str = "vcdrest.lib";
/// GNU's linker takes this one before a static library.
const FOR_GNU: &str = "libvcdrest.dll.a";

/// Writes `vcdrest.def` and both import libraries into a folder, from what the header declares.
///
/// # Errors
///
/// If the platform has no import libraries, or a file cannot be written.
pub(crate) fn write_import_libraries(platform: Platform, folder: &Path) -> Result<()> {
    let machine = match platform {
        Platform::WinX64 => MachineType::AMD64,
        Platform::WinArm64 => MachineType::ARM64,
        Platform::WinX86 => MachineType::I386,
        _ => {
            let why = format!("there are no import libraries for {}", platform.name());
            return Err(Error::new(ErrorKind::Unsupported, why));
        }
    };
    let definition = definition(&Declarations::read(), platform);
    fs::write(folder.join("vcdrest.def"), &definition)?;
    for (name, flavor) in [(FOR_MICROSOFT, Flavor::Msvc), (FOR_GNU, Flavor::Gnu)] {
        let mut bytes = Cursor::new(Vec::new());
        ImportLibrary::new(&definition, machine, flavor)?.write_to(&mut bytes)?;
        fs::write(folder.join(name), bytes.into_inner())?;
    }
    Ok(())
}

/// The text of the module definition file.
fn definition(declarations: &Declarations, platform: Platform) -> String {
    let names = declarations.function_names();
    let exports: String = names.iter().map(|name| format!("    {name}\n")).collect();
    format!("LIBRARY {}\nEXPORTS\n{exports}", platform.library_file_name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_names_the_functions_of_the_header() {
        let text = definition(&Declarations::read(), Platform::WinX64);
        assert!(
            text.starts_with("LIBRARY vcdrest.dll\nEXPORTS\n    vcd_abi_version\n"),
            "{text}"
        );
        assert!(text.ends_with('\n') && text.contains("\n    vcd_get\n"), "{text}");
    }

    #[test]
    fn other_systems_have_none() {
        let error = write_import_libraries(Platform::LinuxX64, Path::new("nowhere")).expect_err("it has none");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}
