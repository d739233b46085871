<#
.SYNOPSIS
Signs scripts, format files and libraries for Windows with Authenticode and a timestamp.
.DESCRIPTION
The certificate comes from the environment: SIGNING_CERTIFICATE, a PFX file in base64, and SIGNING_PASSWORD. Where there
is none nothing is signed, and a line says so.
#>
[CmdletBinding()]
param(
    # The files.
    [Parameter(Mandatory)] [string[]] $Path,
    # Who confirms the time, so that a signature outlives the certificate.
    [string] $TimestampServer = 'http://timestamp.digicert.com'
)

$ErrorActionPreference = 'Stop'
if (-not $env:SIGNING_CERTIFICATE) {
    Write-Warning "SIGNING_CERTIFICATE is not set: $($Path.Count) files are not signed"
    return
}
$certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::new(
    [Convert]::FromBase64String($env:SIGNING_CERTIFICATE), $env:SIGNING_PASSWORD)
foreach ($file in $Path) {
    $signature = Set-AuthenticodeSignature -LiteralPath $file -Certificate $certificate -HashAlgorithm SHA256 `
        -TimestampServer $TimestampServer -IncludeChain NotRoot
    if ($signature.Status -ne 'Valid' -or -not $signature.TimeStamperCertificate) {
        throw "${file} is not signed: $($signature.StatusMessage)"
    }
    Write-Output "signed $file"
}
