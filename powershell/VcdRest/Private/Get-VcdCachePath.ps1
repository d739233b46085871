# The folder of this user in which the compiled interop is kept; nothing where the account has none.
function Get-VcdCachePath {
    [CmdletBinding()]
    [OutputType([string])]
    param ()

    if ([System.Environment]::OSVersion.Platform -eq 'Win32NT') {
        $base = [System.Environment]::GetFolderPath('LocalApplicationData')
        $name = 'VcdRest'
    } else {
        $base = $env:XDG_CACHE_HOME
        # The XDG specification: a path that is not absolute is to be ignored.
        if (-not $base -or -not [System.IO.Path]::IsPathRooted($base)) {
            $base = if ($env:HOME) { [System.IO.Path]::Combine($env:HOME, '.cache') } else { '' }
        }
        $name = 'vcdrest'
    }
    if ($base -and [System.IO.Path]::IsPathRooted($base)) {
        return [System.IO.Path]::Combine($base, $name)
    }
}
