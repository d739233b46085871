function Get-VcdServiceAccount {
    <#
    .SYNOPSIS
    Lists service accounts.

    .DESCRIPTION
    Returns the service accounts of the session's organization, or of another one with -TenantContext, ordered by name,
    with role and status: CREATED, REQUESTED (it has asked for access), GRANTED, ACTIVE (it has its token). Who may only
    see them in part gets some properties empty.

    .PARAMETER Name
    Names of service accounts. Wildcards are allowed. A name without wildcards that is not found is an error.

    .PARAMETER Id
    Ids of service accounts, as UUID or as urn:vcloud:serviceAccount:UUID.

    .PARAMETER TenantContext
    The organization whose accounts are meant, for administrators of the provider: its name, its id, or an object that has
    them, such as Get-VcdOrg returns. System means the provider's own. A script block is evaluated for each object from the
    pipeline, which is $_ in it. Organizations from the pipeline (Get-VcdOrg) are taken without further ado, and each
    account then has the organization's name in a property TenantContext.

    .PARAMETER InputObject
    What comes through the pipeline: an organization to act in, or an object with an id.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .INPUTS
    System.Object
    Organizations, and objects with a property id.

    .OUTPUTS
    VcdRest.ServiceAccount
    Service accounts: id, name, status, role, org, softwareId, softwareVersion, uri.

    .EXAMPLE
    Get-VcdServiceAccount | Where-Object { $_.status -ne 'ACTIVE' }

    Lists the accounts that have no token yet.

    .EXAMPLE
    Get-VcdServiceAccount -Name backup* -TenantContext Tyrell

    Lists accounts of a tenant, as the provider.

    .EXAMPLE
    Get-VcdOrg | Get-VcdServiceAccount | Format-Table TenantContext, name, status

    Lists the accounts of all organizations, as the provider.

    .LINK
    New-VcdServiceAccount

    .LINK
    Remove-VcdServiceAccount
    #>
    [CmdletBinding(DefaultParameterSetName = 'Name')]
    [OutputType('VcdRest.ServiceAccount')]
    param (
        [Parameter(Position = 0, ParameterSetName = 'Name')]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]] $Name,

        [Parameter(Mandatory = $true, ParameterSetName = 'Id', ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string[]] $Id,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $TenantContext,

        [Parameter(ValueFromPipeline = $true)]
        [System.Object] $InputObject,

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
        if (-not $script:HasFormat) {
            Import-VcdFormat
        }
        $command = $script:Commands::ServiceAccounts($PSCmdlet, $PSBoundParameters)
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
