function Remove-VcdApiToken {
    <#
    .SYNOPSIS
    Revokes API tokens.

    .DESCRIPTION
    Revokes API tokens, your own, or with the right to manage all users' API tokens those of others. Nobody can sign in
    with them any more. It asks before each one, unless -Confirm:$false is given.

    The session has to be one with user name and password (Connect-Vcd -Credential).

    .PARAMETER Id
    Ids of tokens, as UUID or as urn:vcloud:token:UUID.

    .PARAMETER TenantContext
    The organization that the token belongs to, for administrators of the provider: its name, its id, or an object that
    has them. Tokens from Get-VcdApiToken bring it with them.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .PARAMETER WhatIf
    Shows which tokens would be revoked.

    .PARAMETER Confirm
    Asks before each token, which is the default.

    .INPUTS
    System.Object
    Ids, or objects with a property id, such as Get-VcdApiToken returns.

    .OUTPUTS
    None

    .EXAMPLE
    Get-VcdApiToken -Name backup | Remove-VcdApiToken

    Revokes one of your tokens by its name.

    .EXAMPLE
    Get-VcdApiToken -AllUsers | Where-Object { $_.owner.name -eq 'leon' } | Remove-VcdApiToken -Confirm:$false

    Revokes all tokens of a user who has left.

    .LINK
    Get-VcdApiToken

    .LINK
    New-VcdApiToken
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The interop calls it.')]
    [OutputType([void])]
    param (
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [string[]] $Id,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('org')]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $TenantContext,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $Session
    )

    begin {
        $given = @($PSBoundParameters.Keys)
    }

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        $command = $script:Commands::RemoveApiToken($PSCmdlet, $PSBoundParameters, $_)
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
            $command.Forget($given)
        }
        if ($null -ne $command.Error) {
            $PSCmdlet.ThrowTerminatingError($command.Error)
        }
    }
}
