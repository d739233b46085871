Describe 'Sessions' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset
    }

    AfterEach {
        Get-VcdSession | Disconnect-Vcd
        Invoke-Control reset
    }

    Context 'Get-VcdSession' {
        It 'lists what there is, in order, with a table that shows the default' {
            $first = Connect-Tenant
            $second = Connect-Provider
            @(Get-VcdSession) | Should -Be $first, $second
            $first.Default | Should -BeFalse
            $second.Default | Should -BeTrue
            $table = (Get-VcdSession | Out-String -Width 200) -split '\r?\n' | ForEach-Object { $_ -replace '\e\[[0-9;]*m', '' } | Where-Object { $_.Trim() }
            $table[0] | Should -Match '^Server\s+Org\s+User\s+ApiVersion\s+Expires\s+Default\s*$'
            $table[3] | Should -Match 'System\s+administrator\s+37\.2\s+.*True'
        }

        It 'fits 80 columns' {
            $null = Connect-Provider
            $table = (Get-VcdSession | Out-String -Width 80) -split '\r?\n' | ForEach-Object { $_ -replace '\e\[[0-9;]*m', '' } | Where-Object { $_.Trim() }
            $table.Count | Should -Be 3
            $table[0] | Should -Match '^Server\s+Org\s+User\s+ApiVersion\s+Expires\s+Default\s*$'
            $table[2] | Should -Match "^$([regex]::Escape(([uri]$url).Authority)) +System +administrator +37\.2 +\d{4}-\d\d-\d\d \d\d:\d\d +True\s*$"
        }

        It 'fits 80 columns with long names, too' {
            $null = Get-VcdSession
            $long = [pscustomobject]@{ Server = 'https://vcd.eu-central-1.example.com:8443'; Org = 'an-organization-with-a-long-name'; User = 'somebody-with-a-long-name'; ApiVersion = '37.2'; ExpiresAt = [datetime]'2049-01-01'; Default = $true }
            $long.PSObject.TypeNames.Insert(0, 'VcdRest.Abi1.Session')
            $table = ($long | Out-String -Width 80) -split '\r?\n' | ForEach-Object { $_ -replace '\e\[[0-9;]*m', '' } | Where-Object { $_.Trim() }
            $window = try { $Host.UI.RawUI.WindowSize.Width } catch { 0 }
            if ($window -eq 80) {
                $table[2] | Should -Match '^vcd\.eu-central-1\.e. an-organi. somebody-wit. 37\.2 +2049-01-01 00:00 True\s*$'
            } else {
                # Without a window there is no width to fit, and a wide one has room.
                $table[2] | Should -Match '^vcd\.eu-central-1\.e\S+ an-organi. somebody-wit. 37\.2'
            }
            $long.Server = 'https://vcd.example.com'
            $table = ($long | Out-String -Width 80) -split '\r?\n' | ForEach-Object { $_ -replace '\e\[[0-9;]*m', '' } | Where-Object { $_.Trim() }
            $table[0] | Should -Match 'Default\s*$'
            $table[2] | Should -Match '^vcd\.example\.com +an-organi. somebody-wit. 37\.2 +2049-01-01 00:00 True\s*$'
        }

        It 'has the table also when PowerShell has had nothing to do' {
            $output = Invoke-Child -Script @'
Import-Module -Name $env:VCDREST_TEST_MODULE
$session = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA
@(Get-FormatData -TypeName VcdRest.Abi1.Session).Count
$null = $ExecutionContext.Events.GenerateEvent('PowerShell.OnIdle', $null, @(), $null, $true, $true)
@(Get-FormatData -TypeName VcdRest.Abi1.Session).Count
'@
            $output | Should -Be '0', '1'
        }

        It 'says which organization and site the token is for' {
            $session = Connect-Tenant
            $session.OrgId | Should -BeExactly $tyrellId
            $session.SiteId | Should -BeExactly 'f906e815-3468-4d4e-82be-72c1c2ed10b3'
        }

        It 'is a table in a script that shows what Connect-Vcd returns' {
            $output = Invoke-Child -Script @'
Import-Module -Name $env:VCDREST_TEST_MODULE
Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -CertificateAuthority $env:VCDREST_TEST_CA
'@ -Environment @{ VCD_API_TOKEN = $env:VCDREST_TEST_TENANT_TOKEN }
            $lines = @($output | Where-Object { $_.Trim() })
            $lines[0] | Should -Match '^Server\s+Org\s+User\s+ExpiresAt\s*$'
            $lines[2] | Should -Match "^$([regex]::Escape($url))\s+Tyrell\s+roy\s"
        }

        It 'does not grow by signing in again' {
            $first = Connect-Tenant
            $second = Connect-Tenant
            $third = Connect-Tenant @{ NotDefault = $true }
            @(Get-VcdSession) | Should -Be $second, $third
            Test-VcdSession -Session $first | Should -BeTrue
            $first | Disconnect-Vcd
        }

        It 'forgets what another runspace has ended' {
            $session = Connect-Tenant
            $shell = [powershell]::Create()
            try {
                $null = $shell.AddScript('param($module, $session) Import-Module $module; Disconnect-Vcd -Session $session').AddArgument($module).AddArgument($session)
                $null = $shell.Invoke()
            } finally {
                $shell.Dispose()
            }
            @(Get-VcdSession).Count | Should -Be 0
            $session.Default | Should -BeFalse
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs }) VcdNotConnected InvalidOperation
        }

        It 'finds by <name>' -ForEach @(@{ name = 'address' }, @{ name = 'host and port' }, @{ name = 'host' }, @{ name = 'wildcard' }) {
            $session = Connect-Tenant
            $server = switch ($name) { 'address' { $url } 'host and port' { ([uri]$url).Authority } 'host' { 'LOCALHOST' } default { 'local*' } }
            Get-VcdSession -Server $server | Should -Be $session
            Get-VcdSession -Server 'other.example.com' | Should -BeNullOrEmpty
        }
    }

    Context '-Session' {
        It 'takes the name of a server' {
            $null = Connect-Tenant @{ NotDefault = $true }
            (Invoke-VcdRestMethod -Uri $orgs -Session $url).values[0].name | Should -BeExactly 'Tyrell'
            (Invoke-VcdRestMethod -Uri $orgs -Session localhost).values[0].name | Should -BeExactly 'Tyrell'
        }

        It 'prefers the default among sessions with one server, and else asks to be told' {
            $null = Connect-Tenant @{ NotDefault = $true }
            $second = Connect-Provider @{ NotDefault = $true }
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Session localhost }) VcdNotConnected InvalidOperation '' '2 sessions'
            $second | Disconnect-Vcd
            $null = Connect-Provider
            (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/sessions/current -Session localhost).org.name | Should -BeExactly 'System'
        }

        It 'names a server that there is no session with' {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Session 'other.example.com' }) VcdNotConnected InvalidOperation '' 'other\.example\.com'
        }

        It 'refuses a session of another process, and says what to do' {
            $session = Connect-Tenant
            $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($session))
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Session $copy }) VcdInvalidArgument InvalidArgument '' 'another process', 'Connect-Vcd'
        }

        It 'is not the default one where it is null, for <command>' -ForEach @(
            @{ command = 'Invoke-VcdRestMethod'; with = @{ Uri = '/cloudapi/1.0.0/orgs' } }
            @{ command = 'Get-VcdOrg'; with = @{} }
            @{ command = 'Search-Vcd'; with = @{ Type = 'vm' } }
            @{ command = 'Get-VcdAccessToken'; with = @{} }
            @{ command = 'Get-VcdApiToken'; with = @{} }
            @{ command = 'New-VcdApiToken'; with = @{ Name = 'x' } }
            @{ command = 'Remove-VcdApiToken'; with = @{ Id = '7e5f1fe3-80cc-41e8-bf72-d40caf54418e'; Confirm = $false } }
            @{ command = 'Get-VcdServiceAccount'; with = @{} }
            @{ command = 'New-VcdServiceAccount'; with = @{ Name = 'x'; Role = 'y' } }
            @{ command = 'Remove-VcdServiceAccount'; with = @{ Id = '7e5f1fe3-80cc-41e8-bf72-d40caf54418e'; Confirm = $false } }
            @{ command = 'Approve-VcdServiceAccount'; with = @{ UserCode = 'XXXX-XXXX' } }
            @{ command = 'Get-VcdApiVersion'; with = @{} }
            @{ command = 'Wait-VcdTask'; with = @{ Task = '7e5f1fe3-80cc-41e8-bf72-d40caf54418e' } }
            @{ command = 'Disconnect-Vcd'; with = @{} }
        ) {
            $session = Connect-Tenant
            $before = @(Get-Request).Count
            foreach ($none in $null, [System.Management.Automation.Internal.AutomationNull]::Value) {
                $failure = Get-Failure { & $command -Session $none @with -ErrorAction Stop }
                Assert-Failure $failure VcdNotConnected InvalidOperation '' '-Session is null', 'Connect-Vcd'
            }
            @(Get-Request).Count | Should -Be $before
            $session.IsConnected | Should -BeTrue
        }

        It 'is not the default one where it is null in a list or comes so through the pipeline' {
            $session = Connect-Tenant
            Assert-Failure (Get-Failure { Disconnect-Vcd -Session @($null) }) VcdNotConnected InvalidOperation '' '-Session is null'
            Assert-Failure (Get-Failure { $null | Disconnect-Vcd }) VcdNotConnected InvalidOperation '' '-Session is null'
            Test-VcdSession -Session $null | Should -BeFalse
            $session.IsConnected | Should -BeTrue
        }

        It 'refuses other things' {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Session 42 }) VcdInvalidArgument InvalidArgument '' 'Int32'
        }

        It 'keeps two sessions apart' {
            $tenant = Connect-Tenant
            $provider = Connect-Provider
            for ($i = 0; $i -lt 3; $i++) {
                (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/sessions/current -Session $tenant).user.name | Should -BeExactly 'roy'
                (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/sessions/current -Session $provider).user.name | Should -BeExactly 'administrator'
            }
            (Get-Stat).exchanges | Should -Be 2
        }
    }

    Context 'Test-VcdSession' {
        It 'is false without a session' {
            Test-VcdSession | Should -BeExactly $false
        }

        It 'is true for a good one, and for one that can be renewed' {
            $session = Connect-Tenant
            Test-VcdSession | Should -BeExactly $true
            Invoke-Control end-sessions
            $session | Test-VcdSession | Should -BeExactly $true
        }

        It 'is false for one that is refused' {
            $first = Connect-Tenant
            $foreign = Connect-Vcd -Server $url -AccessToken (Get-VcdAccessToken -Session $first) -CertificateAuthority $ca
            Invoke-Control end-sessions
            Test-VcdSession -Session $foreign -ErrorAction Stop | Should -BeExactly $false
        }

        It 'is false for one that was disconnected' {
            $session = Connect-Tenant
            Disconnect-Vcd
            Test-VcdSession -Session $session -ErrorAction Stop | Should -BeExactly $false
        }

        It 'is false for a server that there is no session with, and says why' {
            $output = @(Test-VcdSession -Session 'other.example.com' -Verbose -ErrorAction Stop 4>&1)
            $output[-1] | Should -BeExactly $false
            "$($output[0])" | Should -Match 'other\.example\.com'
        }

        It 'is false and says why when the server does not answer' {
            $null = Connect-Tenant @{ TimeoutSec = 1 }
            Set-Fault hang /cloudapi
            $output = @(Test-VcdSession -Verbose -ErrorAction Stop 4>&1)
            $output[-1] | Should -BeExactly $false
            "$output" | Should -Match 'time'
        }
    }

    Context 'Get-VcdAccessToken' {
        It 'returns a SecureString with the token, or text when asked to' {
            $null = Connect-Tenant
            $secure = Get-VcdAccessToken
            $secure | Should -BeOfType [securestring]
            $secure.IsReadOnly() | Should -BeTrue
            $plain = Get-VcdAccessToken -AsPlainText
            $plain | Should -Match '^eyJ[\w-]+\.[\w-]+\.[\w-]+$'
            (New-Object -TypeName System.Net.NetworkCredential -ArgumentList '', $secure).Password | Should -BeExactly $plain
        }

        It 'is of the session that is asked for' {
            $tenant = Connect-Tenant
            $null = Connect-Provider
            $tenant | Get-VcdAccessToken -AsPlainText | Should -Not -BeExactly (Get-VcdAccessToken -AsPlainText)
        }

        It 'fails for a session that was disconnected' {
            $session = Connect-Tenant
            Disconnect-Vcd
            Assert-Failure (Get-Failure { Get-VcdAccessToken -Session $session }) VcdNotConnected InvalidOperation VCD_ERR_NOT_SIGNED_IN
        }
    }

    Context 'Disconnect-Vcd' {
        It 'ends on the server what it opened, and forgets it' {
            $session = Connect-Tenant
            Disconnect-Vcd | Should -BeNullOrEmpty
            $requests = @(Get-Request /cloudapi/1.0.0/sessions/current | Where-Object { $_.method -eq 'DELETE' })
            $requests.Count | Should -Be 1
            $requests[0].status | Should -Be 204
            @(Get-VcdSession).Count | Should -Be 0
            $session.IsConnected | Should -BeFalse
            $session.Default | Should -BeFalse
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Session $session }) VcdNotConnected InvalidOperation VCD_ERR_NOT_SIGNED_IN 'disconnected'
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs }) VcdNotConnected InvalidOperation
        }

        It 'only forgets a foreign session, unless -SignOut' {
            $own = Connect-Tenant
            $token = Get-VcdAccessToken -Session $own
            Connect-Vcd -Server $url -AccessToken $token -CertificateAuthority $ca | Disconnect-Vcd
            Test-VcdSession -Session $own | Should -BeTrue
            @(Get-Request /cloudapi/1.0.0/sessions/current | Where-Object { $_.method -eq 'DELETE' }).Count | Should -Be 0
            Connect-Vcd -Server $url -AccessToken $token -CertificateAuthority $ca | Disconnect-Vcd -SignOut
            @(Get-Request /cloudapi/1.0.0/sessions/current | Where-Object { $_.method -eq 'DELETE' }).Count | Should -Be 1
        }

        It 'can be repeated' {
            $session = Connect-Tenant
            $session, $session | Disconnect-Vcd -ErrorAction Stop
            Disconnect-Vcd -Session $session -ErrorAction Stop
            Disconnect-Vcd -ErrorAction Stop
        }

        It 'is no error when the server does not take part' {
            $session = Connect-Tenant @{ TimeoutSec = 1 }
            Set-Answer -Path /cloudapi/1.0.0/sessions/current -Status 500 -Times 9
            $output = @(Disconnect-Vcd -Verbose -ErrorAction Stop 4>&1)
            "$output" | Should -Match 'forgotten here'
            $session.IsConnected | Should -BeFalse
        }

        It 'does nothing with -WhatIf' {
            $session = Connect-Tenant
            Disconnect-Vcd -WhatIf
            $session.IsConnected | Should -BeTrue
            $session.Default | Should -BeTrue
        }

        It 'ends all that come down the pipeline' {
            $null = Connect-Tenant
            $null = Connect-Provider
            Get-VcdSession | Disconnect-Vcd
            @(Get-VcdSession).Count | Should -Be 0
        }
    }

    Context 'A session that ends in mid-script' {
        It 'is renewed when its token expires' {
            $null = Connect-Tenant
            $first = Invoke-VcdRestMethod -Uri $orgs
            Invoke-Control expire
            $second = Invoke-VcdRestMethod -Uri $orgs
            Get-Difference $first $second | Should -BeNullOrEmpty
            (Get-Stat).exchanges | Should -Be 2
        }

        It 'is renewed for a request that changes something, whose body is sent again' {
            $null = Connect-Provider
            Invoke-Control end-sessions
            $made = Invoke-VcdRestMethod -Method Post -Uri $orgs -Body @{ name = "Pris"; displayName = 'Pris' }
            $made.name | Should -BeExactly 'Pris'
        }

        It 'is renewed once for many' {
            $session = Connect-Provider
            Invoke-Control expire
            @(Get-VcdOrg).Count | Should -Be 301
            (Get-Stat).exchanges | Should -Be 2
        }

        It 'is over when the API token was revoked meanwhile' {
            $null = Connect-Tenant
            Invoke-Control end-sessions
            Invoke-Control revoke @{ token = $env:VCDREST_TEST_TENANT_TOKEN }
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs }) VcdAuthenticationFailed AuthenticationError VCD_ERR_AUTH
            Invoke-Control reset
            (Invoke-VcdRestMethod -Uri $orgs).values[0].name | Should -BeExactly 'Tyrell'
        }

        It 'with a foreign access token cannot be renewed' {
            $token = Get-VcdAccessToken -Session (Connect-Tenant)
            $null = Connect-Vcd -Server $url -AccessToken $token -CertificateAuthority $ca
            Invoke-Control end-sessions
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs }) VcdAuthenticationFailed AuthenticationError
        }
    }

    Context 'Runspaces' {
        It 'share a session that is handed over' -Tag PowerShell7 {
            $session = Connect-Provider
            $module = $env:VCDREST_TEST_MODULE
            $names = 1..24 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module -Name $using:module
                (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs -Query @{ page = $_; pageSize = 1 } -Session $using:session).values[0].name
            }
            @($names | Sort-Object -Unique).Count | Should -Be 24
            (Get-Stat).exchanges | Should -Be 1
        }

        It 'renew it once' -Tag PowerShell7 {
            $session = Connect-Provider
            $module = $env:VCDREST_TEST_MODULE
            Invoke-Control expire
            $good = 1..16 | ForEach-Object -ThrottleLimit 8 -Parallel {
                Import-Module -Name $using:module
                Test-VcdSession -Session $using:session
            }
            $good | Should -Be (@($true) * 16)
            (Get-Stat).exchanges | Should -Be 2
        }

        It 'have default sessions of their own' {
            $session = Connect-Tenant
            $shell = [powershell]::Create()
            try {
                $null = $shell.AddScript('param($module, $session) Import-Module $module; "$($session.Default)"; try { Invoke-VcdRestMethod /x } catch { $_.FullyQualifiedErrorId }; @(Get-VcdSession).Count; (Invoke-VcdRestMethod /cloudapi/1.0.0/orgs -Session $session).values[0].name').AddArgument($module).AddArgument($session)
                $shell.Invoke() | Should -Be 'False', 'VcdNotConnected,Invoke-VcdRestMethod', 0, 'Tyrell'
            } finally {
                $shell.Dispose()
            }
            $session.Default | Should -BeTrue
        }

        It 'find the module by its name in ForEach-Object -Parallel' -Tag PowerShell7 {
            $output = Invoke-Child -Environment @{ PSModulePath = (Split-Path -Path $module) + [System.IO.Path]::PathSeparator + $env:PSModulePath } -Script @'
$session = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA
1..3 | ForEach-Object -Parallel { (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs -Session $using:session).values[0].name }
'@
            $output | Should -Be 'Tyrell', 'Tyrell', 'Tyrell'
        }

        It 'share a session also where the interop is compiled in memory' -Tag PowerShell7, Unix {
            # A package has it compiled.
            $copy = (New-Item -Path (Join-Path -Path $TestDrive -ChildPath 'uncompiled') -ItemType Directory).FullName
            Copy-Item -Path $module -Destination $copy -Recurse
            Remove-Item -Path "$copy/VcdRest/Interop/*.dll"
            $output = Invoke-Child -Environment @{ XDG_CACHE_HOME = 'relative'; HOME = ''; LOCALAPPDATA = ''; VCDREST_TEST_FROM = "$copy/VcdRest" } -Script @'
$module = $env:VCDREST_TEST_FROM
Import-Module -Name $module
$session = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA
$session.GetType().Assembly.Location -eq ''
1..3 | ForEach-Object -Parallel { Import-Module -Name $using:module; (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs -Session $using:session).values[0].name }
'@
            $output | Should -Be 'True', 'Tyrell', 'Tyrell', 'Tyrell'
        }
    }
}
