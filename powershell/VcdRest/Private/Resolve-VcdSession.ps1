# The session that a command is to use: the one given, one of this runspace by its server's name, or the default one.
function Resolve-VcdSession {
    [CmdletBinding()]
    param (
        [AllowNull()]
        [object] $Session,

        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    if ($null -eq $script:SessionType) {
        Initialize-VcdInterop -Cmdlet $Cmdlet
    }
    if ($null -eq $Session) {
        $current = $script:SessionType::Current
        if ($null -ne $current) {
            return $current
        }
        $problem = $script:FailureType::NotConnected('There is no session. Use Connect-Vcd first, or give one with -Session; in ForEach-Object -Parallel that is -Session $using:session.')
        $Cmdlet.ThrowTerminatingError($script:FailureType::Record($problem, $null))
    }
    if ($Session -is $script:SessionType) {
        return $Session
    }
    if ($Session -is [string]) {
        $found = @(Find-VcdSession -Server $Session)
        if ($found.Count -gt 1) {
            $default = @($found | Where-Object -FilterScript { $_.Default })
            if ($default.Count -eq 1) {
                $found = $default
            }
        }
        if ($found.Count -eq 1) {
            return $found[0]
        }
        $text = if ($found.Count -eq 0) {
            "There is no session with '$Session' in this runspace. Get-VcdSession lists those that there are; Connect-Vcd makes one."
        } else {
            "There are $($found.Count) sessions with '$Session'. Give the session itself: Get-VcdSession lists them, Connect-Vcd returned them."
        }
        $Cmdlet.ThrowTerminatingError($script:FailureType::Record($script:FailureType::NotConnected($text), $Session))
    }
    $kind = $Session.PSObject.TypeNames[0]
    $text = if ($kind -like 'Deserialized.VcdRest.*.Session') {
        'This session comes from another process (Start-Job, remoting, Import-Clixml), and what it was connected with stayed there. Use Connect-Vcd in this process; Start-ThreadJob and ForEach-Object -Parallel can use a session as it is ($using:session).'
    } elseif ($kind -like 'VcdRest.*.Session') {
        'This session was made by another version of the module. Start a new PowerShell, and use Connect-Vcd again.'
    } else {
        "A session or the name of its server is needed for -Session, and this is a $kind."
    }
    $Cmdlet.ThrowTerminatingError($script:FailureType::Record($script:FailureType::Argument($text), $kind))
}
