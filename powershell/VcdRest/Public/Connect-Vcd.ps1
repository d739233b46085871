function Connect-Vcd {
    <#
    .SYNOPSIS
    Signs in to VMware Cloud Director.

    .DESCRIPTION
    Exchanges an API token for a session, or a token from a file, or a user's name and password, or takes over an access
    token that was obtained elsewhere, and returns the session. The commands of this module use it from then on, unless
    -NotDefault is given. The API token is kept in memory; when the session ends, the next request opens a new one by
    itself.

    What is not given as a parameter is taken from environment variables, which have the names that VMware's Terraform
    provider uses: VCD_URL, VCD_SYS_ORG or VCD_ORG, VCD_ALLOW_UNVERIFIED_SSL, and the first that is there of
    VCD_SA_TOKEN_FILE, VCD_API_TOKEN_FILE, VCD_API_TOKEN, VCD_TOKEN (an access token), and VCD_USER with VCD_PASSWORD. A
    credential that is given as a parameter switches off all those of the environment. -Verbose says what came from
    where. Without any credential, an interactive PowerShell asks for the API token.

    The runspace's default session is cleared before anything is tried: a script that goes on after an error does not
    reach yesterday's server.

    Tokens are secrets. What is typed on a command line stays in PowerShell's history and in the error records of the
    failing line, so give them in variables, as a SecureString, or by the environment.

    .PARAMETER Server
    The server: a name, a URL, or an address pasted from the browser. The organization in https://host/tenant/acme or
    https://host/provider is used where -Org is not given. Default: the environment variable VCD_URL.

    .PARAMETER Org
    The short name of the organization, as it stands in the address of the user interface after /tenant/. System stands
    for the provider. Default: the one in the address, then the environment variables VCD_SYS_ORG and VCD_ORG.

    .PARAMETER ApiToken
    The API token that was made in the user interface (User preferences, API Tokens), as a SecureString or a string.
    Default: the environment variable VCD_API_TOKEN.

    .PARAMETER TokenFile
    A file with an API token or a service account's, as New-VcdApiToken, New-VcdServiceAccount and VMware's Terraform
    provider write it. A service account's token is replaced each time it is used, and the new one is in the file before
    it is needed: the file has to be writable. Default: the environment variables VCD_SA_TOKEN_FILE and
    VCD_API_TOKEN_FILE.

    .PARAMETER AccessToken
    An access token that was obtained elsewhere, as a SecureString or a string. It cannot be renewed. Default: the
    environment variable VCD_TOKEN.

    .PARAMETER Credential
    A user's name and password. Only such a session may manage API tokens and service accounts. A user name alone makes
    PowerShell ask for the password. The organization in a name such as roy@Tyrell is used where nothing else names one.
    Default: the environment variables VCD_USER and VCD_PASSWORD.

    .PARAMETER ApiVersion
    The API version to ask for, such as 37.2. Default: the newest one that is known to the server and to this module and
    that the server does not call deprecated. Scheduled scripts should name the version they were tested with.

    .PARAMETER CertificateAuthority
    Path of a file with certificates (PEM or DER) to trust beside the system's: those of a private certificate authority.

    .PARAMETER CertificateAuthorityOnly
    Trusts the certificates of -CertificateAuthority alone, and not the system's beside them.

    .PARAMETER ServerFingerprint
    SHA-256 fingerprint of the server's certificate, 64 hexadecimal digits. Exactly this certificate is trusted. The error
    that an untrusted certificate causes shows its fingerprint; compare it with the one that the server's operator names.

    .PARAMETER SkipCertificateCheck
    Accepts any certificate. Whoever is between here and the server can then read and change everything, the token
    included. Excludes -CertificateAuthority and -ServerFingerprint.

    .PARAMETER AllowUnencryptedAuthentication
    Allows a server address with http://, over which the token travels readable.

    .PARAMETER Proxy
    The proxy to use, such as http://proxy.example.com:3128. Default: that of the system's settings or of the environment
    variables HTTPS_PROXY and ALL_PROXY, except for hosts in NO_PROXY.

    .PARAMETER ProxyCredential
    A user name and password for -Proxy.

    .PARAMETER NoProxy
    Uses no proxy, whatever the system and the environment say.

    .PARAMETER UserAgent
    What to add to the end of the User-Agent header, such as backup/2.1, by which the server's logs tell scripts apart.

    .PARAMETER TimeoutSec
    Seconds that a request may take in all, repetitions included, up to 86400. 0 is a day. Default: 120.

    .PARAMETER MaximumRetryCount
    How often a request that changes nothing is repeated when the server is busy or the connection breaks. Default: 3.

    .PARAMETER RetryIntervalSec
    Seconds before the first repetition where the server names none; doubles each time. Default: half a second.

    .PARAMETER NotDefault
    Leaves the default session as it is. The new one has to be given with -Session.

    .INPUTS
    System.Object
    Objects with properties Server, Org, ApiToken (or TokenFile, AccessToken, Credential), ApiVersion, CertificateAuthority
    and ServerFingerprint, such as Import-Csv returns.

    .OUTPUTS
    VcdRest.Abi1.Session
    The session. It shows no token.

    .EXAMPLE
    Connect-Vcd -Server vcd.example.com -Org Tyrell

    Asks for the API token, without showing it, and signs in to the organization Tyrell.

    .EXAMPLE
    $token = Get-Secret -Name vcd-token
    $session = Connect-Vcd -Server https://vcd.example.com/tenant/Tyrell -ApiToken $token
    (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs).values

    Takes the token from a vault (Microsoft.PowerShell.SecretManagement) as a SecureString, and the organization from the
    address.

    .EXAMPLE
    Connect-Vcd -Server vcd.example.com -Org System -ApiToken $token -CertificateAuthority ./cell-ca.pem -NotDefault

    Signs in as the provider at a server whose certificate comes from a private authority, and leaves the default session
    as it is.

    .EXAMPLE
    Connect-Vcd -Server vcd.example.com -Org Tyrell -TokenFile ./backup.json

    Signs in as a service account, whose token is in a file.

    .EXAMPLE
    $administrator = Get-Credential
    Connect-Vcd -Server vcd.example.com -Org System -Credential $administrator

    Signs in with user name and password, to create or revoke tokens.

    .EXAMPLE
    Import-Csv -Path servers.csv | Connect-Vcd -NotDefault

    Signs in at each server of a list, whose columns are Server, Org and ApiToken or TokenFile.

    .LINK
    Disconnect-Vcd

    .LINK
    Invoke-VcdRestMethod

    .LINK
    about_VcdRest

    .LINK
    about_VcdRest_Authentication
    #>
    [CmdletBinding(DefaultParameterSetName = 'ApiToken')]
    [OutputType('VcdRest.Abi1.Session')]
    param (
        [Parameter(Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $Server,

        [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $Org,

        [Parameter(ParameterSetName = 'ApiToken', ValueFromPipelineByPropertyName = $true)]
        [System.Object] $ApiToken,

        [Parameter(Mandatory = $true, ParameterSetName = 'TokenFile', ValueFromPipelineByPropertyName = $true)]
        [string] $TokenFile,

        [Parameter(Mandatory = $true, ParameterSetName = 'AccessToken', ValueFromPipelineByPropertyName = $true)]
        [System.Object] $AccessToken,

        [Parameter(Mandatory = $true, ParameterSetName = 'Credential', ValueFromPipelineByPropertyName = $true)]
        [System.Management.Automation.PSCredential]
        [System.Management.Automation.Credential()]
        $Credential,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $ApiVersion,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [string[]] $CertificateAuthority,

        [switch] $CertificateAuthorityOnly,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [string] $ServerFingerprint,

        [switch] $SkipCertificateCheck,

        [switch] $AllowUnencryptedAuthentication,

        [string] $Proxy,

        [System.Management.Automation.PSCredential]
        [System.Management.Automation.Credential()]
        $ProxyCredential = [System.Management.Automation.PSCredential]::Empty,

        [switch] $NoProxy,

        [string] $UserAgent,

        [int] $TimeoutSec,

        [int] $MaximumRetryCount,

        [int] $RetryIntervalSec,

        [switch] $NotDefault
    )

    begin {
        $given = @($PSBoundParameters.Keys)
    }

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        $command = $script:Commands::Connect($PSCmdlet, $PSBoundParameters)
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
