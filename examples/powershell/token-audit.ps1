# Who can sign in with an API token, in all organizations: for administrators of the provider who sign in with user name
# and password, because the server shows sessions that came of a token no tokens.

param (
    # https://vcd.example.com
    [string] $Server = $env:VCD_URL,
    # The administrator. Without it, VCD_USER and VCD_PASSWORD of the environment are used.
    [System.Management.Automation.PSCredential]
    [System.Management.Automation.Credential()]
    $Credential = [System.Management.Automation.PSCredential]::Empty,
    # Organizations, by name; wildcards are allowed.
    [string[]] $Name = '*',
    # For a server whose certificate comes from a private authority: a PEM file.
    [string[]] $CertificateAuthority
)

$ErrorActionPreference = 'Stop'
Import-Module -Name VcdRest

$connect = @{ Server = $Server; Org = 'System'; CertificateAuthority = $CertificateAuthority }
if ($Credential.UserName) {
    $connect['Credential'] = $Credential
}
$session = Connect-Vcd @connect
try {
    # A provider may be shown a token in more than one organization's list.
    $seen = @{}
    Get-VcdOrg -Name $Name | ForEach-Object {
        $org = $_
        try {
            Get-VcdApiToken -AllUsers -TenantContext $org | Where-Object { -not $seen.ContainsKey($_.id) } | ForEach-Object {
                $seen[$_.id] = $true
                [pscustomobject]@{ Org = $_.org.name; Owner = $_.owner.name; Token = $_.name; Expires = $_.expirationTimeUtc; Id = $_.id }
            }
        } catch {
            # One organization that cannot be looked at does not end the audit, and is not forgotten.
            Write-Warning -Message "$($org.name): $_"
        }
    } | Sort-Object -Property Org, Owner, Token
} finally {
    Disconnect-Vcd -Session $session
}
