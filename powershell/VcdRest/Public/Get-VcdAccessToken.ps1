function Get-VcdAccessToken {
    <#
    .SYNOPSIS
    Returns the access token of a session, for another tool.

    .DESCRIPTION
    Returns the bearer token with which the session's requests are sent, as a SecureString. It is good until the time that
    the session shows as ExpiresAt, or until the server ends the session; the module renews its own by itself, but not the
    copy that was handed out.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .PARAMETER AsPlainText
    Returns a string. Whoever reads the screen, a transcript or a log in which it lands can act as you.

    .INPUTS
    VcdRest.Abi1.Session
    A session, as Connect-Vcd and Get-VcdSession return it.

    .OUTPUTS
    System.Security.SecureString

    .OUTPUTS
    System.String
    With -AsPlainText.

    .EXAMPLE
    $access = Get-VcdAccessToken
    Connect-Vcd -Server vcd.example.com -AccessToken $access -NotDefault

    Makes a second session out of the first one's token.

    .EXAMPLE
    Connect-CIServer -Server vcd.example.com -SessionId "Bearer $(Get-VcdAccessToken -AsPlainText)"

    Hands the session over to VMware PowerCLI, which wants the token as text.

    .LINK
    Connect-Vcd

    .LINK
    about_VcdRest
    #>
    [CmdletBinding()]
    [OutputType([System.Security.SecureString], [string])]
    param (
        [Parameter(Position = 0, ValueFromPipeline = $true)]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $Session,

        [switch] $AsPlainText
    )

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        $command = $script:Commands::AccessToken($PSCmdlet, $PSBoundParameters)
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
