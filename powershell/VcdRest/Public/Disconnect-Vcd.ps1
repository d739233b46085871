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
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The interop calls it.')]
    param (
        [Parameter(Position = 0, ValueFromPipeline = $true)]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object[]] $Session,

        [switch] $SignOut
    )

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        $command = $script:Commands::Disconnect($PSCmdlet, $PSBoundParameters)
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
