# The path of a file as the system knows it, whether the file is there or not; or what is wrong with it.
function Resolve-VcdFilePath {
    [CmdletBinding()]
    param (
        [AllowEmptyString()]
        [AllowNull()]
        [string] $Path,

        # The parameter or variable that the path comes from, for the message.
        [Parameter(Mandatory = $true)]
        [string] $Name,

        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    $found = [pscustomobject]@{ Path = $null; Problem = $null }
    $provider = $null
    $drive = $null
    try {
        if (-not $Path) {
            throw (New-Object -TypeName System.ArgumentException -ArgumentList 'It is empty.')
        }
        $found.Path = $Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path, [ref]$provider, [ref]$drive)
        if ($provider.Name -ne 'FileSystem') {
            throw (New-Object -TypeName System.ArgumentException -ArgumentList "It belongs to the provider $($provider.Name).")
        }
    } catch {
        $found.Problem = "$Name has to be the path of a file. $($_.Exception.GetBaseException().Message)"
    }
    $found
}
