Describe 'API tokens' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        . "$PSScriptRoot/Administrator.ps1"
        Invoke-Control reset
    }

    BeforeEach {
        $session = Connect-Administrator Tyrell
    }

    AfterEach {
        Get-VcdSession | Disconnect-Vcd
        Invoke-Control reset
    }

    It 'are created with a secret that nothing shows' {
        $new = New-VcdApiToken -Name backup
        $new.PSObject.TypeNames[0] | Should -BeExactly 'VcdRest.NewApiToken'
        $new.name | Should -BeExactly 'backup'
        $new.org.name | Should -BeExactly 'Tyrell'
        $new.id | Should -Match '^urn:vcloud:token:[0-9a-f-]{36}$'
        $new.ApiToken | Should -BeOfType securestring
        $plain = Get-Plain $new.ApiToken
        $plain | Should -Match '^\w{32}$'
        ($new | Out-String) + ($new | Format-List -Property * | Out-String) + (ConvertTo-Json -InputObject $new -Depth 5) | Should -Not -Match $plain
        (Connect-Vcd -Server $url -Org Tyrell -ApiToken $new.ApiToken -CertificateAuthority $ca -NotDefault).User | Should -BeExactly 'roy'
    }

    It 'are created as text when that is asked for' {
        (New-VcdApiToken -Name backup -AsPlainText).ApiToken | Should -Match '^\w{32}$'
    }

    It 'are created straight into a file, in Terraform''s format' {
        Push-Location -Path $TestDrive
        try {
            $new = New-VcdApiToken -Name backup -TokenFile ./backup.json
            $path = Join-Path -Path $TestDrive -ChildPath backup.json
            $new.TokenFile | Should -BeExactly $path
            $new.PSObject.Properties['ApiToken'] | Should -BeNullOrEmpty
            $file = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($path))
            $file.token_type | Should -BeExactly 'API Token'
            $file.refresh_token | Should -Match '^\w{32}$'
            (Connect-Vcd -Server $url -Org Tyrell -TokenFile ./backup.json -CertificateAuthority $ca -NotDefault).User | Should -BeExactly 'roy'
            # One that is there is not overwritten, and nothing is made on the server.
            Assert-Failure (Get-Failure { New-VcdApiToken -Name second -TokenFile ./backup.json }) VcdInvalidArgument InvalidArgument
            @(Get-VcdApiToken -Name second*).Count | Should -Be 0
        } finally {
            Pop-Location
        }
    }

    It 'that cannot be handed out are revoked again, which the error says: <kind>' -ForEach @(
        @{ kind = 'status'; with = @{ status = 500; times = 1 } }, @{ kind = 'lost-response'; with = @{ times = 1 } }, @{ kind = 'html-ok'; with = @{ times = 1 } }
        @{ kind = 'empty-ok'; with = @{ times = 1 } }, @{ kind = 'status'; with = @{ status = 403; times = 1 } }
    ) {
        Set-Fault $kind /oauth/tenant/Tyrell/token $with
        $failure = Get-Failure { New-VcdApiToken -Name backup }
        $failure.Exception.Message | Should -Match 'was revoked again'
        $failure.Exception.Message | Should -Not -Match '/oauth/register'
        @(Get-VcdApiToken -Name backup*).Count | Should -Be 0
        (New-VcdApiToken -Name backup).name | Should -BeExactly 'backup'
    }

    It 'that come too late are revoked again, which the error says' {
        $session = Connect-Administrator Tyrell
        $hasty = Connect-Vcd -Server $url -Org Tyrell -Credential (Get-TestCredential Tyrell) -CertificateAuthority $ca -TimeoutSec 2 -NotDefault
        Set-Fault hang /oauth/tenant/Tyrell/token @{ times = 1 }
        $failure = Get-Failure { New-VcdApiToken -Name backup -Session $hasty }
        Assert-Failure $failure VcdTimeout OperationTimeout VCD_ERR_TIMEOUT 'was revoked again'
        @(Get-VcdApiToken -Name backup* -Session $session).Count | Should -Be 0
    }

    It 'that can be neither handed out nor revoked are named' {
        Set-Fault status /oauth/tenant/Tyrell/token @{ status = 403; times = 1 }
        Set-Fault status /cloudapi/1.0.0/tokens @{ status = 403; times = 1; method = 'DELETE' }
        $failure = Get-Failure { New-VcdApiToken -Name backup }
        $failure.Exception.Message | Should -Match 'backup is registered all the same.*DELETE /cloudapi/1.0.0/tokens/urn:vcloud:token:[0-9a-f-]{36}'
    }

    It 'are not created with -WhatIf' {
        New-VcdApiToken -Name backup -WhatIf | Should -BeNullOrEmpty
        @(Get-Request /oauth/tenant/Tyrell/register).Count | Should -Be 0
    }

    It 'are listed with owner and organization, and found by name' {
        $null = New-VcdApiToken -Name backup
        $null = New-VcdApiToken -Name 'back;up(2)'
        @(Get-VcdApiToken).name | Should -Be 'api-token', 'back;up(2)', 'backup'
        $found = Get-VcdApiToken -Name backup
        $found.PSObject.TypeNames[0] | Should -BeExactly 'VcdRest.ApiToken'
        $found.owner.name | Should -BeExactly 'roy'
        $found.org.name | Should -BeExactly 'Tyrell'
        @(Get-VcdApiToken -Name b*).Count | Should -Be 2
        (Get-VcdApiToken -Name 'back;up(2)').name | Should -BeExactly 'back;up(2)'
        (Get-VcdApiToken -Id $found.id).name | Should -BeExactly 'backup'
        (Get-VcdApiToken -Id ($found.id -replace '.*:')).name | Should -BeExactly 'backup'
        ($found | Get-VcdApiToken).name | Should -BeExactly 'backup'
        @($found | Format-Table | Out-String -Stream)[1] | Should -Match '^Name +Owner +Org +Expires +Id'
        ($found | Format-List | Out-String) | Should -Match 'Owner +: roy'
    }

    It 'are created from objects' {
        $file = Join-Path -Path $TestDrive -ChildPath from-object.json
        $made = @([pscustomobject]@{ Name = 'one'; TokenFile = $file }, [pscustomobject]@{ Name = 'two' } | New-VcdApiToken)
        $made.name | Should -Be 'one', 'two'
        $made[0].TokenFile | Should -BeExactly $file
        $made[1].ApiToken | Should -BeOfType securestring
    }

    It 'of others are listed with -AllUsers' {
        @(Get-VcdApiToken | ForEach-Object { $_.owner.name } | Sort-Object -Unique) | Should -Be 'roy'
        @(Get-VcdApiToken -AllUsers | ForEach-Object { $_.owner.name } | Sort-Object -Unique) | Should -Contain 'rachael'
    }

    It 'of a tenant are listed for the provider, by name, id or object' {
        $null = Connect-Administrator System
        $tyrell = Get-VcdOrg -Name Tyrell
        foreach ($tenant in 'Tyrell', $tyrell.id, $tyrell) {
            @(Get-VcdApiToken -TenantContext $tenant | ForEach-Object { $_.org.name } | Sort-Object -Unique) | Should -Be 'Tyrell'
        }
    }

    It 'that are not there are an error, and those behind them come' {
        $got = @(Get-VcdApiToken -Name nothing, api-token -ErrorAction SilentlyContinue -ErrorVariable errors)
        $got.name | Should -BeExactly 'api-token'
        @($errors | ForEach-Object { $_.FullyQualifiedErrorId }) | Should -BeExactly 'VcdNotFound,Get-VcdApiToken'
        Get-VcdApiToken -Name nothing* -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'are revoked, by id from the pipeline, after a question' {
        $null = New-VcdApiToken -Name backup
        $token = Get-VcdApiToken -Name backup
        $token | Remove-VcdApiToken -WhatIf
        @(Get-VcdApiToken -Name backup).Count | Should -Be 1
        (Get-Command -Name Remove-VcdApiToken).ScriptBlock.Attributes[0].ConfirmImpact | Should -Be High
        $token | Remove-VcdApiToken -Confirm:$false
        @(Get-VcdApiToken -Name backup*).Count | Should -Be 0
        $null = $token.id | Remove-VcdApiToken -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable errors
        $errors[0].FullyQualifiedErrorId | Should -BeExactly 'VcdAccessDenied,Remove-VcdApiToken'
        'x' | Remove-VcdApiToken -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable errors
        $errors[0].FullyQualifiedErrorId | Should -BeExactly 'VcdInvalidArgument,Remove-VcdApiToken'
    }

    It 'of a tenant are revoked by the provider in the tenant''s context' {
        $null = New-VcdApiToken -Name backup
        $null = Connect-Administrator System
        Get-VcdApiToken -Name backup -TenantContext Tyrell | Remove-VcdApiToken -Confirm:$false -ErrorAction Stop
        $request = @(Get-Request /cloudapi/1.0.0/tokens/ | Where-Object { $_.method -eq 'DELETE' })[0]
        Get-Header $request 'X-VMWARE-VCLOUD-TENANT-CONTEXT' | Should -BeExactly $tyrellId
    }

    It 'cannot be managed by a session that came of a token, which <command> says in plain words' -ForEach @(
        @{ command = 'New-VcdApiToken'; with = @{ Name = 'x' } }, @{ command = 'Get-VcdApiToken'; with = @{} }
        @{ command = 'Remove-VcdApiToken'; with = @{ Id = '00000000-0000-0000-0000-000000000001'; Confirm = $false } }
    ) {
        $null = Connect-Tenant
        $failure = Get-Failure { & $command @with -ErrorAction Stop }
        Assert-Failure $failure VcdAccessDenied PermissionDenied VCD_ERR_HTTP 'user name and password|password'
    }

    It 'of a caller who wants errors to end a script do so' {
        $output = Invoke-Child -AllowFailure -Script @'
$ErrorActionPreference = 'Stop'
Import-Module -Name $env:VCDREST_TEST_MODULE
$null = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA
try { Get-VcdServiceAccount -Name nobody; 'went on' } catch { $_.FullyQualifiedErrorId }
$ErrorActionPreference = 'SilentlyContinue'
Get-VcdServiceAccount -Name nobody; 'went on'
'@
        $output | Should -Be 'VcdNotFound,Get-VcdServiceAccount', 'went on'
    }
}
