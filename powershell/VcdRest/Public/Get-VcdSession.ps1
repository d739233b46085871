function Get-VcdSession {
    <#
    .SYNOPSIS
    Lists the sessions of this runspace.

    .DESCRIPTION
    Returns the sessions that Connect-Vcd made in this runspace and that were not disconnected, oldest first. Nothing is
    asked of the server; Test-VcdSession does that. No member of a session shows its token; Get-VcdAccessToken returns it.

    .PARAMETER Server
    Only sessions with this server: its name or address, with or without port. Wildcards are allowed.

    .INPUTS
    None

    .OUTPUTS
    VcdRest.Abi1.Session
    The sessions.

    .EXAMPLE
    Get-VcdSession

    Lists all sessions. The column Default marks the one that commands use without -Session.

    .EXAMPLE
    Get-VcdSession -Server *.example.com | Disconnect-Vcd

    Ends the sessions with all servers of a domain.

    .LINK
    Connect-Vcd

    .LINK
    Test-VcdSession
    #>
    [CmdletBinding()]
    [OutputType('VcdRest.Abi1.Session')]
    param (
        [Parameter(Position = 0)]
        [SupportsWildcards()]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $Server = '*'
    )

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        if (-not $script:HasFormat) {
            Import-VcdFormat
        }
        $command = $script:Commands::ListSessions($PSCmdlet, $PSBoundParameters)
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
