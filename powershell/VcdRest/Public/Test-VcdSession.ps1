function Test-VcdSession {
    <#
    .SYNOPSIS
    Asks the server whether a session is good.

    .DESCRIPTION
    Returns $true when the server answers a request of this session, after renewing it if need be, and $false when there
    is no session, when it was disconnected, when the server refuses it, and when the server cannot be reached. -Verbose
    says which. It writes no error for these, so that it can stand in a condition.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .INPUTS
    VcdRest.Abi1.Session
    A session, as Connect-Vcd and Get-VcdSession return it.

    .OUTPUTS
    System.Boolean

    .EXAMPLE
    if (-not (Test-VcdSession)) { Connect-Vcd -Server vcd.example.com -Org Tyrell }

    Signs in where that is needed.

    .EXAMPLE
    Get-VcdSession | Where-Object { -not (Test-VcdSession -Session $_) } | Disconnect-Vcd

    Forgets the sessions that are no longer good.

    .LINK
    Connect-Vcd

    .LINK
    Get-VcdSession
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param (
        [Parameter(Position = 0, ValueFromPipeline = $true)]
        [object] $Session
    )

    begin {
        . $script:UseCallerPreference
        if ($null -eq $script:SessionType) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
    }

    process {
        if ($null -eq $Session -and $null -eq $script:SessionType::Current) {
            Write-Verbose 'There is no session.'
            $false
            return
        }
        $current = Resolve-VcdSession -Session $Session -Cmdlet $PSCmdlet
        $good = $false
        $call = $null
        try {
            $call = $current.Start($script:RequestType::new('GET', '/cloudapi/1.0.0/sessions/current'))
            Complete-VcdCall -Call $call
            $good = -not $call.Failure
            if (-not $good) {
                Write-Verbose $call.Failure.Message
            }
        } finally {
            if ($call) {
                $call.Dispose()
            }
        }
        $good
    }
}
