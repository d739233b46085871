function Remove-VcdServiceAccount {
    <#
    .SYNOPSIS
    Deletes service accounts.

    .DESCRIPTION
    Deletes service accounts and waits until the server has done so. Their sessions end, and their tokens are of no use
    any more. It asks before each one, unless -Confirm:$false is given.

    The session has to be one with user name and password (Connect-Vcd -Credential).

    .PARAMETER Id
    Ids of service accounts, as UUID or as urn:vcloud:serviceAccount:UUID.

    .PARAMETER TenantContext
    The organization that the account belongs to, for administrators of the provider: its name, its id, or an object that
    has them. Accounts from Get-VcdServiceAccount bring it with them.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .PARAMETER WhatIf
    Shows which accounts would be deleted.

    .PARAMETER Confirm
    Asks before each account, which is the default.

    .INPUTS
    System.Object
    Ids, or objects with a property id, such as Get-VcdServiceAccount returns.

    .OUTPUTS
    None

    .EXAMPLE
    Get-VcdServiceAccount -Name backup | Remove-VcdServiceAccount

    Deletes an account by its name.

    .EXAMPLE
    Get-VcdServiceAccount | Where-Object { $_.status -eq 'CREATED' } | Remove-VcdServiceAccount -Confirm:$false

    Deletes the accounts that never asked for access.

    .LINK
    Get-VcdServiceAccount

    .LINK
    New-VcdServiceAccount
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
        $command = $script:Commands::RemoveServiceAccount($PSCmdlet, $PSBoundParameters, $_)
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
