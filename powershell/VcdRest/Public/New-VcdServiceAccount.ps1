function New-VcdServiceAccount {
    <#
    .SYNOPSIS
    Creates a service account and obtains its token, or obtains a new token for one that is there.

    .DESCRIPTION
    Does in one command what takes four steps: registers the account, has it ask for access, grants that, and takes the
    token, straight into a file with -TokenFile or as a SecureString in the property ApiToken. A service account's token
    is replaced each time it is used; with -TokenFile, Connect-Vcd -TokenFile keeps the file up to date.

    With -NoGrant somebody else grants the access: the user code and the address are shown, and the command waits until
    that administrator has used Approve-VcdServiceAccount or the user interface. Ctrl+C ends the wait.

    When a step after the registration fails, or the wait is interrupted, the account is deleted again, and a warning
    says so.

    With -Id an account that is there gets a new token, such as one whose token was lost or used from two places. It keeps
    its id, its name and its role. One that has access (ACTIVE) loses it first, and what uses its old token ends. When a
    step fails, the account stays, and a warning says that it has no access.

    The session has to be one with user name and password (Connect-Vcd -Credential), and the user needs the right to
    manage service accounts.

    .PARAMETER Name
    The name of the account.

    .PARAMETER Role
    The role that the account has, by its name.

    .PARAMETER Id
    The id of a service account that is there, as UUID or as urn:vcloud:serviceAccount:UUID: it is authorized anew.

    .PARAMETER SoftwareId
    A UUID that says which software uses the account. Default: a new one.

    .PARAMETER SoftwareVersion
    The version of that software.

    .PARAMETER Uri
    Where the software is described, or found.

    .PARAMETER TenantContext
    The organization of the account, for administrators of the provider: its name, its id, or an object that has them, such
    as Get-VcdOrg returns. Accounts from Get-VcdServiceAccount bring it with them.

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
    Shows which account would be created, or authorized anew.

    .PARAMETER Confirm
    Asks before the account is created, or loses its access.

    .INPUTS
    System.Object
    Objects with a property Id, such as Get-VcdServiceAccount returns, or with properties Name, Role, TokenFile and so on,
    such as Import-Csv returns.

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

    .EXAMPLE
    Get-VcdServiceAccount -Name backup | New-VcdServiceAccount -TokenFile ./backup.json

    Gives an account whose token was lost a new one. Add -Confirm to be asked before it loses the access that it has.

    .EXAMPLE
    Import-Csv -Path accounts.csv | New-VcdServiceAccount

    Creates an account for each line, whose columns are Name, Role and TokenFile.

    .LINK
    Approve-VcdServiceAccount

    .LINK
    Get-VcdServiceAccount

    .LINK
    Remove-VcdServiceAccount

    .LINK
    about_VcdRest_Authentication
    #>
    # Objects that have an id are accounts, and only others may be taken for new ones.
    [CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'Authorize')]
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The interop calls it.')]
    [OutputType('VcdRest.NewServiceAccount')]
    param (
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Create', ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string] $Name,

        [Parameter(Mandatory = $true, Position = 1, ParameterSetName = 'Create', ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $Role,

        [Parameter(Mandatory = $true, ParameterSetName = 'Authorize', ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string] $Id,

        [Parameter(ParameterSetName = 'Create', ValueFromPipelineByPropertyName = $true)]
        [string] $SoftwareId,

        [Parameter(ParameterSetName = 'Create', ValueFromPipelineByPropertyName = $true)]
        [string] $SoftwareVersion,

        [Parameter(ParameterSetName = 'Create', ValueFromPipelineByPropertyName = $true)]
        [string] $Uri,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('org')]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $TenantContext,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [string] $TokenFile,

        [switch] $AsPlainText,

        [switch] $NoGrant,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSec = -1,

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
            $command.Forget($given)
        }
        if ($null -ne $command.Error) {
            $PSCmdlet.ThrowTerminatingError($command.Error)
        }
    }
}
