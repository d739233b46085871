function New-VcdApiToken {
    <#
    .SYNOPSIS
    Creates an API token.

    .DESCRIPTION
    Creates an API token for the user who is signed in, and hands its secret out: as a SecureString in the property
    ApiToken of the object that is returned, or straight into a file with -TokenFile. The server shows the secret this
    once. What is lost can only be revoked (Remove-VcdApiToken).

    The session has to be one with user name and password (Connect-Vcd -Credential), because the server lets sessions
    that came of a token make no tokens. The user needs the right to manage their own API tokens.

    .PARAMETER Name
    The name of the token. It says later what the token is for.

    .PARAMETER TokenFile
    A file to write the token to, readable by you alone, in the format that Connect-Vcd -TokenFile and VMware's Terraform
    provider read. There must be no such file yet.

    .PARAMETER AsPlainText
    Makes the property ApiToken a string. Whoever reads the screen, a transcript or a log in which it lands can act as
    you.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .PARAMETER WhatIf
    Shows which token would be created.

    .PARAMETER Confirm
    Asks before the token is created.

    .INPUTS
    System.Object
    Objects with properties Name and TokenFile.

    .OUTPUTS
    VcdRest.NewApiToken
    The token: id, name, org, and ApiToken or TokenFile.

    .EXAMPLE
    $new = New-VcdApiToken -Name backup
    Set-Secret -Name vcd-backup -SecureStringSecret $new.ApiToken

    Creates a token and puts it into a vault (Microsoft.PowerShell.SecretManagement) without showing it.

    .EXAMPLE
    New-VcdApiToken -Name backup -TokenFile ./backup.json
    Connect-Vcd -Server vcd.example.com -Org Tyrell -TokenFile ./backup.json

    Creates a token in a file, and signs in with it.

    .LINK
    Get-VcdApiToken

    .LINK
    Remove-VcdApiToken

    .LINK
    about_VcdRest_Authentication
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The interop calls it.')]
    [OutputType('VcdRest.NewApiToken')]
    param (
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string] $Name,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [string] $TokenFile,

        [switch] $AsPlainText,

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
        $command = $script:Commands::NewApiToken($PSCmdlet, $PSBoundParameters)
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
