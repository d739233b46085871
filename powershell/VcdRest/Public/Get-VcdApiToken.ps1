function Get-VcdApiToken {
    <#
    .SYNOPSIS
    Lists API tokens.

    .DESCRIPTION
    Returns your API tokens, or with -AllUsers those of everybody whose tokens you may see, ordered by name, with owner
    and organization. The secrets are not among what the server tells.

    The session has to be one with user name and password (Connect-Vcd -Credential), because the server shows sessions
    that came of a token no tokens.

    .PARAMETER Name
    Names of tokens. Wildcards are allowed. A name without wildcards that is not found is an error.

    .PARAMETER Id
    Ids of tokens, as UUID or as urn:vcloud:token:UUID.

    .PARAMETER AllUsers
    Lists the tokens of other users as well. That takes the right to manage all users' API tokens.

    .PARAMETER TenantContext
    The organization whose tokens are meant, for administrators of the provider: its name, its id, or an object that has
    them, such as Get-VcdOrg returns. It implies -AllUsers. System means the provider's own. A script block is evaluated
    for each object from the pipeline, which is $_ in it. Organizations from the pipeline (Get-VcdOrg) are taken without
    further ado, and each token then has the organization's name in a property TenantContext.

    .PARAMETER InputObject
    What comes through the pipeline: an organization to act in, or an object with an id.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .INPUTS
    System.Object
    Organizations, and objects with a property id.

    .OUTPUTS
    VcdRest.ApiToken
    Tokens: id, name, owner, org, expirationTimeUtc.

    .EXAMPLE
    Get-VcdApiToken

    Lists your own tokens.

    .EXAMPLE
    Get-VcdOrg | Get-VcdApiToken | Export-Csv -Path tokens.csv

    Lists the tokens of all users of all organizations, as the provider.

    .EXAMPLE
    Get-VcdApiToken -Name old-* | Remove-VcdApiToken

    Revokes the tokens whose names begin with old-, and asks before each.

    .LINK
    New-VcdApiToken

    .LINK
    Remove-VcdApiToken
    #>
    [CmdletBinding(DefaultParameterSetName = 'Name')]
    [OutputType('VcdRest.ApiToken')]
    param (
        [Parameter(Position = 0, ParameterSetName = 'Name')]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]] $Name,

        [Parameter(Mandatory = $true, ParameterSetName = 'Id', ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string[]] $Id,

        [Parameter(ParameterSetName = 'Name')]
        [switch] $AllUsers,

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
        $command = $script:Commands::ApiTokens($PSCmdlet, $PSBoundParameters)
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
