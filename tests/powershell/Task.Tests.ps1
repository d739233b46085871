Describe 'Wait-VcdTask' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset
        $session = Connect-Tenant
    }

    AfterEach {
        Invoke-Control reset
    }

    AfterAll {
        Get-VcdSession | Disconnect-Vcd
    }

    It 'returns the task, given as <form>' -ForEach @(
        @{ form = 'href' }, @{ form = 'id' }, @{ form = 'urn' }, @{ form = 'object' }, @{ form = 'owner' }, @{ form = 'headers' }, @{ form = 'table' }, @{ form = 'xml' }
    ) {
        $href = (Invoke-Control task @{ outcome = 'success'; polls = 2 }).href
        $id = $href -replace '.*/'
        $task = switch ($form) {
            'href' { $href }
            'id' { $id }
            'urn' { "urn:vcloud:task:$id" }
            'object' { Invoke-VcdRestMethod -Uri "/api/task/$id" }
            'owner' { [pscustomobject]@{ id = 'urn:vcloud:vapp:1'; tasks = [pscustomobject]@{ task = @([pscustomobject]@{ href = $href }) } } }
            'headers' {
                $headers = New-Object -TypeName 'System.Collections.Generic.Dictionary[string,System.Collections.Generic.IEnumerable[string]]'
                $headers.Add('Location', [string[]]@($href))
                $headers
            }
            'table' { @{ location = $href } }
            'xml' { [xml]"<Task xmlns='http://www.vmware.com/vcloud/v1.5' href='$href'/>" }
        }
        $ended = @(Wait-VcdTask -Task $task -PollIntervalSec 0.05)
        $ended.Count | Should -Be 1
        $ended[0].status | Should -BeExactly 'success'
        $ended[0].PSObject.TypeNames[0] | Should -BeExactly 'VcdRest.Task'
        @($ended[0] | Format-Table | Out-String -Stream)[1] | Should -Match '^Operation +Status +Progress'
    }

    It 'takes several from the pipeline, and reports the one that failed' {
        $tasks = 'success', 'error', 'aborted', 'success' | ForEach-Object { Invoke-Control task @{ outcome = $_; polls = 2 } }
        $ended = @($tasks | Wait-VcdTask -PollIntervalSec 0.05 -ErrorAction SilentlyContinue -ErrorVariable errors)
        $ended.status | Should -Be 'success', 'success'
        @($errors | ForEach-Object { $_.FullyQualifiedErrorId } | Sort-Object -Unique) | Should -BeExactly 'VcdTaskFailed,Wait-VcdTask'
        $errors[0].Exception.Message | Should -Match 'no room left'
        $errors[0].Exception.ServerMessage | Should -Match 'no room left'
        $errors[1].Exception.Message | Should -Match 'aborted'
    }

    It 'waits no longer than it may; the task <goes> ' -ForEach @(@{ goes = 'goes on'; cancel = $false }, @{ goes = 'is cancelled'; cancel = $true }) {
        $href = (Invoke-Control task @{ outcome = 'hang' }).href
        $failure = Get-Failure { Wait-VcdTask -Task $href -TimeoutSec 1 -PollIntervalSec 0.1 -CancelOnTimeout:$cancel -ErrorAction Stop }
        Assert-Failure $failure VcdTimeout OperationTimeout VCD_ERR_TIMEOUT
        if ($cancel) {
            Wait-Event request "$(([uri]$href).AbsolutePath)/action/cancel" | Should -Be 200
        } else {
            (Invoke-VcdRestMethod -Uri $href).status | Should -BeExactly 'running'
        }
    }

    It 'says where the address is when it gets an answer that has no body' {
        foreach ($nothing in '', ' ', $null) {
            $failure = Get-Failure { $nothing | Wait-VcdTask -ErrorAction Stop }
            Assert-Failure $failure VcdInvalidArgument InvalidArgument '' 'Location', '-ResponseHeadersVariable h; Wait-VcdTask \$h'
        }
        $href = (Invoke-Control task @{ outcome = 'success'; polls = 1 }).href
        Set-Answer -Path /cloudapi/test -Status 202 -Headers @{ Location = $href } -Times 2
        Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Method Delete -Uri /cloudapi/test | Wait-VcdTask -ErrorAction Stop }) VcdInvalidArgument InvalidArgument '' 'Location'
        $null = Invoke-VcdRestMethod -Method Delete -Uri /cloudapi/test -ResponseHeadersVariable h
        (Wait-VcdTask $h -PollIntervalSec 0.05).status | Should -BeExactly 'success'
    }

    It 'says what is no task' {
        Wait-VcdTask -Task ([pscustomobject]@{ href = 'https://x/api/vApp/1' }) -ErrorAction SilentlyContinue -ErrorVariable errors
        $errors[0].FullyQualifiedErrorId | Should -BeExactly 'VcdInvalidArgument,Wait-VcdTask'
        Wait-VcdTask -Task nonsense -ErrorAction SilentlyContinue -ErrorVariable errors
        $errors[0].FullyQualifiedErrorId | Should -Match 'Wait-VcdTask$'
    }

    It 'shows its progress' {
        $href = (Invoke-Control task @{ outcome = 'success'; polls = 5 }).href
        $shell = [powershell]::Create()
        $null = $shell.AddScript({ param ($session, $href) Import-Module -Name $env:VCDREST_TEST_MODULE; Wait-VcdTask -Task $href -Session $session -PollIntervalSec 0.2 }).AddArgument($session).AddArgument($href)
        $null = $shell.Invoke()
        $records = @($shell.Streams.Progress)
        $records.Count | Should -BeGreaterThan 2
        $records[-1].RecordType | Should -Be Completed
        $shell.Dispose()
    }
}

