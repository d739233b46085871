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
    The API token that was made in the user interface (user settings, API tokens), as a SecureString or a string.
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
    PowerShell ask for the password. Default: the environment variables VCD_USER and VCD_PASSWORD.

    .PARAMETER ApiVersion
    The API version to ask for, such as 37.2. Default: the newest one that is known to the server and to this module and
    that the server does not call deprecated. Scheduled scripts should name the version they were tested with.

    .PARAMETER CertificateAuthority
    Path of a file with certificates (PEM or DER) to trust beside the system's: those of a private certificate authority.

    .PARAMETER ServerFingerprint
    SHA-256 fingerprint of the server's certificate, 64 hexadecimal digits. Exactly this certificate is trusted. The error
    that an untrusted certificate causes shows its fingerprint; compare it with the one that the server's operator names.

    .PARAMETER SkipCertificateCheck
    Accepts any certificate. Whoever is between here and the server can then read and change everything, the token
    included.

    .PARAMETER AllowUnencryptedAuthentication
    Allows a server address with http://, over which the token travels readable.

    .PARAMETER Proxy
    The proxy to use, such as http://proxy.example.com:3128. Default: that of the system's settings or of the environment
    variable HTTPS_PROXY.

    .PARAMETER ProxyCredential
    A user name and password for -Proxy.

    .PARAMETER NoProxy
    Uses no proxy, whatever the system and the environment say.

    .PARAMETER TimeoutSec
    Seconds that a request may take in all, repetitions included. 0 is a day. Default: 120.

    .PARAMETER MaximumRetryCount
    How often a request that changes nothing is repeated when the server is busy or the connection breaks. Default: 3.

    .PARAMETER RetryIntervalSec
    Seconds before the first repetition where the server names none; doubles each time. Default: half a second.

    .PARAMETER NotDefault
    Leaves the default session as it is. The new one has to be given with -Session.

    .INPUTS
    None

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
        [Parameter(Position = 0)]
        [string] $Server,

        [Parameter(Position = 1)]
        [string] $Org,

        [Parameter(ParameterSetName = 'ApiToken')]
        [object] $ApiToken,

        [Parameter(Mandatory = $true, ParameterSetName = 'TokenFile')]
        [string] $TokenFile,

        [Parameter(Mandatory = $true, ParameterSetName = 'AccessToken')]
        [object] $AccessToken,

        [Parameter(Mandatory = $true, ParameterSetName = 'Credential')]
        [System.Management.Automation.PSCredential]
        [System.Management.Automation.Credential()]
        $Credential,

        [string] $ApiVersion,

        [string[]] $CertificateAuthority,

        [string] $ServerFingerprint,

        [switch] $SkipCertificateCheck,

        [switch] $AllowUnencryptedAuthentication,

        [string] $Proxy,

        [System.Management.Automation.PSCredential]
        [System.Management.Automation.Credential()]
        $ProxyCredential = [System.Management.Automation.PSCredential]::Empty,

        [switch] $NoProxy,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSec,

        [ValidateRange(0, 20)]
        [int] $MaximumRetryCount,

        [ValidateRange(1, 600)]
        [int] $RetryIntervalSec,

        [switch] $NotDefault
    )

    . $script:UseCallerPreference
    if ($null -eq $script:SessionType) {
        Initialize-VcdInterop -Cmdlet $PSCmdlet
    }
    if (-not $NotDefault) {
        $script:SessionType::Current = $null
    }

    # Where to.
    $explicitServer = $Server
    if (-not $Server -and $env:VCD_URL) {
        $Server = $env:VCD_URL
        Write-Verbose 'The server comes from the environment variable VCD_URL.'
    }
    $session = $script:SessionType::new($Server)
    $wrong = $null
    if (-not $Server) {
        $wrong = 'Which server? Give its name or address with -Server, or in the environment variable VCD_URL.'
    }

    # With what.
    $given = @('ApiToken', 'TokenFile', 'AccessToken', 'Credential' | Where-Object -FilterScript { $PSBoundParameters.ContainsKey($_) })
    $value = if ($given) { $PSBoundParameters[$given[0]] }
    $with = Resolve-VcdCredential -Given "$given" -Value $value -Cmdlet $PSCmdlet
    if (-not $wrong) {
        $wrong = $with.Problem
    }

    # As whom.
    $addressOrg = $session.AddressOrg()
    if (-not $Org -and -not ($explicitServer -and $addressOrg)) {
        foreach ($name in 'VCD_SYS_ORG', 'VCD_ORG') {
            $value = [System.Environment]::GetEnvironmentVariable($name)
            if ($value) {
                $Org = $value
                Write-Verbose "The organization comes from the environment variable $name."
                break
            }
        }
    }
    if (-not $wrong -and -not $session.Problem() -and $with.Grant -ne 'AccessToken' -and -not $Org -and -not $addressOrg) {
        $wrong = 'Which organization? Give its short name with -Org (it stands after /tenant/ in the address of the user interface; System is the provider), or in the environment variable VCD_ORG.'
    }

    # Whom to trust.
    foreach ($path in $CertificateAuthority) {
        $session.TrustFile($PSCmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path))
    }
    if ($ServerFingerprint) {
        $session.TrustFingerprint($ServerFingerprint)
    }
    $skip = [bool]$SkipCertificateCheck
    $trustGiven = $PSBoundParameters.ContainsKey('SkipCertificateCheck') -or $CertificateAuthority -or $ServerFingerprint
    if (-not $trustGiven -and $env:VCD_ALLOW_UNVERIFIED_SSL -match '^(1|t|true|y|yes)$') {
        $skip = $true
        Write-Verbose 'VCD_ALLOW_UNVERIFIED_SSL of the environment switches certificate checks off.'
    }
    if ($skip) {
        $session.SkipCertificateCheck()
    }
    if ($AllowUnencryptedAuthentication) {
        $session.AllowHttp()
    }

    # By which way.
    if ($Proxy) {
        $session.UseProxy($Proxy, $ProxyCredential.UserName, $ProxyCredential.Password)
    } elseif ($PSBoundParameters.ContainsKey('ProxyCredential') -and -not $wrong) {
        $wrong = '-ProxyCredential is for the proxy that -Proxy names.'
    }
    if ($NoProxy) {
        $session.UseNoProxy()
        if ($Proxy -and -not $wrong) {
            $wrong = '-Proxy and -NoProxy exclude each other.'
        }
    }

    # How.
    $session.UseAgent("VcdRest/$script:ModuleVersion PowerShell/$($PSVersionTable.PSVersion)")
    if ($ApiVersion) {
        $session.UseApiVersion($ApiVersion)
    }
    if ($PSBoundParameters.ContainsKey('TimeoutSec')) {
        $session.UseTimeout($TimeoutSec)
    }
    if ($PSBoundParameters.ContainsKey('MaximumRetryCount')) {
        $session.UseRetries($MaximumRetryCount)
    }
    if ($PSBoundParameters.ContainsKey('RetryIntervalSec')) {
        $session.UseRetryInterval($RetryIntervalSec)
    }

    if (-not $wrong -and -not $session.Problem()) {
        if (-not $with.Grant) {
            $with.Grant = 'ApiToken'
            $with.Secret = Get-VcdSecretInput -Prompt "API token for $(if ($Org) { $Org } else { $addressOrg }) at $($session.Server)"
            if (-not $with.Secret) {
                $wrong = 'There is no credential, and nobody to ask for one. Give an API token with -ApiToken, or in the environment variable VCD_API_TOKEN.'
            }
        }
        if (-not $wrong -and ($with.Secret -isnot [string] -and $with.Secret -isnot [securestring] -or $with.Secret.Length -eq 0)) {
            $wrong = "$($with.Name) has to be a SecureString or a string, and not an empty one."
        }
    }
    $problem = if ($wrong) { $script:FailureType::Argument($wrong) } else { $session.Problem() }
    if ($problem) {
        $session.Close()
        $PSCmdlet.ThrowTerminatingError($script:FailureType::Record($problem, 'Connect-Vcd'))
    }

    $call = $null
    $connected = $false
    try {
        $call = $session.SignIn($Org, $with.Grant, $with.User, $with.Secret)
        Complete-VcdCall -Call $call
        # When the new token of a service account could not be saved, this session is all that has it.
        $unsaved = $session.IsConnected -and $call.Failure
        if ($call.Failure -and -not $unsaved) {
            $PSCmdlet.ThrowTerminatingError($call.ErrorRecord)
        }
        $session.Register()
        if (-not $NotDefault) {
            $script:SessionType::Current = $session
        }
        $connected = $true
        if ($unsaved) {
            Write-VcdError -Record $call.ErrorRecord -Cmdlet $PSCmdlet
        }
    } finally {
        if ($call) {
            $call.Dispose()
        }
        if (-not $connected) {
            $session.Close()
        }
    }
    $session
}
