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
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $Server,

        [Parameter(ParameterSetName = 'Server')]
        [string[]] $CertificateAuthority,

        [Parameter(ParameterSetName = 'Server')]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
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
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $Session
    )

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        if (-not $script:HasFormat) {
            Import-VcdFormat
        }
        $command = $script:Commands::ApiVersions($PSCmdlet, $PSBoundParameters)
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
