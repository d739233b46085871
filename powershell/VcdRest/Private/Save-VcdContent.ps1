# Saves the body of an answer: to a file beside the one that is meant, which then takes its place.
function Save-VcdContent {
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object] $Call,

        [Parameter(Mandatory = $true)]
        [string] $Path,

        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    $target = $Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
    $part = "$target.$([System.Guid]::NewGuid().ToString('N')).part"
    $problem = $null
    try {
        [System.IO.File]::WriteAllBytes($part, $Call.ReadBytes())
        if ([System.IO.File]::Exists($target)) {
            [System.IO.File]::Replace($part, $target, [System.Management.Automation.Language.NullString]::Value)
        } else {
            [System.IO.File]::Move($part, $target)
        }
    } catch {
        $text = "The answer cannot be saved to '$target': $($_.Exception.GetBaseException().Message)"
        $problem = New-VcdErrorRecord -Message $text -Id 'VcdFileNotWritten' -Category WriteError -Target $target
    } finally {
        if ([System.IO.File]::Exists($part)) {
            [System.IO.File]::Delete($part)
        }
    }
    if ($problem) {
        $Cmdlet.ThrowTerminatingError($problem)
    }
}
