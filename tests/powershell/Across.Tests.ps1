Describe 'Invoke-VcdRestMethod, across tenants and with large files' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset
        $session = Connect-Provider
        $users = '/cloudapi/1.0.0/users'
    }

    AfterEach {
        Invoke-Control reset
    }

    AfterAll {
        Get-VcdSession | Disconnect-Vcd
    }

    It 'acts in a tenant that is named' {
        $byName = Invoke-VcdRestMethod -Uri $users -TenantContext Tyrell
        $null = Invoke-VcdRestMethod -Uri $users -TenantContext Tyrell
        $byId = Invoke-VcdRestMethod -Uri $users -TenantContext $tyrellId
        Get-Difference $byId $byName | Should -BeNullOrEmpty
        $byName.values[0].PSObject.Properties['TenantContext'] | Should -BeNullOrEmpty
        # Looked up once.
        @(Get-Request $orgs).Count | Should -Be 1
        foreach ($request in (Get-Request $users)) {
            Get-Header $request X-VMWARE-VCLOUD-TENANT-CONTEXT | Should -BeExactly $tyrellId
        }
    }

    It 'says which tenant it does not find' {
        $failure = Get-Failure { Invoke-VcdRestMethod -Uri $users -TenantContext Nobody }
        $failure.Exception.Message | Should -Match 'Nobody'
    }

    It 'takes organizations from the pipeline, and notes them on results and items' {
        $results = @(Get-VcdOrg -Name Tyrell, Wallace | Invoke-VcdRestMethod -Uri $users)
        $results.Count | Should -Be 2
        $results.TenantContext | Should -Be 'Tyrell', 'Wallace'
        $results[0].values[0].TenantContext | Should -BeExactly 'Tyrell'
        Get-Header (Get-Request $users)[0] X-VMWARE-VCLOUD-TENANT-CONTEXT | Should -BeExactly $tyrellId
        $all = @(Get-VcdOrg -Name Tyrell, Wallace | Invoke-VcdRestMethod -Uri $users -All | ForEach-Object { $_.values })
        @($all.TenantContext | Sort-Object -Unique) | Should -Be 'Tyrell', 'Wallace'
    }

    It 'takes script blocks for address and tenant' {
        $results = @(Get-VcdOrg -Name Tyrell, Wallace | Invoke-VcdRestMethod -Uri { "$orgs/$($_.id)" } -TenantContext { $_.name })
        $results.name | Should -Be 'Tyrell', 'Wallace'
        $results.TenantContext | Should -Be 'Tyrell', 'Wallace'
        @('Tyrell', 'Wallace' | Invoke-VcdRestMethod -Uri $users -TenantContext { $_ }).TenantContext | Should -Be 'Tyrell', 'Wallace'
    }

    It 'takes what is no organization for an address only' {
        $href = (Invoke-Control task @{ outcome = 'success'; polls = 1 }).href
        $null = [pscustomobject]@{ href = $href; id = 'urn:vcloud:task:x' } | Invoke-VcdRestMethod
        Get-Header (Get-Request /api/task)[0] X-VMWARE-VCLOUD-TENANT-CONTEXT | Should -BeNullOrEmpty
    }

    It 'sends its own request id' {
        $null = Invoke-VcdRestMethod -Uri $orgs -RequestId backup-2049
        Get-Header (Get-Request $orgs)[0] X-VMWARE-VCLOUD-CLIENT-REQUEST-ID | Should -BeExactly 'backup-2049'
        Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -RequestId 'a b' }) VcdInvalidArgument InvalidArgument
    }

    It 'asks for a later version where the request needs one' {
        $old = Connect-Provider @{ ApiVersion = '36.1'; NotDefault = $true }
        $null = Invoke-VcdRestMethod -Uri $orgs -MinimumApiVersion 37.0 -Session $old
        Get-Header (Get-Request $orgs)[0] Accept | Should -Match 'version=37\.'
    }

    It 'waits while something is busy, when asked to' {
        Set-Fault busy $orgs @{ times = 1 }
        Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Method Post -Uri $orgs -Body @{ name = 'x' } -Confirm:$false }) VcdHttpError InvalidOperation
        Set-Fault busy $orgs @{ times = 2 }
        $null = Get-Failure { Invoke-VcdRestMethod -Method Post -Uri $orgs -Body @{ name = 'x' } -WaitBusy -Confirm:$false; throw 'done' }
        @(Get-Request $orgs).Count | Should -Be 4
    }

    It 'downloads what is large piece by piece, with progress, and goes on where it stopped' {
        $size = 20000000
        $offer = Invoke-Control transfer @{ size = $size; digest = $true }
        $file = Join-Path -Path $TestDrive -ChildPath large.bin
        Set-Fault close-mid-body ([uri]$offer.href).AbsolutePath @{ bytes = 5000000; times = 1 }
        $null = Get-Failure { Invoke-VcdRestMethod -Uri $offer.href -OutFile $file -Resume -MaximumRetryCount 0 }
        Test-Path -Path $file | Should -BeFalse
        Invoke-VcdRestMethod -Uri $offer.href -OutFile $file -Resume
        (Get-FileHash -Path $file -Algorithm SHA256).Hash | Should -Be $offer.sha256
        $last = @(Get-Request ([uri]$offer.href).AbsolutePath)[-1]
        Get-Header $last Range | Should -Match '^bytes=\d{4,}-'
    }

    It 'uploads what is large piece by piece' {
        $file = Join-Path -Path $TestDrive -ChildPath up.bin
        $bytes = New-Object -TypeName byte[] -ArgumentList 3000000
        (New-Object -TypeName System.Random -ArgumentList 7).NextBytes($bytes)
        [System.IO.File]::WriteAllBytes($file, $bytes)
        $null = Invoke-VcdRestMethod -Method Put -Uri /transfer/test/up.bin -InFile $file -ContentType application/octet-stream -Confirm:$false
        $upload = @(Invoke-RestMethod -Uri "$env:VCDREST_TEST_CONTROL/transfers" | ForEach-Object { $_ })[0]
        $upload.received | Should -Be 3000000
        $upload.sha256 | Should -Be (Get-FileHash -Path $file -Algorithm SHA256).Hash
    }

    It 'shows the progress of a transfer' {
        $offer = Invoke-Control transfer @{ size = 4000000 }
        Set-Fault hang-mid-body ([uri]$offer.href).AbsolutePath @{ bytes = 1000000; times = 1 }
        $shell = [powershell]::Create()
        $null = $shell.AddScript({ param ($session, $href, $file) Import-Module -Name $env:VCDREST_TEST_MODULE; Invoke-VcdRestMethod -Uri $href -OutFile $file -TimeoutSec 2 -MaximumRetryCount 0 -Session $session }).AddArgument($session).AddArgument($offer.href).AddArgument((Join-Path -Path $TestDrive -ChildPath p.bin))
        try { $null = $shell.Invoke() } catch { $null = $_ }
        $records = @($shell.Streams.Progress)
        $records.Count | Should -BeGreaterThan 2
        "$($records | ForEach-Object { $_.StatusDescription })" | Should -Match 'MiB'
        $records[-1].RecordType | Should -Be Completed
        $shell.Dispose()
    }

    It 'refuses -Resume without -OutFile' {
        Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Resume }) VcdInvalidArgument InvalidArgument
    }
}

