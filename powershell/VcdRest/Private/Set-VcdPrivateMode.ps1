# Takes what others may do to a file or folder away, where permissions are bits. On Windows the user's folders are
# private already, and what is made in them inherits that.
function Set-VcdPrivateMode {
    [CmdletBinding()]
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'The commands that use it decide.')]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Path,

        [switch] $Executable
    )

    # Since .NET 7; before that the umask decides, and Get-VcdPathProblem looks at what came of it.
    if ([System.Environment]::OSVersion.Platform -ne 'Win32NT' -and [System.IO.File].GetMember('SetUnixFileMode').Count -gt 0) {
        $mode = if ($Executable) { 'UserRead, UserWrite, UserExecute' } else { 'UserRead, UserWrite' }
        [System.IO.File]::SetUnixFileMode($Path, $mode)
    }
}
