Describe 'Get-VcdOrg' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset
        $session = Connect-Provider
        # The truth, page by page and without the module's own paging.
        $all = @(1..4 | ForEach-Object { (Invoke-VcdRestMethod -Uri $orgs -Query @{ sortAsc = 'name'; pageSize = 100; page = $_ }).values })
        # By which its view knows them.
        $all | ForEach-Object { $_.PSObject.TypeNames.Insert(0, 'VcdRest.Org') }
        Invoke-Control reset
    }

    AfterEach {
        Invoke-Control reset
    }

    AfterAll {
        Get-VcdSession | Disconnect-Vcd
    }

    It 'returns every organization, once and in order' {
        $all.Count | Should -Be 301
        $got = @(Get-VcdOrg)
        Get-Difference $all $got | Should -BeNullOrEmpty
        @(Get-Request $orgs).Count | Should -Be 3
        foreach ($request in (Get-Request $orgs)) {
            $request.target | Should -Match 'sortAsc=name'
        }
    }

    It 'shows them in a table' {
        & (Get-Module -Name VcdRest) { Import-VcdFormat }
        @(Get-VcdOrg -Name Tyrell | Out-String -Stream)[1] | Should -Match '^Name +DisplayName +IsEnabled +Id'
    }

    It 'returns a tenant its own' {
        $tenant = Connect-Tenant @{ NotDefault = $true }
        @(Get-VcdOrg -Session $tenant).name | Should -BeExactly 'Tyrell'
    }

    It 'finds <pattern>' -ForEach @(
        @{ pattern = 'Tyrell' }, @{ pattern = 'tyrell' }, @{ pattern = 'T*' }, @{ pattern = '*a*' }, @{ pattern = 'org-0002?' }, @{ pattern = 'org-*1' }, @{ pattern = '[TW]*l*' }, @{ pattern = 'Shimago!Dominguez,$1' }, @{ pattern = '*,*' }
        @{ pattern = 'Rep-Detect.(L.A.P.D.)' }, @{ pattern = '*(*)*' }, @{ pattern = 'W?llace' }, @{ pattern = '*' }, @{ pattern = '?*' }
    ) {
        $expected = @($all | Where-Object { $_.name -like $pattern })
        $got = @(Get-VcdOrg -Name $pattern)
        $expected.Count | Should -BeGreaterThan 0
        Get-Difference $expected $got | Should -BeNullOrEmpty
        if ($pattern -notmatch '^[*?]+$') {
            # The server chose, too: not everything was fetched.
            @(Get-Request $orgs)[0].target | Should -Match 'filter=name%3D%3D'
        }
    }

    It 'takes several names, in their order' {
        @(Get-VcdOrg -Name Wallace, Tyrell).name | Should -Be 'Wallace', 'Tyrell'
    }

    It 'takes names from the pipeline' {
        @('Wallace', 'Tyrell' | Get-VcdOrg).name | Should -Be 'Wallace', 'Tyrell'
        @([pscustomobject]@{ name = 'Tyrell' } | Get-VcdOrg).name | Should -BeExactly 'Tyrell'
    }

    It 'finds an id, as <form>' -ForEach @(@{ form = 'uuid' }, @{ form = 'urn' }, @{ form = 'object' }) {
        $got = switch ($form) {
            'uuid' { Get-VcdOrg -Id $tyrellId }
            'urn' { Get-VcdOrg -Id "urn:vcloud:org:$tyrellId" }
            default { [pscustomobject]@{ id = "urn:vcloud:org:$tyrellId"; name = 'something else' } | Get-VcdOrg }
        }
        $got.name | Should -BeExactly 'Tyrell'
    }

    It 'says which name is not there, and goes on' {
        $got = Get-VcdOrg -Name Nobody, Tyrell -ErrorAction SilentlyContinue -ErrorVariable errors
        $got.name | Should -BeExactly 'Tyrell'
        @($errors).Count | Should -Be 1
        $errors[0].FullyQualifiedErrorId | Should -BeExactly 'VcdNotFound,Get-VcdOrg'
        "$($errors[0].CategoryInfo.Category)" | Should -BeExactly 'ObjectNotFound'
        $errors[0].TargetObject | Should -BeExactly 'Nobody'
        "$($errors[0])" | Should -Match "'Nobody'"
    }

    It 'says which pattern is none' {
        $got = Get-VcdOrg -Name 'T[yr', Tyrell -ErrorAction SilentlyContinue -ErrorVariable errors
        $got.name | Should -BeExactly 'Tyrell'
        @($errors | ForEach-Object { $_.FullyQualifiedErrorId }) | Should -BeExactly 'VcdInvalidArgument,Get-VcdOrg'
    }

    It 'does what the caller''s preference for errors says: <preference>' -ForEach @(
        @{ preference = 'Stop'; expected = 'VcdNotFound,Get-VcdOrg', 'errors: 1' }, @{ preference = 'SilentlyContinue'; expected = 'Tyrell', 'errors: 1' }
        @{ preference = 'Ignore'; expected = 'Tyrell', 'errors: 0' }, @{ preference = 'Continue'; expected = 'shown', 'Tyrell', 'errors: 1' }
    ) {
        # In a script, whose preferences a module does not see by itself.
        $output = Invoke-Child -Environment @{ VCDREST_TEST_PREFERENCE = $preference } -Script @'
Import-Module -Name $env:VCDREST_TEST_MODULE
$null = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org System -ApiToken $env:VCDREST_TEST_PROVIDER_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA
$Error.Clear()
& {
    $ErrorActionPreference = $env:VCDREST_TEST_PREFERENCE
    try {
        Get-VcdOrg -Name Nobody, Tyrell 2>&1 | ForEach-Object { if ($_ -is [System.Management.Automation.ErrorRecord]) { 'shown' } else { $_.name } }
    } catch {
        $_.FullyQualifiedErrorId
    }
}
"errors: $($Error.Count)"
'@
        $output | Should -Be $expected
    }

    It 'prefers -ErrorAction to the preference' {
        $ErrorActionPreference = 'Stop'
        (Get-VcdOrg -Name Nobody, Tyrell -ErrorAction SilentlyContinue).name | Should -BeExactly 'Tyrell'
        $ErrorActionPreference = 'SilentlyContinue'
        (Get-Failure { Get-VcdOrg -Name Nobody, Tyrell -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeExactly 'VcdNotFound,Get-VcdOrg'
    }

    It 'is silent about a pattern that finds nothing' {
        Get-VcdOrg -Name 'Nobody*' -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'reports an id that is <what>, and goes on' -ForEach @(
        @{ what = 'none'; id = 'Tyrell'; error = 'VcdInvalidArgument' }, @{ what = 'nobody''s'; id = '00000000-0000-0000-0000-000000000001'; error = 'VcdAccessDenied' }
    ) {
        $got = Get-VcdOrg -Id $id, $tyrellId -ErrorAction SilentlyContinue -ErrorVariable errors
        $got.name | Should -BeExactly 'Tyrell'
        @($errors | ForEach-Object { $_.FullyQualifiedErrorId }) | Should -BeExactly "$error,Get-VcdOrg"
    }

    It 'reports what goes wrong in the middle' {
        Set-Answer -Path "$orgs`?" -Body '{}' -Status 403 -Times 1
        $null = Get-VcdOrg -ErrorAction SilentlyContinue -ErrorVariable errors
        $errors[0].FullyQualifiedErrorId | Should -BeExactly 'VcdAccessDenied,Get-VcdOrg'
        @(Get-VcdOrg).Count | Should -Be 301
    }

    It 'fetches one page for whoever takes a few' {
        $first = @(Get-VcdOrg | Select-Object -First 3)
        $first.name | Should -Be $all[0..2].name
        @(Get-Request $orgs).Count | Should -Be 1
    }

    It 'stops when the pipeline has enough, and cancels what it has asked for' {
        $null = Get-VcdOrg
        $third = @(Get-Request $orgs | Where-Object { $_.target -match '[?&]page=3\b' })[0].target
        Invoke-Control reset
        Set-Fault hang $third
        # The third page is on its way when the first item of the second one is seen.
        $count = 0
        $some = @(Get-VcdOrg | ForEach-Object { if (++$count -eq 129) { $null = Wait-Event request $third }; $_ } | Select-Object -First 130)
        $some.name | Should -Be $all[0..129].name
        Wait-Event abort $third | Should -Be 200
    }

    It 'shows its progress' {
        $output = Invoke-Child -Script @'
$shell = [powershell]::Create()
$null = $shell.AddScript('Import-Module -Name $env:VCDREST_TEST_MODULE; $null = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org System -ApiToken $env:VCDREST_TEST_PROVIDER_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA; Get-VcdOrg')
$count = $shell.Invoke().Count
"$count organizations, $($shell.Streams.Progress.Count) progress records, last is $($shell.Streams.Progress[-1].RecordType)"
'@
        $output | Should -Match '^301 organizations, [4-9] progress records, last is Completed$'
    }
}
