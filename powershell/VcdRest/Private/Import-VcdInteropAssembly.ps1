# Loads the compiled interop: the one of the package, else the one kept in the user's cache, else one compiled now and
# kept. Where nothing can be kept safely it is compiled in memory.
function Import-VcdInteropAssembly {
    [CmdletBinding()]
    [OutputType([System.Reflection.Assembly])]
    param (
        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    $folder = [System.IO.Path]::Combine($script:ModuleRoot, 'Interop')
    $packaged = [System.IO.Path]::Combine($folder, 'VcdRest.Interop.dll')
    if ([System.IO.File]::Exists($packaged)) {
        try {
            return [System.Reflection.Assembly]::LoadFrom($packaged)
        } catch {
            Write-Verbose "$packaged cannot be loaded, the source is compiled instead: $($_.Exception.GetBaseException().Message)"
        }
    }

    $files = [System.IO.Directory]::GetFiles($folder, '*.cs')
    [System.Array]::Sort($files, [System.StringComparer]::Ordinal)
    $source = [string]::Join("`n", @(foreach ($file in $files) { [System.IO.File]::ReadAllText($file) }))
    $hash = [System.Security.Cryptography.SHA256]::Create()
    try {
        $identity = [System.Text.Encoding]::UTF8.GetBytes("$($PSVersionTable.PSEdition) $($PSVersionTable.PSVersion)`n$source")
        $digest = [System.BitConverter]::ToString($hash.ComputeHash($identity)).Replace('-', '').ToLowerInvariant()
    } finally {
        $hash.Dispose()
    }
    $name = "VcdRest.Interop.$digest"

    # All runspaces of a process have to get the same assembly, or a session of one would be a stranger in another.
    $domain = [System.AppDomain]::CurrentDomain
    $gate = [string]::Intern($name)
    [System.Threading.Monitor]::Enter($gate)
    try {
        $assembly = $domain.GetData($name)
        if ($null -eq $assembly) {
            $assembly = Import-VcdCachedAssembly -Name $name -Source $source
            if ($null -eq $assembly) {
                $assembly = Add-VcdInteropType -Source $source
            }
            $domain.SetData($name, $assembly)
        }
        return $assembly
    } catch {
        $problem = "The interop code of VcdRest cannot be compiled or loaded; application control or a full disk may be the reason. A release package has it compiled. $($_.Exception.GetBaseException().Message)"
        $Cmdlet.ThrowTerminatingError((New-VcdErrorRecord -Message $problem -Id 'VcdInteropFailed' -Category NotInstalled -Target $folder))
    } finally {
        [System.Threading.Monitor]::Exit($gate)
    }
}