Describe 'Search-Vcd' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset
        $session = Connect-Provider
    }

    AfterEach {
        Invoke-Control reset
    }

    AfterAll {
        Get-VcdSession | Disconnect-Vcd
    }

    It 'returns every record, once and in order' {
        $got = @(Search-Vcd -Type vm -SortAsc name -PageSize 50)
        $got.Count | Should -Be 300
        $got.name | Should -Be @($got.name | Sort-Object)
        @($got.href | Sort-Object -Unique).Count | Should -Be 300
        @(Get-Request /api/query).Count | Should -Be 6
    }

    It 'fetches pages side by side where the order is fixed' {
        Invoke-Control latency @{ ms = 200; path = '/api/query' }
        $null = Search-Vcd -Type vm -SortAsc name -PageSize 50
        $requests = @(Get-Request /api/query | Sort-Object -Property atMs)
        $requests.Count | Should -Be 6
        # The last one was sent before the third was answered, 200 ms after it came.
        ($requests[5].atMs - $requests[2].atMs) | Should -BeLessThan 190
    }

    It 'fetches no more than is used' {
        @(Search-Vcd -Type vm -PageSize 50 | Select-Object -First 3).Count | Should -Be 3
        @(Get-Request /api/query).Count | Should -Be 1
    }

    It 'filters, sorts and chooses fields' {
        $got = @(Search-Vcd vm 'name==vm-0000*' -SortDesc name -Fields name, status)
        $got.name | Should -Be @($got.name | Sort-Object -Descending)
        $got[0].name | Should -BeExactly 'vm-00009'
        $target = (Get-Request /api/query)[0].target
        $target | Should -Match 'filter=name%3D%3Dvm-0000'
        $target | Should -Match 'fields=name%2Cstatus'
    }

    It 'takes a table for a filter, escaped, and nothing else that is no text' {
        @(Search-Vcd vm @{ name = 'vm-0000*' }).Count | Should -Be @(Search-Vcd vm 'name==vm-0000*').Count
        $null = Search-Vcd vm ([ordered]@{ name = 'a;b(1)'; isVAppTemplate = $false; status = 'POWERED_ON', 'POWERED_OFF' })
        $sent = [uri]::UnescapeDataString((Get-Request /api/query)[-1].target)
        $sent.Contains('filter=name==a\;b\(1\);isVAppTemplate==false;(status==POWERED_ON,status==POWERED_OFF)&') | Should -BeTrue -Because $sent
        foreach ($bad in 42, @{ name = $null }, @{ name = @{ a = 1 } }, @{ name = @() }, @('name==x', 'y')) {
            Assert-Failure (Get-Failure { Search-Vcd vm $bad }) VcdInvalidArgument InvalidArgument '' '-Filter'
        }
    }

    It 'returns <format>' -ForEach @(@{ format = 'records' }, @{ format = 'idrecords' }, @{ format = 'references' }) {
        $got = @(Search-Vcd -Type vm -Format $format)
        $got.Count | Should -Be 300
        $got[0].PSObject.Properties.Name | Should -Contain 'href'
    }

    It 'leads from <type> records to the things themselves' -ForEach @(@{ type = 'vm' }, @{ type = 'vApp' }, @{ type = 'orgVdc' }, @{ type = 'catalog' }, @{ type = 'user' }, @{ type = 'organization' }) {
        $found = @(Search-Vcd -Type $type | Select-Object -First 3)
        $things = @($found | Invoke-VcdRestMethod)
        $things.Count | Should -Be 3
        $things.name | Should -Be $found.name
        $things.href | Should -Be $found.href
    }

    It 'shows the provider whose things are' {
        $org = Search-Vcd organization 'name==Tyrell'
        $all = @(Search-Vcd adminVM)
        $own = @(Search-Vcd adminVM "org==$($org.href)")
        $own.Count | Should -BeGreaterThan 0
        $own.Count | Should -BeExactly @($all | Where-Object { $_.org -eq $org.href }).Count
        $own.Count | Should -BeLessThan $all.Count
    }

    It 'searches in a tenant' {
        $all = @(Search-Vcd -Type vm)
        $of = @(Search-Vcd -Type vm -TenantContext Tyrell)
        $of.Count | Should -BeLessThan $all.Count
        $of.Count | Should -BeGreaterThan 0
    }

    It 'reports <what>' -ForEach @(
        @{ what = 'two orders'; with = @{ Type = 'vm'; SortAsc = 'name'; SortDesc = 'name' }; id = 'VcdInvalidArgument' }
        @{ what = 'a type that there is not'; with = @{ Type = 'nexus6' }; id = 'VcdHttpError' }
    ) {
        $failure = Get-Failure { Search-Vcd @with -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeExactly "$id,Search-Vcd"
    }

    It 'reports what goes wrong in the middle, and ends' {
        Set-Answer -Path '/api/query?type=vm&format=records&sortAsc=name&pageSize=50&page=3' -Body '{}' -Status 403
        $got = @(Search-Vcd -Type vm -SortAsc name -PageSize 50 -ErrorAction SilentlyContinue -ErrorVariable errors)
        $got.Count | Should -Be 100
        $errors[0].FullyQualifiedErrorId | Should -BeExactly 'VcdAccessDenied,Search-Vcd'
    }

    It 'can be waited for and fetched' {
        $null = Invoke-Control task @{ outcome = 'success'; polls = 1; owner = "urn:vcloud:vapp:$([guid]::NewGuid())" }
        @(Search-Vcd -Type task | Wait-VcdTask -PollIntervalSec 0.05).Count | Should -BeGreaterThan 0
        (Search-Vcd -Type task | Select-Object -First 1 | Invoke-VcdRestMethod).type | Should -BeExactly 'application/vnd.vmware.vcloud.task+json'
    }
}

