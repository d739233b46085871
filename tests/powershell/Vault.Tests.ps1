BeforeDiscovery {
    $modules = @('Microsoft.PowerShell.SecretManagement', 'Microsoft.PowerShell.SecretStore' | Where-Object { Get-Module -ListAvailable -Name $_ })
}

Describe 'A vault' -Skip:($modules.Count -lt 2) {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        . "$PSScriptRoot/Administrator.ps1"
        Invoke-Control reset
        # In a home of its own: the store of whoever runs this stays what it is.
        $vaultHome = Join-Path -Path $TestDrive -ChildPath 'home'
        $null = New-Item -Path $vaultHome -ItemType Directory
        $environment = @{ HOME = $vaultHome; USERPROFILE = $vaultHome; LOCALAPPDATA = $vaultHome; PSModulePath = (Split-Path -Path $module) + [System.IO.Path]::PathSeparator + $env:PSModulePath }
        $prelude = @'
$ErrorActionPreference = 'Stop'
Import-Module -Name VcdRest, Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore
Reset-SecretStore -Authentication None -Interaction None -Force -WarningAction SilentlyContinue
Register-SecretVault -Name "test-$PID" -ModuleName Microsoft.PowerShell.SecretStore -DefaultVault
$at = @{ Server = $env:VCDREST_TEST_URL; CertificateAuthority = $env:VCDREST_TEST_CA }
'@
    }

    It 'keeps an API token that Connect-Vcd takes' {
        $output = Invoke-Child -Environment $environment -Script @"
$prelude
Set-Secret -Name vcd -Secret `$env:VCDREST_TEST_TENANT_TOKEN
(Get-Secret -Name vcd).GetType().Name
(Connect-Vcd @at -Org Tyrell -ApiToken (Get-Secret -Name vcd)).User
(Connect-Vcd @at -Org Tyrell -ApiToken (Get-Secret -Name vcd -AsPlainText)).User
"@
        $output | Should -Be 'SecureString', 'roy', 'roy'
    }

    It 'takes a new token as it comes, and a credential' {
        $credential = Get-TestCredential Tyrell
        $environment['VCDREST_TEST_PASSWORD'] = Get-Plain $credential.Password
        $output = Invoke-Child -Environment $environment -Script @"
$prelude
`$password = New-Object -TypeName securestring
foreach (`$letter in `$env:VCDREST_TEST_PASSWORD.ToCharArray()) { `$password.AppendChar(`$letter) }
Set-Secret -Name administrator -Secret (New-Object -TypeName pscredential -ArgumentList 'roy', `$password)
`$null = Connect-Vcd @at -Org Tyrell -Credential (Get-Secret -Name administrator)
`$new = New-VcdApiToken -Name vault
Set-Secret -Name vcd-new -SecureStringSecret `$new.ApiToken
(Connect-Vcd @at -Org Tyrell -ApiToken (Get-Secret -Name vcd-new)).User
"@
        $output | Should -Be 'roy'
    }
}
