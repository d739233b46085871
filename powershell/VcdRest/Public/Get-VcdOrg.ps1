function Get-VcdOrg {
    <#
    .SYNOPSIS
    Gets organizations.

    .DESCRIPTION
    Returns every organization that the session may see, ordered by name, as the server describes them. All pages are
    fetched, up to eight at a time, and given out in order as they arrive. Select-Object -First ends the fetching.

    A tenant sees its own organization, the provider sees all.

    .PARAMETER Name
    Names of organizations. Wildcards are allowed. A name without wildcards that is not found is an error.

    .PARAMETER Id
    Ids of organizations, as UUID or as urn:vcloud:org:UUID. Where an object from the pipeline has an id and a name, the
    id decides.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .INPUTS
    System.String
    Names of organizations.

    .INPUTS
    System.Object
    Objects with a property id or name.

    .OUTPUTS
    System.Object
    Organizations: id, name, displayName, description, isEnabled, counts and so on.

    .EXAMPLE
    Get-VcdOrg | Format-Table name, displayName, userCount, runningVMCount

    Lists all organizations.

    .EXAMPLE
    Get-VcdOrg -Name T*, Wallace

    Gets the organizations whose names begin with T, and Wallace.

    .EXAMPLE
    Get-VcdOrg -Name Tyrell | ForEach-Object { Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/users -TenantContext $_ }

    Asks for something in the context of an organization, as an administrator of the provider.

    .LINK
    Connect-Vcd

    .LINK
    Invoke-VcdRestMethod
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param (
        [Parameter(Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string[]] $Name,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string[]] $Id,

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
        $command = $script:Commands::Org($PSCmdlet, $PSBoundParameters)
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
