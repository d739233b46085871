function New-VcdServiceAccount {
    <#
    .SYNOPSIS
    Creates a service account and obtains its token.

    .DESCRIPTION
    Does in one command what takes four steps: registers the account, has it ask for access, grants that, and takes the
    token, straight into a file with -TokenFile or as a SecureString in the property ApiToken. A service account's token
    is replaced each time it is used; with -TokenFile, Connect-Vcd -TokenFile keeps the file up to date.

    With -NoGrant somebody else grants the access: the user code and the address are shown, and the command waits until
    that administrator has used Approve-VcdServiceAccount or the user interface. Ctrl+C ends the wait.

    When a step after the registration fails, or the wait is interrupted, the account is deleted again, and a warning
    says so.

    The session has to be one with user name and password (Connect-Vcd -Credential), and the user needs the right to
    manage service accounts.

    .PARAMETER Name
    The name of the account.

    .PARAMETER Role
    The role that the account has, by its name.

    .PARAMETER SoftwareId
    A UUID that says which software uses the account. Default: a new one.

    .PARAMETER SoftwareVersion
    The version of that software.

    .PARAMETER Uri
    Where the software is described, or found.

    .PARAMETER TenantContext
    The organization to create the account in, for administrators of the provider: its name, its id, or an object that has
    them, such as Get-VcdOrg returns.

    .PARAMETER TokenFile
    A file to write the token to, readable by you alone, in the format that Connect-Vcd -TokenFile and VMware's Terraform
    provider read and rewrite. There must be no such file yet.

    .PARAMETER AsPlainText
    Makes the property ApiToken a string. Whoever reads the screen, a transcript or a log in which it lands can act as the
    account.

    .PARAMETER NoGrant
    Leaves the granting to another administrator, and waits for it.

    .PARAMETER TimeoutSec
    Seconds to wait for the grant with -NoGrant. 0 is a day. Default: half an hour.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .PARAMETER WhatIf
    Shows which account would be created.

    .PARAMETER Confirm
    Asks before the account is created.

    .INPUTS
    None

    .OUTPUTS
    VcdRest.NewServiceAccount
    The account: id, name, role, org, softwareId, UserCode, VerificationUri, and TokenFile or ApiToken.

    .EXAMPLE
    New-VcdServiceAccount -Name backup -Role 'vApp Author' -TokenFile ./backup.json
    Connect-Vcd -Server vcd.example.com -Org Tyrell -TokenFile ./backup.json

    Creates an account in the session's organization, and signs in as it.

    .EXAMPLE
    New-VcdServiceAccount -Name audit -Role 'Organization Administrator' -TenantContext Tyrell -TokenFile ./audit.json -NoGrant

    Creates an account in a tenant's organization, shows the code, and waits for the tenant's administrator.

    .LINK
    Approve-VcdServiceAccount

    .LINK
    Get-VcdServiceAccount

    .LINK
    Remove-VcdServiceAccount

    .LINK
    about_VcdRest_Authentication
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The interop calls it.')]
    [OutputType('VcdRest.NewServiceAccount')]
    param (
        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string] $Name,

        [Parameter(Mandatory = $true, Position = 1)]
        [ValidateNotNullOrEmpty()]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $Role,

        [string] $SoftwareId,

        [string] $SoftwareVersion,

        [string] $Uri,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [object] $TenantContext,

        [string] $TokenFile,

        [switch] $AsPlainText,

        [switch] $NoGrant,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSec = -1,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [object] $Session
    )

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        if (-not $script:HasFormat) {
            Import-VcdFormat
        }
        $command = $script:Commands::NewServiceAccount($PSCmdlet, $PSBoundParameters)
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
