# Why code must not be loaded from a file or folder: somebody else owns it or could change it. Nothing where all is well.
function Get-VcdPathProblem {
    [CmdletBinding()]
    [OutputType([string])]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Path
    )

    if ([System.Environment]::OSVersion.Platform -eq 'Win32NT') {
        return Get-VcdWindowsPathProblem -Path $Path
    }
    # What Get-Item shows as UnixStat, without loading the module that Get-Item lives in.
    $unix = [psobject].Assembly.GetType('System.Management.Automation.Platform+Unix')
    $method = if ($unix) { $unix.GetMethod('GetLStat') }
    if (-not $method) {
        return 'this PowerShell cannot tell who owns it'
    }
    $facts = $method.Invoke($null, @($Path))
    # By name, because .NET does not tell the number of the user; both names come from the same list.
    $owner = $facts.GetUserName()
    if (-not $owner -or $owner -cne [System.Environment]::UserName) {
        return "$Path belongs to another user"
    }
    # Bits for group and others to write: 0022.
    if ($facts.Mode -band 18) {
        return "$Path can be written by others"
    }
}
