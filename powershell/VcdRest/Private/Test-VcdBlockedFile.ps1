# Whether Windows has noted that a file was downloaded.
function Test-VcdBlockedFile {
    [CmdletBinding()]
    [OutputType([bool])]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Path
    )

    if ([System.Environment]::OSVersion.Platform -ne 'Win32NT') {
        return $false
    }
    try {
        return $null -ne (Get-Item -LiteralPath $Path -Stream 'Zone.Identifier' -ErrorAction Stop)
    } catch {
        return $false
    }
}
