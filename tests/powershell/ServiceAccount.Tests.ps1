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
