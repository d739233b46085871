function Approve-VcdServiceAccount {
    <#
    .SYNOPSIS
    Grants a service account the access that it asks for, or denies it.

    .DESCRIPTION
    Whoever sets a service account up gets a user code, from New-VcdServiceAccount -NoGrant or from the program that will
    use the account, and gives it to an administrator. With this command the administrator grants the access; the waiting
    program then gets its token.

    The session has to be one with user name and password (Connect-Vcd -Credential).

    .PARAMETER UserCode
    The code that the person or program shows, in any case, with a blank or nothing in place of the hyphen.

    .PARAMETER Deny
    Refuses the access instead of granting it.

    .PARAMETER TenantContext
    The organization that the account belongs to, for administrators of the provider: its name, its id, or an object that
    has them, such as Get-VcdOrg returns.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .PARAMETER WhatIf
    Shows what would be granted or denied.

    .PARAMETER Confirm
    Asks before each code.

    .INPUTS
    System.Object
    Codes, or objects with a property UserCode.

    .OUTPUTS
    None

    .EXAMPLE
    Approve-VcdServiceAccount -UserCode BCDF-GHJK

    Grants the access.

    .EXAMPLE
    Approve-VcdServiceAccount -UserCode BCDF-GHJK -TenantContext Tyrell -Deny

    Denies it to an account of a tenant, as the provider.

    .LINK
    New-VcdServiceAccount

    .LINK
    about_VcdRest_Authentication
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The interop calls it.')]
    [OutputType([void])]
    param (
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string] $UserCode,

        [switch] $Deny,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $TenantContext,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $Session
    )

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        $command = $script:Commands::ApproveServiceAccount($PSCmdlet, $PSBoundParameters)
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
