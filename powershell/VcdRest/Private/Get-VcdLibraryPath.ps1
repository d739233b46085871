# Where the native library for this process has to be: native/<rid>/ beside the module.
function Get-VcdLibraryPath {
    [CmdletBinding()]
    [OutputType([string])]
    param ()

    $runtime = [System.Runtime.InteropServices.RuntimeInformation]
    $platform = [System.Runtime.InteropServices.OSPlatform]
    if ($runtime::IsOSPlatform($platform::Windows)) {
        $system, $file = 'win', 'vcdrest.dll'
    } elseif ($runtime::IsOSPlatform($platform::OSX)) {
        $system, $file = 'osx', 'libvcdrest.dylib'
    } else {
        $system, $file = 'linux', 'libvcdrest.so'
    }
    # Of the process, not of the machine: a 32-bit PowerShell needs a 32-bit library.
    $processor = $runtime::ProcessArchitecture.ToString().ToLowerInvariant()
    return [System.IO.Path]::Combine($script:ModuleRoot, 'native', "$system-$processor", $file)
}
