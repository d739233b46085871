# The interop where the package does not have it compiled: the one kept in the user's cache, else one compiled now and
# kept. Where nothing can be kept safely it is compiled in memory.
function Import-VcdInteropAssembly {
    [CmdletBinding()]
    [OutputType([System.Reflection.Assembly])]
    param (
        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet,

        # Why the compiled one of the package is not used, where it has one.
        [string] $Problem
    )

    $digest = $script:InteropDigest
    if (-not $digest) {
        $digest = Get-VcdInteropDigest
    }
    # What one PowerShell compiles may not load in another.
    $name = "VcdRest.Interop.$digest.$($PSVersionTable.PSEdition).$($PSVersionTable.PSVersion)"

    # All runspaces of a process have to get the same assembly, or a session of one would be a stranger in another.
    $domain = [System.AppDomain]::CurrentDomain
    $gate = [string]::Intern($name)
    [System.Threading.Monitor]::Enter($gate)
    try {
        $assembly = $domain.GetData($name)
        if ($null -eq $assembly) {
            $assembly = Import-VcdCachedAssembly -Name $name
            if ($null -eq $assembly) {
                $assembly = Add-VcdInteropType -Source (Get-VcdInteropSource)
            }
            $domain.SetData($name, $assembly)
        }
        return $assembly
    } catch {
        $packaged = if ($Problem) { $Problem } else { 'A release package has it compiled.' }
        $message = "The interop code of VcdRest cannot be compiled or loaded; application control or a full disk may be the reason. $packaged Compiling it: $($_.Exception.GetBaseException().Message)"
        $Cmdlet.ThrowTerminatingError((New-VcdErrorRecord -Message $message -Id 'VcdInteropFailed' -Category NotInstalled -Target $script:ModuleRoot))
    } finally {
        [System.Threading.Monitor]::Exit($gate)
    }
}
