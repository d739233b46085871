# What to do about a file that Windows has marked as coming from the internet; nothing where it has not.
function Get-VcdBlockedAdvice {
    [CmdletBinding()]
    [OutputType([string])]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Path
    )

    if ([System.Environment]::OSVersion.Platform -eq 'Win32NT' -and (Get-Content -LiteralPath $Path -Stream Zone.Identifier -ErrorAction Ignore)) {
        return "Windows has marked it as coming from the internet: run Get-ChildItem -LiteralPath '$script:ModuleRoot' -Recurse | Unblock-File, and start a new PowerShell."
    }
}
