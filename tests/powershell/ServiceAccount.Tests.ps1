Describe 'Service accounts' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        . "$PSScriptRoot/Administrator.ps1"
        Invoke-Control reset
        function Get-Account { @(Invoke-RestMethod -Uri "$env:VCDREST_TEST_CONTROL/service-accounts" | ForEach-Object { $_ }) }
    }

    BeforeEach {
        $session = Connect-Administrator Tyrell
    }

    AfterEach {
        Get-VcdSession | Disconnect-Vcd
        Invoke-Control reset
    }

    It 'are created, granted and activated in one command, and used' {
        $file = Join-Path -Path $TestDrive -ChildPath sa.json
        $new = New-VcdServiceAccount -Name backup -Role 'vApp Author' -SoftwareVersion 2.1 -Uri https://example.com/backup -TokenFile $file
        $new.PSObject.TypeNames[0] | Should -BeExactly 'VcdRest.NewServiceAccount'
        $new.org.name | Should -BeExactly 'Tyrell'
        $new.TokenFile | Should -BeExactly $file
        $first = (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($file))).refresh_token
        $account = Get-VcdServiceAccount -Name backup
        $account.id | Should -BeExactly $new.id
        $account.status | Should -BeExactly 'ACTIVE'
        $account.role.name | Should -BeExactly 'vApp Author'
        $account.softwareVersion | Should -BeExactly '2.1'
        $account.uri | Should -BeExactly 'https://example.com/backup'
        @($account | Format-Table | Out-String -Stream)[1] | Should -Match '^Name +Status +Role +Org +Id'
        foreach ($time in 1..2) {
            (Connect-Vcd -Server $url -Org Tyrell -TokenFile $file -CertificateAuthority $ca -NotDefault).User | Should -BeExactly 'backup'
        }
        (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($file))).refresh_token | Should -Not -Be $first
        (Get-Stat).killedGrants | Should -Be 0
    }

    It 'are created in a tenant by the provider, named by <how>' -ForEach @(@{ how = 'name' }, @{ how = 'id' }, @{ how = 'object' }) {
        $null = Connect-Administrator System
        $tenant = switch ($how) { 'name' { 'Tyrell' } 'id' { $tyrellId } default { Get-VcdOrg -Name Tyrell } }
        $new = New-VcdServiceAccount -Name backup -Role 'vApp Author' -TenantContext $tenant
        $new.org.name | Should -BeExactly 'Tyrell'
        $new.ApiToken | Should -BeOfType securestring
        (Get-Account)[0].organization | Should -BeExactly 'Tyrell'
        (Get-VcdServiceAccount -TenantContext $tenant).name | Should -BeExactly 'backup'
        (Connect-Vcd -Server $url -Org Tyrell -ApiToken $new.ApiToken -CertificateAuthority $ca -NotDefault -WarningAction SilentlyContinue).User | Should -BeExactly 'backup'
    }

    It 'are created in the provider''s organization' {
        $null = Connect-Administrator System
        (New-VcdServiceAccount -Name backup -Role 'System Administrator' -AsPlainText).ApiToken | Should -Match '^\w{32}$'
        (Get-VcdServiceAccount).org.name | Should -BeExactly 'System'
    }

    It 'wait for another administrator, who <what>' -ForEach @(@{ what = 'grants'; deny = $false }, @{ what = 'denies'; deny = $true }) {
        Invoke-Control settings @{ deviceIntervalSeconds = 1 }
        $shell = [powershell]::Create()
        $null = $shell.AddScript({
                param ($session)
                Import-Module -Name $env:VCDREST_TEST_MODULE
                New-VcdServiceAccount -Name backup -Role 'vApp Author' -NoGrant -Session $session -WarningVariable warnings
            }).AddArgument($session)
        $run = $shell.BeginInvoke()
        try {
            $null = Wait-Event request /oauth/tenant/Tyrell/token
            $said = "$($shell.Streams.Information)"
            $said -match '-UserCode (\S+),' | Should -BeTrue
            Approve-VcdServiceAccount -UserCode $Matches[1] -Deny:$deny
            $code = $Matches[1]
            $new = $shell.EndInvoke($run)
            if ($deny) {
                "$($shell.Streams.Error)" | Should -Match 'denied'
                "$($shell.Streams.Warning)" | Should -Match 'was deleted again'
                @(Get-Account).Count | Should -Be 0
            } else {
                $new.ApiToken | Should -BeOfType securestring
                "$($new.UserCode)" | Should -BeExactly $code
                $new.VerificationUri | Should -Match '/tenant/Tyrell/device$'
            }
        } finally {
            $shell.Dispose()
        }
    }

    It 'that nobody grants in time are deleted again, as the warning says' {
        Invoke-Control settings @{ deviceIntervalSeconds = 1 }
        $failure = Get-Failure { New-VcdServiceAccount -Name backup -Role 'vApp Author' -NoGrant -TimeoutSec 2 -InformationAction SilentlyContinue -WarningVariable warnings -WarningAction SilentlyContinue; $warnings }
        Assert-Failure $failure VcdTimeout OperationTimeout VCD_ERR_TIMEOUT
        @(Get-Account).Count | Should -Be 0
    }

    It 'are deleted again when the wait is interrupted' {
        Invoke-Control settings @{ deviceIntervalSeconds = 60 }
        $shell = [powershell]::Create()
        $null = $shell.AddScript({
                param ($session)
                Import-Module -Name $env:VCDREST_TEST_MODULE
                New-VcdServiceAccount -Name backup -Role 'vApp Author' -NoGrant -Session $session
            }).AddArgument($session)
        $null = $shell.BeginInvoke()
        $null = Wait-Event request /oauth/tenant/Tyrell/token
        @(Get-Account).Count | Should -Be 1
        $shell.Stop()
        $shell.Dispose()
        @(Get-Account).Count | Should -Be 0
    }

    It 'that fail at <path> are deleted again' -ForEach @(@{ path = '/oauth/tenant/Tyrell/device_authorization' }, @{ path = '/cloudapi/1.0.0/deviceLookup/grant' }, @{ path = '/oauth/tenant/Tyrell/token' }) {
        Set-Answer -Path $path -Status 403 -Body '{"minorErrorCode":"NO","message":"not today"}' -Times 1
        $script:said = @()
        $failure = Get-Failure { New-VcdServiceAccount -Name backup -Role 'vApp Author' 3>&1 | ForEach-Object { $script:said += "$_" } }
        "$failure $($failure.Exception.Message)" | Should -Match 'not today'
        "$script:said" | Should -Match 'was deleted again'
        @(Get-Account).Count | Should -Be 0
    }

    It 'that are <status> are authorized anew, <how>, and keep their id' -ForEach @(
        @{ status = 'ACTIVE'; how = 'from the pipeline' }, @{ status = 'ACTIVE'; how = 'by URN' }, @{ status = 'CREATED'; how = 'by UUID' }
    ) {
        $first = Join-Path -Path $TestDrive -ChildPath "$([guid]::NewGuid()).json"
        $second = Join-Path -Path $TestDrive -ChildPath "$([guid]::NewGuid()).json"
        $new = New-VcdServiceAccount -Name backup -Role 'vApp Author' -TokenFile $first
        if ($status -eq 'CREATED') { $null = Invoke-VcdRestMethod -Method Post -Uri "/cloudapi/1.0.0/serviceAccounts/$($new.id)/revoke" }
        $again = switch ($how) {
            'from the pipeline' { Get-VcdServiceAccount -Name backup | New-VcdServiceAccount -TokenFile $second }
            'by URN' { New-VcdServiceAccount -Id $new.id -TokenFile $second }
            default { New-VcdServiceAccount -Id ($new.id -replace '.*:') -TokenFile $second }
        }
        $again.id | Should -BeExactly $new.id
        $again.name | Should -BeExactly 'backup'
        $again.role.name | Should -BeExactly 'vApp Author'
        $again.TokenFile | Should -BeExactly $second
        (Get-Account).Count | Should -Be 1
        (Connect-Vcd -Server $url -Org Tyrell -TokenFile $second -CertificateAuthority $ca -NotDefault).User | Should -BeExactly 'backup'
        # The old token is worth nothing, and the error says which command helps.
        $failure = Get-Failure { Connect-Vcd -Server $url -Org Tyrell -TokenFile $first -CertificateAuthority $ca -NotDefault }
        $failure.Exception.Message | Should -Match 'New-VcdServiceAccount -Id'
    }

    It 'are not revoked with -WhatIf, which says so' {
        $file = Join-Path -Path $TestDrive -ChildPath whatif.json
        $new = New-VcdServiceAccount -Name backup -Role 'vApp Author'
        $said = Invoke-Child -Script @"
Import-Module -Name `$env:VCDREST_TEST_MODULE
`$null = Connect-Vcd -CertificateAuthority `$env:VCDREST_TEST_CA
New-VcdServiceAccount -Id $($new.id) -TokenFile '$file' -WhatIf
"@ -Environment @{ VCD_URL = $url; VCD_ORG = 'Tyrell'; VCD_USER = (Get-TestCredential Tyrell).UserName; VCD_PASSWORD = (Get-Plain (Get-TestCredential Tyrell).Password) }
        "$said" | Should -Match "Revoke the access of service account 'backup' and authorize it anew"
        (Get-VcdServiceAccount -Name backup).status | Should -BeExactly 'ACTIVE'
        Test-Path -Path $file | Should -BeFalse
    }

    It 'that are authorized anew stay where a step fails, as the warning says' {
        $new = New-VcdServiceAccount -Name backup -Role 'vApp Author'
        Set-Answer -Path /cloudapi/1.0.0/deviceLookup/grant -Status 403 -Body '{"minorErrorCode":"NO","message":"not today"}' -Times 1
        $script:said = @()
        $failure = Get-Failure { New-VcdServiceAccount -Id $new.id 3>&1 | ForEach-Object { $script:said += "$_" } }
        $failure.Exception.Message | Should -Match 'not today'
        "$script:said" | Should -Match 'still there; its access was revoked'
        "$script:said" | Should -Not -Match 'deleted'
        (Get-Account).Count | Should -Be 1
        (New-VcdServiceAccount -Id $new.id).ApiToken | Should -BeOfType securestring
    }

    It 'of a tenant are authorized anew by the provider, who need not name it' {
        $new = New-VcdServiceAccount -Name backup -Role 'vApp Author'
        $null = Connect-Administrator System
        (New-VcdServiceAccount -Id $new.id -WarningAction Stop).org.name | Should -BeExactly 'Tyrell'
        (Get-VcdOrg -Name Tyrell | Get-VcdServiceAccount | New-VcdServiceAccount).org.name | Should -BeExactly 'Tyrell'
    }

    It 'that are not there, or have no such id, are errors' {
        Assert-Failure (Get-Failure { New-VcdServiceAccount -Id backup }) VcdInvalidArgument InvalidArgument '' "'backup' cannot be the id"
        (Get-Failure { New-VcdServiceAccount -Id 7e5f1fe3-80cc-41e8-bf72-d40caf54418e }).CategoryInfo.Category | Should -Be PermissionDenied
    }

    It 'that nobody granted are deleted again, and nobody is told to authorize them' {
        Set-Answer -Path /oauth/tenant/Tyrell/token -Status 400 -Body '{"error":"expired_token"}'
        $failure = Get-Failure { New-VcdServiceAccount -Name backup -Role 'vApp Author' -NoGrant -InformationAction SilentlyContinue -WarningAction SilentlyContinue }
        Assert-Failure $failure VcdAuthenticationFailed AuthenticationError VCD_ERR_AUTH 'create it anew'
        $failure.Exception.Message | Should -Not -Match 'authorize it anew'
        @(Get-Account).Count | Should -Be 0
    }

    It 'are created from objects, such as lines of a file, which leave nothing behind for the next' {
        $file = Join-Path -Path $TestDrive -ChildPath 'from-csv.json'
        $csv = "Name,Role,TokenFile,SoftwareVersion`nfirst,vApp Author,$file,2.1" | ConvertFrom-Csv
        $made = @($csv, [pscustomobject]@{ Name = 'second'; Role = 'vApp User' } | New-VcdServiceAccount)
        $made.name | Should -Be 'first', 'second'
        $made[0].TokenFile | Should -BeExactly $file
        $made[1].ApiToken | Should -BeOfType securestring
        (Get-VcdServiceAccount -Name first).softwareVersion | Should -BeExactly '2.1'
        (Get-VcdServiceAccount -Name second).softwareVersion | Should -BeNullOrEmpty
        # With an id it is an account that is there, whatever else it has, and whatever came before.
        $mixed = @([pscustomobject]@{ Name = 'third'; Role = 'vApp User' }, (Get-VcdServiceAccount -Name first), [pscustomobject]@{ Name = 'fourth'; Role = 'vApp User' } | New-VcdServiceAccount)
        $mixed.name | Should -Be 'third', 'first', 'fourth'
        $mixed[1].id | Should -BeExactly $made[0].id
        (Get-Account).Count | Should -Be 4
    }

    It 'are granted by a code as somebody types it: <typed>' -ForEach @(@{ typed = ' abcd efgh ' }, @{ typed = 'abcdefgh' }, @{ typed = "ABCD$([char]0x2013)EFGH" }, @{ typed = 'abcd - efgh' }) {
        Approve-VcdServiceAccount -UserCode $typed -ErrorAction SilentlyContinue
        (Get-Request /cloudapi/1.0.0/deviceLookup/grant)[0].body | Should -BeExactly '{"userCode":"ABCD-EFGH"}'
    }

    It 'are not removed by a name, and the error says how they are' {
        $failure = Get-Failure { Remove-VcdServiceAccount -Id 'lg' -Confirm:$false -ErrorAction Stop }
        Assert-Failure $failure VcdInvalidArgument InvalidArgument '' 'pipe it from Get-VcdServiceAccount -Name lg\.'
        $failure = Get-Failure { Remove-VcdApiToken -Id 'ci 3' -Confirm:$false -ErrorAction Stop }
        Assert-Failure $failure VcdInvalidArgument InvalidArgument '' "pipe it from Get-VcdApiToken -Name 'ci 3'\."
    }

    It 'leave files alone that are there, before anything is made' {
        $file = New-TokenFile 'something'
        Assert-Failure (Get-Failure { New-VcdServiceAccount -Name backup -Role 'vApp Author' -TokenFile $file }) VcdInvalidArgument InvalidArgument
        @(Get-Request /oauth/tenant/Tyrell/register).Count | Should -Be 0
    }

    It 'name a code that is not known' {
        Approve-VcdServiceAccount -UserCode XXXX-XXXX -ErrorAction SilentlyContinue -ErrorVariable errors
        $errors[0].FullyQualifiedErrorId | Should -BeExactly 'VcdNotFound,Approve-VcdServiceAccount'
    }

    It 'are removed, and the task is waited for' {
        $null = New-VcdServiceAccount -Name backup -Role 'vApp Author'
        Get-VcdServiceAccount -Name backup | Remove-VcdServiceAccount -WhatIf
        @(Get-Account).Count | Should -Be 1
        Get-VcdServiceAccount -Name backup | Remove-VcdServiceAccount -Confirm:$false | Should -BeNullOrEmpty
        @(Get-Account).Count | Should -Be 0
        @(Get-Request /api/task).Count | Should -BeGreaterThan 0
    }

    It 'come in pages of 32' {
        foreach ($number in 1..35) { $null = Invoke-VcdRestMethod -Method Post -Uri /oauth/tenant/Tyrell/register -Body @{ client_name = "sa-$('{0:d2}' -f $number)"; software_id = [guid]::NewGuid(); scope = 'urn:vcloud:role:vApp%20Author' } }
        @(Get-VcdServiceAccount).Count | Should -Be 35
        @(Get-Request /cloudapi/1.0.0/serviceAccounts).Count | Should -Be 2
    }

    It 'cannot be managed by a session that came of a token, which <command> says in plain words' -ForEach @(
        @{ command = 'New-VcdServiceAccount'; with = @{ Name = 'x'; Role = 'vApp Author' } }, @{ command = 'Approve-VcdServiceAccount'; with = @{ UserCode = 'XXXX-XXXX' } }
    ) {
        $null = Connect-Tenant
        Assert-Failure (Get-Failure { & $command @with -ErrorAction Stop }) VcdAccessDenied PermissionDenied VCD_ERR_HTTP 'password'
    }
}