Describe 'Organizations from the pipeline' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        . "$PSScriptRoot/Administrator.ps1"
        Invoke-Control reset
        $null = Connect-Administrator Tyrell
        $null = New-VcdServiceAccount -Name tyrell-backup -Role 'vApp Author'
        $null = New-VcdApiToken -Name tyrell-ci
        $null = Connect-Administrator System
        $null = New-VcdServiceAccount -Name system-backup -Role 'System Administrator'
        $null = New-VcdApiToken -Name system-ci
    }

    AfterAll {
        Get-VcdSession | Disconnect-Vcd
        Invoke-Control reset
    }

    It 'are where <command> looks, and its results note them' -ForEach @(
        @{ command = 'Get-VcdApiToken'; with = @{}; name = 'tyrell-ci'; path = '/cloudapi/1.0.0/tokens' }
        @{ command = 'Get-VcdServiceAccount'; with = @{}; name = 'tyrell-backup'; path = '/cloudapi/1.0.0/serviceAccounts' }
        @{ command = 'Get-VcdServiceAccount'; with = @{ Name = 'tyrell-*' }; name = 'tyrell-backup'; path = '/cloudapi/1.0.0/serviceAccounts' }
        @{ command = 'Search-Vcd'; with = @{ Type = 'vm' }; name = ''; path = '/api/query' }
    ) {
        $before = @(Get-Request $path).Count
        $got = @(Get-VcdOrg -Name Tyrell, Wallace | & $command @with -ErrorAction Stop)
        @($got.TenantContext | Sort-Object -Unique) | Should -Contain 'Tyrell'
        if ($name) {
            $one = @($got | Where-Object { $_.name -eq $name })
            $one.Count | Should -Be 1
            $one[0].TenantContext | Should -BeExactly 'Tyrell'
            $one[0].org.name | Should -BeExactly 'Tyrell'
        }
        Get-Header @(Get-Request $path | Select-Object -Skip $before)[0] X-VMWARE-VCLOUD-TENANT-CONTEXT | Should -BeExactly $tyrellId
        $said = Get-Failure { 42 | & $command @with -ErrorAction Stop }
        Assert-Failure $said VcdInvalidArgument InvalidArgument '' 'pipeline', 'Get-VcdOrg', 'Int32'
        Assert-Failure (Get-Failure { $null | & $command @with -ErrorAction Stop }) VcdInvalidArgument InvalidArgument '' 'pipeline', 'null'
    }

    It 'and things with ids may be mixed' {
        $token = Get-VcdApiToken -Name system-ci
        $got = @($token, (Get-VcdOrg -Name Tyrell), [pscustomobject]@{ id = $token.id } | Get-VcdApiToken)
        $got[0].id | Should -BeExactly $token.id
        $got[-1].id | Should -BeExactly $token.id
        $got.name | Should -Contain 'tyrell-ci'
        $got[0].PSObject.Properties['TenantContext'] | Should -BeNullOrEmpty
        (@(Get-VcdOrg -Name Tyrell, Wallace | Get-VcdApiToken -Id ($got | Where-Object { $_.name -eq 'tyrell-ci' }).id -ErrorAction SilentlyContinue))[0].name | Should -BeExactly 'tyrell-ci'
    }

    It 'may be given by a script block, for <command>' -ForEach @(@{ command = 'Get-VcdApiToken'; with = @{} }, @{ command = 'Search-Vcd'; with = @{ Type = 'vm' } }) {
        $got = @('Tyrell', 'Wallace' | & $command -TenantContext { $_ } @with)
        @($got.TenantContext | Sort-Object -Unique) | Should -Contain 'Tyrell'
    }

    It 'are System as well, whose things come once: <command>' -ForEach @(
        @{ command = 'Get-VcdApiToken'; own = 'system-ci'; other = 'tyrell-ci' }
        @{ command = 'Get-VcdServiceAccount'; own = 'system-backup'; other = 'tyrell-backup' }
    ) {
        $all = @(Get-VcdOrg -Name System, Tyrell | & $command)
        @($all | Where-Object { $_.name -eq $other }).Count | Should -Be 1
        @($all | Where-Object { $_.name -eq $own }).Count | Should -Be 1
        ($all | Where-Object { $_.name -eq $own }).TenantContext | Should -BeExactly 'System'
        @($all.id | Sort-Object -Unique).Count | Should -Be $all.Count
        $system = Get-VcdOrg -Name System
        foreach ($one in 'System', 'system', $system, $system.id) {
            $own = @(& $command -TenantContext $one)
            @($own.org.name | Sort-Object -Unique) | Should -Be 'System'
        }
    }

    It 'are System as well, for <command>, without a context' -ForEach @(@{ command = 'Invoke-VcdRestMethod' }, @{ command = 'Search-Vcd' }) {
        foreach ($one in 'System', (Get-VcdOrg -Name System)) {
            $before = @(Get-Request).Count
            if ($command -eq 'Search-Vcd') {
                @(Search-Vcd adminVM -TenantContext $one) | ForEach-Object { $_.org } | Should -BeNullOrEmpty
            } else {
                (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/users -TenantContext $one).values.Count | Should -BeGreaterThan 0
            }
            $request = @(Get-Request)[$before]
            Get-Header $request X-VMWARE-VCLOUD-TENANT-CONTEXT | Should -BeNullOrEmpty
        }
        (Get-VcdOrg -Name System | Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/users).TenantContext | Should -BeExactly 'System'
    }

    It 'that are no organization are refused by their type' {
        foreach ($block in { Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/users -TenantContext @{ x = 'x' } }, { Get-VcdApiToken -TenantContext @{ x = 'x' } }, { Search-Vcd vm -TenantContext 42 }) {
            Assert-Failure (Get-Failure $block) VcdInvalidArgument InvalidArgument '' 'TenantContext', 'Hashtable|Int32'
        }
        (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/users -TenantContext @{ id = $tyrellId }).values[0].orgEntityRef.id | Should -Match $tyrellId
        @(Get-VcdServiceAccount -TenantContext @{ name = 'Tyrell' }).name | Should -Contain 'tyrell-backup'
    }

    It 'are those of the object before, for nothing that comes after it' {
        $token = Get-VcdApiToken -Name tyrell-ci -TenantContext Tyrell
        $bare = [pscustomobject]@{ id = $token.id }
        $before = @(Get-Request).Count
        $token, $bare | Remove-VcdApiToken -WhatIf
        $null = $token, $bare | Remove-VcdApiToken -Confirm:$false -ErrorAction SilentlyContinue
        $sent = @(Get-Request | Select-Object -Skip $before | Where-Object { $_.method -eq 'DELETE' })
        Get-Header $sent[0] X-VMWARE-VCLOUD-TENANT-CONTEXT | Should -BeExactly $tyrellId
        Get-Header $sent[1] X-VMWARE-VCLOUD-TENANT-CONTEXT | Should -BeNullOrEmpty
    }
}