Describe 'Get-VcdApiVersion' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset
    }

    AfterAll {
        Get-VcdSession | Disconnect-Vcd
    }

    It 'asks a server without signing in' {
        $got = @(Get-VcdApiVersion -Server $url -CertificateAuthority $ca)
        $got.Version | Should -Contain '37.2'
        @($got | Where-Object { $_.Alpha }).Count | Should -Be 1
        $got[-1].Alpha | Should -BeTrue
        @($got | Where-Object { $_.Deprecated }).Count | Should -BeGreaterThan 0
        @($got | Where-Object { $_.InUse }).Count | Should -Be 0
        @(Get-Request /oauth).Count | Should -Be 0
        Get-Header (Get-Request /api/versions)[0] Authorization | Should -BeNullOrEmpty
        @(Get-VcdSession).Count | Should -Be 0
    }

    It 'says which one the session uses' {
        $null = Connect-Tenant
        $got = @(Get-VcdApiVersion)
        ($got | Where-Object { $_.InUse }).Version | Should -BeExactly '37.2'
        @($got | Format-Table | Out-String -Stream)[1] | Should -Match '^Version +Deprecated +Alpha +InUse'
    }

    It 'warns of a version that was set and is deprecated, or is not offered' {
        Invoke-Control settings @{ versions = '!36.3,37.2' }
        $null = Connect-Tenant @{ ApiVersion = '36.3' }
        $null = Get-VcdApiVersion -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -Match '36\.3.*deprecated'
        $null = Connect-Tenant @{ ApiVersion = '37.2' }
        $null = Get-VcdApiVersion -WarningVariable said -WarningAction SilentlyContinue
        @($said).Count | Should -Be 0
        Invoke-Control settings @{ versions = '38.0' }
        $null = Get-VcdApiVersion -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -Match '37\.2.*does not offer'
        Invoke-Control reset
    }

    It 'reads XML, and orders by number' {
        $null = Connect-Tenant
        $xml = '<SupportedVersions xmlns="http://www.vmware.com/vcloud/versions"><VersionInfo deprecated="false"><Version>5.10</Version></VersionInfo><VersionInfo deprecated="true"><Version>5.9</Version></VersionInfo></SupportedVersions>'
        Set-Answer -Path /api/versions -Body $xml -ContentType text/xml
        $got = @(Get-VcdApiVersion)
        $got.Version | Should -Be '5.9', '5.10'
        $got.Deprecated | Should -Be $true, $false
    }

    It 'reports a server that is not trusted' {
        Assert-Failure (Get-Failure { Get-VcdApiVersion -Server $url }) VcdTlsError SecurityError VCD_ERR_TLS
    }
}
