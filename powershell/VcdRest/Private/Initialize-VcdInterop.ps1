# Loads the compiled interop and the native library, and checks that they fit. Once per runspace; the work itself is
# done once per process.
function Initialize-VcdInterop {
    [CmdletBinding()]
    param (
        # The command on whose behalf this is done: errors are its errors.
        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    $assembly = Import-VcdInteropAssembly -Cmdlet $Cmdlet
    $libraryType = $assembly.GetType('VcdRest.Abi1.Library', $true)
    $path = Get-VcdLibraryPath

    $problem = $null
    $abi = 0
    try {
        $abi = $libraryType::Bind($path)
    } catch {
        # The loader of some systems lists its attempts, a line each.
        $reason = $_.Exception.GetBaseException().Message -replace '\s+', ' '
        $problem = "The native library $path cannot be loaded: $reason"
        if (-not [System.IO.File]::Exists($path)) {
            $runtime = [System.IO.Path]::GetFileName([System.IO.Path]::GetDirectoryName($path))
            $problem = "The native library $path is not there. The module needs one for ${runtime}: install a package of VcdRest that has it, or build the library and stage the module with it."
        } elseif (Test-VcdBlockedFile -Path $path) {
            $problem += " Windows has marked it as coming from the internet: run Unblock-File on the module's files."
        }
        if ([System.IntPtr]::Size -eq 4) {
            $problem += ' This is a 32-bit PowerShell; where the library for it is missing, use the 64-bit one.'
        }
    }
    if ($problem) {
        $Cmdlet.ThrowTerminatingError((New-VcdErrorRecord -Message $problem -Id 'VcdNativeLoadFailed' -Category NotInstalled -Target $path))
    }

    $expected = $libraryType::ExpectedAbi
    if ($abi -ne $expected) {
        $found = if ($abi -eq 0) { 'no ABI number, so that it is not vcdrest' } else { "ABI $abi" }
        $problem = "The native library $($libraryType::Path) has $found; this module needs ABI $expected. Install module and library from one package, and start a new PowerShell."
        $Cmdlet.ThrowTerminatingError((New-VcdErrorRecord -Message $problem -Id 'VcdNativeAbiMismatch' -Category NotInstalled -Target $path))
    }
    if ($libraryType::Path -ne $path) {
        Write-Verbose "This process has loaded the native library from $($libraryType::Path) already and keeps it."
    }

    $script:RequestType = $assembly.GetType('VcdRest.Abi1.Request', $true)
    $script:PagesType = $assembly.GetType('VcdRest.Abi1.Pages', $true)
    $script:FilterType = $assembly.GetType('VcdRest.Abi1.Filter', $true)
    $script:QueryType = $assembly.GetType('VcdRest.Abi1.Query', $true)
    $script:FailureType = $assembly.GetType('VcdRest.Abi1.Failure', $true)
    # Last, because it says that all is there.
    $script:SessionType = $assembly.GetType('VcdRest.Abi1.Session', $true)
}
