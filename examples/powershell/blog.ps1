# The organizations, as in the blog post "How To Use API Tokens in VMware Cloud Director", with the module VcdRest.
# The API token comes from the environment (VCD_API_TOKEN) or is asked for: what is typed on a command line stays in the
# history.

param (
    # https://vcd.example.com
    [string] $vcd = $env:VCD_URL,
    # The organization's short name; System is the provider.
    [string] $org = $env:VCD_ORG,
    # For a server whose certificate comes from a private authority: a PEM file.
    [string[]] $CertificateAuthority
)

$ErrorActionPreference = 'Stop'
Import-Module -Name VcdRest

$session = Connect-Vcd -Server $vcd -Org $org -CertificateAuthority $CertificateAuthority
$responseorgs = Invoke-VcdRestMethod -Method Get -Uri '/cloudapi/1.0.0/orgs'
$responseorgs.values
Disconnect-Vcd -Session $session
