# Makes a folder that only this user can enter.
function New-VcdPrivateFolder {
    [CmdletBinding()]
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'The commands that use it decide.')]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Path
    )

    $null = [System.IO.Directory]::CreateDirectory($Path)
    Set-VcdPrivateMode -Path $Path -Executable
}
