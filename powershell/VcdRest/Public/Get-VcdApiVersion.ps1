function Get-VcdApiVersion {
    <#
    .SYNOPSIS
    Lists the API versions that a server offers.

    .DESCRIPTION
    Returns what the server says of its API versions, oldest first: which it calls deprecated, which are previews (alpha),
    and which one the session uses. No sign-in is needed: -Server asks a server that there is no session with.

    .PARAMETER Server
    A server to ask: a name, a URL, or an address pasted from the browser.

    .PARAMETER CertificateAuthority
    Path of a file with certificates (PEM or DER) to trust beside the system's.

    .PARAMETER ServerFingerprint
    SHA-256 fingerprint of the server's certificate. Exactly this certificate is trusted.

    .PARAMETER SkipCertificateCheck
    Accepts any certificate. Nothing secret is sent, and yet the answer may be somebody else's.

    .PARAMETER Proxy
    The proxy to use, such as http://proxy.example.com:3128.

    .PARAMETER NoProxy
    Uses no proxy, whatever the system and the environment say.

    .PARAMETER TimeoutSec
    Seconds that the request may take in all. 0 is a day. Default: 120.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .INPUTS
    VcdRest.Abi1.Session
    A session, as Connect-Vcd and Get-VcdSession return it.

    .OUTPUTS
    VcdRest.ApiVersion
    Versions: Version, Deprecated, Alpha, InUse.

    .EXAMPLE
    Get-VcdApiVersion -Server vcd.example.com

    Asks a server, without signing in.

    .EXAMPLE
    Get-VcdApiVersion | Where-Object { $_.InUse -and $_.Deprecated }

    Says whether the session's version is on its way out.

    .LINK
    Connect-Vcd

    .LINK
    Invoke-VcdRestMethod
    #>
    [CmdletBinding(DefaultParameterSetName = 'Session')]
    [OutputType('VcdRest.ApiVersion')]
    param (
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Server')]
        [ValidateNotNullOrEmpty()]
        [string] $Server,

        [Parameter(ParameterSetName = 'Server')]
        [string[]] $CertificateAuthority,

        [Parameter(ParameterSetName = 'Server')]
        [string] $ServerFingerprint,

        [Parameter(ParameterSetName = 'Server')]
        [switch] $SkipCertificateCheck,

        [Parameter(ParameterSetName = 'Server')]
        [string] $Proxy,

        [Parameter(ParameterSetName = 'Server')]
        [switch] $NoProxy,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSec = -1,

        [Parameter(ParameterSetName = 'Session', ValueFromPipeline = $true)]
        [object] $Session
    )

    process {
        . $script:UseCallerPreference
        $own = $null
        if ($PSCmdlet.ParameterSetName -eq 'Server') {
            if ($null -eq $script:SessionType) {
                Initialize-VcdInterop -Cmdlet $PSCmdlet
            }
            $own = $script:SessionType::new($Server)
            foreach ($path in $CertificateAuthority) {
                $own.TrustFile($PSCmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path))
            }
            if ($ServerFingerprint) {
                $own.TrustFingerprint($ServerFingerprint)
            }
            if ($SkipCertificateCheck) {
                $own.SkipCertificateCheck()
            }
            if ($Proxy) {
                $own.UseProxy($Proxy, $null, $null)
            }
            if ($NoProxy) {
                $own.UseNoProxy()
            }
            # No token travels.
            $own.AllowHttp()
            $own.UseAgent("VcdRest/$script:ModuleVersion PowerShell/$($PSVersionTable.PSVersion)")
            $problem = $own.Problem()
            if ($problem) {
                $own.Close()
                $PSCmdlet.ThrowTerminatingError($script:FailureType::Record($problem, 'Get-VcdApiVersion'))
            }
            $current = $own
        } else {
            $current = Resolve-VcdSession -Session $Session -Cmdlet $PSCmdlet
        }

        $request = $script:RequestType::new('GET', '/api/versions')
        $request.Anonymous = $true
        $request.Headers = @{ Accept = 'application/*+json' }
        $request.TimeoutSec = $TimeoutSec
        $call = $null
        try {
            $call = $current.Begin($request)
            Complete-VcdCall -Call $call
            $content = if (-not $call.Failure) { $call.ReadContent() }
            if ($call.Failure) {
                $PSCmdlet.ThrowTerminatingError($call.ErrorRecord)
            }
            ConvertTo-VcdApiVersion -Content $content -InUse $(if (-not $own) { $current.ApiVersion })
        } finally {
            if ($call) {
                $call.Dispose()
            }
            if ($own) {
                $own.Close()
            }
        }
    }
}
