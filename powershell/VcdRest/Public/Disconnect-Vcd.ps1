function Disconnect-Vcd {
    <#
    .SYNOPSIS
    Ends a session and forgets its tokens.

    .DESCRIPTION
    A session that Connect-Vcd opened with an API token is ended on the server. One whose access token came from
    elsewhere belongs to somebody else: it is only forgotten here, unless -SignOut is given. The API token itself stays
    valid on the server.

    When the server cannot be reached, the session is forgotten all the same, and -Verbose says so. It is no error to
    disconnect twice, or when there is no session.

    .PARAMETER Session
    The sessions to end, or names of their servers. Default: the default session.

    .PARAMETER SignOut
    Ends the session on the server even if its access token came from elsewhere.

    .PARAMETER WhatIf
    Shows which session would be ended.

    .PARAMETER Confirm
    Asks before each session.

    .INPUTS
    VcdRest.Abi1.Session
    Sessions, as Connect-Vcd and Get-VcdSession return them.

    .OUTPUTS
    None

    .EXAMPLE
    Disconnect-Vcd

    Ends the default session.

    .EXAMPLE
    Get-VcdSession | Disconnect-Vcd

    Ends all sessions of this runspace.

    .LINK
    Connect-Vcd

    .LINK
    Get-VcdSession
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Position = 0, ValueFromPipeline = $true)]
        [object[]] $Session,

        [switch] $SignOut
    )

    begin {
        . $script:UseCallerPreference
        if ($null -eq $script:SessionType) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
    }

    process {
        $targets = if ($PSBoundParameters.ContainsKey('Session')) {
            foreach ($one in $Session) {
                Resolve-VcdSession -Session $one -Cmdlet $PSCmdlet
            }
        } else {
            $script:SessionType::Current
        }
        if (-not $targets) {
            Write-Verbose 'There is no session to end.'
        }
        foreach ($target in $targets) {
            if (-not $PSCmdlet.ShouldProcess("$target", 'End the session')) {
                continue
            }
            $call = $null
            try {
                if ($target.IsConnected -and ($SignOut -or $target.IsOwn())) {
                    $call = $target.SignOut()
                    Complete-VcdCall -Call $call
                    if ($call.Failure) {
                        Write-Verbose "The session could not be ended on the server; it is forgotten here. $($call.Failure.Message)"
                    }
                } else {
                    Write-Verbose "The session with $($target.Server) is forgotten here and goes on at the server, or has ended already."
                }
            } finally {
                if ($call) {
                    $call.Dispose()
                }
                $target.Close()
            }
        }
    }
}
