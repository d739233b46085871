# Asks for the API token without showing it. Nothing where nobody can be asked.
function Get-VcdSecretInput {
    [CmdletBinding()]
    [OutputType([System.Security.SecureString])]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Prompt
    )

    # A console whose input is a file or a pipe has nobody in front of it.
    if ($Host.Name -eq 'ConsoleHost' -and [System.Console]::IsInputRedirected) {
        return
    }
    try {
        $secret = Read-Host -AsSecureString -Prompt $Prompt
        if ($secret.Length -gt 0) {
            return $secret
        }
    } catch {
        # PowerShell was started with -NonInteractive, or the host cannot ask.
        Write-Verbose -Message $_.Exception.Message
    }
}
