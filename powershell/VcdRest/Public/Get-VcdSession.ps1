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
        [string] $Server = '*'
    )

    . $script:UseCallerPreference
    if ($null -eq $script:SessionType) {
        Initialize-VcdInterop -Cmdlet $PSCmdlet
    }
    Find-VcdSession -Server $Server
}
