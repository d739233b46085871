# What tells one source of the interop from another, in a module that was not staged.
function Get-VcdInteropDigest {
    [CmdletBinding()]
    [OutputType([string])]
    param ()

    $hash = [System.Security.Cryptography.SHA256]::Create()
    try {
        $digest = $hash.ComputeHash([System.Text.Encoding]::UTF8.GetBytes((Get-VcdInteropSource)))
        return [System.BitConverter]::ToString($digest).Replace('-', '').ToLowerInvariant()
    } finally {
        $hash.Dispose()
    }
}
