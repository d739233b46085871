function Test-VcdSession {
    <#
    .SYNOPSIS
    Asks the server whether a session is good.

    .DESCRIPTION
    Returns $true when the server answers a request of this session, after renewing it if need be, and $false when there
    is no session (with the server that is named), when it was disconnected, when the server refuses it, and when the server cannot be reached. -Verbose
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
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $Session
    )

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        $command = $script:Commands::Test($PSCmdlet, $PSBoundParameters)
        $preferences = $command.Preferences
        if ($null -ne $preferences) {
            $ErrorActionPreference, $WarningPreference, $VerbosePreference, $ProgressPreference, $WhatIfPreference, $ConfirmPreference = $preferences
        }
        try {
            while ($command.Next()) {
                $command.Output
            }
        } finally {
            $command.Dispose()
        }
        if ($null -ne $command.Error) {
            $PSCmdlet.ThrowTerminatingError($command.Error)
        }
    }
}
