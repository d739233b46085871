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
    [OutputType('VcdRest.NewServiceAccount')]
    param (
        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string] $Name,

        [Parameter(Mandatory = $true, Position = 1)]
        [ValidateNotNullOrEmpty()]
        [string] $Role,

        [string] $SoftwareId,

        [string] $SoftwareVersion,

        [string] $Uri,

        [object] $TenantContext,

        [string] $TokenFile,

        [switch] $AsPlainText,

        [switch] $NoGrant,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSec = -1,

        [object] $Session
    )

    . $script:UseCallerPreference
    $current = Resolve-VcdSession -Session $Session -Cmdlet $PSCmdlet
    $file = $null
    if ($PSBoundParameters.ContainsKey('TokenFile')) {
        $path = Resolve-VcdFilePath -Path $TokenFile -Name '-TokenFile' -Cmdlet $PSCmdlet
        $file = $path.Path
        $wrong = $path.Problem
        # Before anything is made on the server.
        if (-not $wrong -and [System.IO.File]::Exists($file)) {
            $wrong = "There is a file '$file' already. A token of its own may be in it: choose another name, or remove it."
        }
        if ($wrong) {
            $PSCmdlet.ThrowTerminatingError($script:FailureType::Record($script:FailureType::Argument($wrong), $Name))
        }
    }
    $tenant = ConvertTo-VcdTenant -Org $TenantContext -Session $current
    if (-not $PSCmdlet.ShouldProcess("$current", "Create service account '$Name'$(if ($tenant) { " in $tenant" })")) {
        return
    }

    $account = $null
    $kept = $false
    $secret = $null
    $call = $null
    try {
        $about = @{ Name = $Name; Role = $Role; SoftwareId = $SoftwareId; SoftwareVersion = $SoftwareVersion; ClientUri = $Uri; TenantContext = $tenant }
        $call = $current.Operate('CreateServiceAccount', "Service account '$Name'", $about)
        Complete-VcdCall -Call $call
        $account = if (-not $call.Failure) { $call.ReadContent() }
        if ($call.Failure) {
            $PSCmdlet.ThrowTerminatingError($call.ErrorRecord)
        }
        $script:SeenRole[$Role] = $true
        # Where it is registered, by name: that is what the next steps want.
        $orgName = if ($tenant) { $account.org }

        $call.Dispose()
        $call = $current.Operate('AuthorizeServiceAccount', "Service account '$Name'", @{ Id = $account.id; TenantContext = $orgName })
        Complete-VcdCall -Call $call
        $deviceCode = $null
        $asked = if (-not $call.Failure) { $call.ReadContent('device_code', [ref]$deviceCode) }
        if ($call.Failure) {
            $PSCmdlet.ThrowTerminatingError($call.ErrorRecord)
        }

        if ($NoGrant) {
            # Before the wait, and for people: the object comes after it.
            $text = "An administrator has to grant the service account '$Name' access: Approve-VcdServiceAccount -UserCode $($asked.user_code), or in a browser at $($asked.verification_uri). Waiting."
            Write-Information -MessageData $text -InformationAction Continue
        } else {
            $call.Dispose()
            $call = $current.Begin((New-VcdDeviceRequest -Action grant -UserCode $asked.user_code -Tenant $tenant))
            Complete-VcdCall -Call $call
            if ($call.Failure) {
                $PSCmdlet.ThrowTerminatingError($call.ErrorRecord)
            }
        }

        $call.Dispose()
        $wait = @{ Id = $account.id; DeviceCode = $deviceCode; TenantContext = $orgName; TokenFile = $file; TimeoutMs = if ($TimeoutSec -eq 0) { 86400000 } else { $TimeoutSec * 1000 } }
        if ($asked.PSObject.Properties['interval'] -and $asked.interval -gt 0) {
            $wait['PollIntervalMs'] = 1000 * $asked.interval
        }
        $call = $current.Operate('ActivateServiceAccount', "Service account '$Name'", $wait)
        Complete-VcdCall -Call $call
        $made = if (-not $call.Failure) { $call.ReadContent('refresh_token', [ref]$secret) }
        if ($call.Failure) {
            # Its token exists, and the error says where.
            $kept = $call.Failure.Code -eq 'VCD_ERR_TOKEN_NOT_SAVED'
            $PSCmdlet.ThrowTerminatingError($call.ErrorRecord)
        }
        $kept = $true
        $shown = [pscustomobject]@{
            PSTypeName      = 'VcdRest.NewServiceAccount'
            id              = $account.id
            name            = $Name
            role            = [pscustomobject]@{ name = $Role }
            org             = [pscustomobject]@{ name = $made.org }
            softwareId      = $account.software_id
            UserCode        = $asked.user_code
            VerificationUri = $asked.verification_uri
        }
        Add-VcdNewSecret -InputObject $shown -Secret $secret -TokenFile $file -AsPlainText:$AsPlainText
        $shown
    } finally {
        if ($call) {
            $call.Dispose()
        }
        if ($account -and -not $kept) {
            Remove-VcdUnfinishedAccount -Session $current -Account $account -Tenant $tenant
        }
    }
}
