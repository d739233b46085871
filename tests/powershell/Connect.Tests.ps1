Describe 'Signing in' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset
    }

    AfterEach {
        Get-VcdSession | Disconnect-Vcd
        Invoke-Control reset
        foreach ($name in 'VCD_URL', 'VCD_ORG', 'VCD_SYS_ORG', 'VCD_API_TOKEN', 'VCD_TOKEN', 'VCD_ALLOW_UNVERIFIED_SSL') {
            Remove-Item -Path "Env:$name" -ErrorAction Ignore
        }
    }

    Context 'Connect-Vcd' {
        It 'signs in with an API token as SecureString and returns the session alone' {
            $output = @(Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -CertificateAuthority $ca)
            $output.Count | Should -Be 1
            $session = $output[0]
            $session.PSObject.TypeNames[0] | Should -BeExactly 'VcdRest.Abi1.Session'
            $session.Server | Should -BeExactly $url
            $session.Org | Should -BeExactly 'Tyrell'
            $session.User | Should -BeExactly 'roy'
            $session.ApiVersion | Should -BeExactly '37.2'
            $session.IsProvider | Should -BeFalse
            $session.IsConnected | Should -BeTrue
            $session.Default | Should -BeTrue
            $session.CertificateCheck | Should -BeExactly 'CertificateAuthority'
            $session.ExpiresAt | Should -BeGreaterThan (Get-Date).AddHours(23)
            $session.ExpiresAt | Should -BeLessThan (Get-Date).AddHours(25)
        }

        It 'takes the token as a string, and parameters by position' {
            (Connect-Vcd $url Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $ca).User | Should -BeExactly 'roy'
        }

        It 'signs in as the provider with Org <name>' -ForEach @(@{ name = 'System' }, @{ name = 'SYSTEM' }) {
            $session = Connect-Vcd -Server $url -Org $name -ApiToken $providerToken -CertificateAuthority $ca
            $session.IsProvider | Should -BeTrue
            $session.Org | Should -BeExactly 'System'
            $session.User | Should -BeExactly 'administrator'
            @(Get-Request /oauth/provider/token).Count | Should -Be 1
        }

        It 'takes the organization from the address <path>' -ForEach @(
            @{ path = '/tenant/Tyrell'; org = 'Tyrell'; provider = $false }
            @{ path = '/tenant/Tyrell/vdcs?x=1#y'; org = 'Tyrell'; provider = $false }
            @{ path = '/provider'; org = 'System'; provider = $true }
        ) {
            $token = if ($provider) { $providerToken } else { $tenantToken }
            $env:VCD_ORG = 'Wallace'
            $session = Connect-Vcd -Server "$url$path" -ApiToken $token -CertificateAuthority $ca
            $session.Org | Should -BeExactly $org
            $session.Server | Should -BeExactly $url
        }

        It 'prefers -Org to the organization in the address' {
            (Connect-Vcd -Server "$url/tenant/Wallace" -Org Tyrell -ApiToken $tenantToken -CertificateAuthority $ca).Org | Should -BeExactly 'Tyrell'
        }

        It 'takes over an access token' {
            $first = Connect-Tenant
            $access = Get-VcdAccessToken -Session $first
            $second = Connect-Vcd -Server $url -AccessToken $access -CertificateAuthority $ca
            $second.Org | Should -BeExactly 'Tyrell'
            $second.User | Should -BeExactly 'roy'
            (Invoke-VcdRestMethod -Uri $orgs -Session $second).values[0].name | Should -BeExactly 'Tyrell'
            (Get-Stat).exchanges | Should -Be 1
        }

        It 'takes an access token as a string' {
            $plain = Get-VcdAccessToken -Session (Connect-Tenant) -AsPlainText
            (Connect-Vcd -Server $url -AccessToken $plain -CertificateAuthority $ca).User | Should -BeExactly 'roy'
        }

        It 'warns when it cannot check an access token' {
            $access = Get-VcdAccessToken -Session (Connect-Tenant)
            Set-Answer -Path /cloudapi/1.0.0/sessions/current -Status 404 -Body '{}' -Times 9
            $null = Connect-Vcd -Server $url -Org Tyrell -AccessToken $access -CertificateAuthority $ca -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -Match 'check'
        }

        It 'asks for the API version that is named' {
            $session = Connect-Tenant @{ ApiVersion = '36.3' }
            $session.ApiVersion | Should -BeExactly '36.3'
            $null = Invoke-VcdRestMethod -Uri $orgs
            Get-Header (Get-Request $orgs)[0] Accept | Should -BeExactly 'application/json;version=36.3'
        }

        It 'trusts one certificate by its fingerprint' {
            $session = Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -ServerFingerprint $fingerprint
            $session.CertificateCheck | Should -BeExactly 'Fingerprint'
            $session.IsConnected | Should -BeTrue
        }

        It 'skips the check when asked to, and warns' {
            $session = Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -SkipCertificateCheck -WarningVariable warnings -WarningAction SilentlyContinue
            $session.CertificateCheck | Should -BeExactly 'Skipped'
            @($warnings).Count | Should -Be 1
            "$warnings" | Should -Match 'ertificate'
        }

        It 'resolves the path of -CertificateAuthority as PowerShell does' {
            Push-Location -Path (Split-Path -Path $ca)
            try {
                $session = Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -CertificateAuthority "./$(Split-Path -Path $ca -Leaf)"
                $session.IsConnected | Should -BeTrue
            } finally {
                Pop-Location
            }
        }

        It 'allows http:// when asked to, and warns' {
            $session = Connect-Vcd -Server $plainUrl -Org Tyrell -ApiToken $tenantToken -AllowUnencryptedAuthentication -WarningVariable warnings -WarningAction SilentlyContinue
            $session.Server | Should -BeExactly $plainUrl
            "$warnings" | Should -Match 'encrypted|http'
        }

        It 'trusts nothing but the authority with -CertificateAuthorityOnly' {
            (Connect-Tenant @{ CertificateAuthorityOnly = $true }).User | Should -BeExactly 'roy'
            $failure = Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -CertificateAuthorityOnly }
            Assert-Failure $failure VcdInvalidArgument InvalidArgument '' '-CertificateAuthority'
        }

        It 'adds -UserAgent to what the server''s logs show' {
            $null = Connect-Tenant @{ UserAgent = 'backup/2.1' }
            Get-Header (Get-Request /oauth)[-1] User-Agent | Should -Match '^vcdrest/.* VcdRest/.* PowerShell/.* backup/2\.1$'
            Assert-Failure (Get-Failure { Connect-Tenant @{ UserAgent = "a`r`nb: c" } }) VcdInvalidArgument InvalidArgument
        }

        It 'gives up after -TimeoutSec' {
            Set-Fault hang /oauth
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $failure = Get-Failure { Connect-Tenant @{ TimeoutSec = 1 } }
            $watch.Elapsed.TotalSeconds | Should -BeGreaterOrEqual 0.9
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 20
            Assert-Failure $failure VcdTimeout OperationTimeout VCD_ERR_TIMEOUT
        }

        It 'repeats -MaximumRetryCount times, from -RetryIntervalSec on' {
            $session = Connect-Tenant @{ MaximumRetryCount = 1; RetryIntervalSec = 1 }
            Set-Answer -Path $orgs -Status 503 -Times 5
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Session $session }) VcdHttpError InvalidOperation VCD_ERR_HTTP
            $watch.Elapsed.TotalSeconds | Should -BeGreaterThan 0.4
            @(Get-Request $orgs).Count | Should -Be 2
        }

        It 'leaves the default session alone with -NotDefault' {
            $first = Connect-Tenant
            $second = Connect-Provider @{ NotDefault = $true }
            $first.Default | Should -BeTrue
            $second.Default | Should -BeFalse
            (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/sessions/current).user.name | Should -BeExactly 'roy'
        }

        It 'clears the default session before it tries' {
            $null = Connect-Tenant
            $null = Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken 'wrong' -CertificateAuthority $ca }
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs }) VcdNotConnected InvalidOperation VCD_ERR_NOT_SIGNED_IN 'Connect-Vcd'
            @(Get-VcdSession).Count | Should -Be 1
        }

        It 'clears the default session also where <parameter> is <value>' -ForEach @(
            @{ parameter = 'TimeoutSec'; value = -5 }, @{ parameter = 'MaximumRetryCount'; value = 21 }, @{ parameter = 'RetryIntervalSec'; value = 0 }
        ) {
            $null = Connect-Tenant
            $with = @{ $parameter = $value }
            Assert-Failure (Get-Failure { Connect-Tenant $with }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT "-$parameter"
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs }) VcdNotConnected InvalidOperation
        }

        It 'warns of an API token that looks like an access token' {
            $access = Get-VcdAccessToken -Session (Connect-Tenant)
            $failure = Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $access -CertificateAuthority $ca -WarningVariable warnings -WarningAction SilentlyContinue; $warnings }
            Assert-Failure $failure VcdAuthenticationFailed AuthenticationError VCD_ERR_AUTH
            $script:seen = $null
            $null = Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $access -CertificateAuthority $ca 3>&1 | ForEach-Object { $script:seen = "$_" } }
            $script:seen | Should -Match 'access token'
        }

        It 'warns of a token with white space around it, and of a server whose versions cannot be read or change' {
            $null = Connect-Vcd -Server $url -Org Tyrell -ApiToken " $env:VCDREST_TEST_TENANT_TOKEN`n" -CertificateAuthority $ca -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -Match 'white space|removed'
            Set-Answer -Path /api/versions -Status 404 -Body 'none' -ContentType text/plain -Times 9
            $null = Connect-Tenant @{ WarningVariable = 'warnings'; WarningAction = 'SilentlyContinue' }
            $said = Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -CertificateAuthority $ca 3>&1 | Where-Object { $_ -is [System.Management.Automation.WarningRecord] }
            "$said" | Should -Match 'version'
            Invoke-Control reset
            $null = Connect-Tenant
            Invoke-Control settings @{ versions = '36.3' }
            $null = Invoke-VcdRestMethod -Uri $orgs -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -Match 'negotiated anew'
        }

        It 'refuses as -<parameter> what belongs elsewhere: <what>' -ForEach @(
            @{ parameter = 'ApiToken'; what = 'JSON' }, @{ parameter = 'ApiToken'; what = 'JSON as a SecureString' }, @{ parameter = 'ApiToken'; what = 'a path' }, @{ parameter = 'AccessToken'; what = 'JSON' }
        ) {
            $file = Join-Path -Path $TestDrive -ChildPath 'token.json'
            $json = '{ "refresh_token": "' + $env:VCDREST_TEST_TENANT_TOKEN + '" }'
            [System.IO.File]::WriteAllText($file, $json)
            $with = @{ $parameter = $(switch ($what) { 'JSON' { $json } 'a path' { $file } default { New-Secure "`n$json" } }) }
            $failure = Get-Failure { Connect-Vcd -Server $url -Org Tyrell -CertificateAuthority $ca @with }
            Assert-Failure $failure VcdInvalidArgument InvalidArgument '' "^-$parameter is ", '-TokenFile'
            $failure.Exception.Message | Should -Not -Match $env:VCDREST_TEST_TENANT_TOKEN
            (Get-Stat).exchanges | Should -Be 0
        }

        It 'takes an organization whose name is a UUID, with <how>' -ForEach @(@{ how = 'an API token' }, @{ how = 'a password' }, @{ how = 'the address' }) {
            $name = 'e0d8d1a4-2f0b-4c7e-9d3a-5b6c7d8e9f01'
            $user = @((Invoke-RestMethod -Uri "$env:VCDREST_TEST_CONTROL/info").users | Where-Object { $_.organization -eq $name })[0]
            $session = switch ($how) {
                'an API token' { Connect-Vcd -Server $url -Org $name -ApiToken (New-Secure $user.apiToken) -CertificateAuthority $ca }
                'a password' { Connect-Vcd -Server $url -Org $name -Credential (New-Object -TypeName pscredential -ArgumentList $user.user, (New-Secure $user.password)) -CertificateAuthority $ca }
                'the address' { Connect-Vcd -Server "$url/tenant/$name" -ApiToken (New-Secure $user.apiToken) -CertificateAuthority $ca }
            }
            $session.Org | Should -BeExactly $name
            (Invoke-VcdRestMethod -Uri $orgs -Session $session).values.name | Should -BeExactly $name
        }

        It 'says of an id that was refused what is needed, with <how>' -ForEach @(@{ how = 'an API token' }, @{ how = 'a password' }) {
            $with = if ($how -eq 'a password') { @{ Credential = New-Object -TypeName pscredential -ArgumentList 'roy', (New-Secure 'x') } } else { @{ ApiToken = $tenantToken } }
            Assert-Failure (Get-Failure { Connect-Vcd -Server $url -Org $tyrellId -CertificateAuthority $ca @with }) VcdAuthenticationFailed AuthenticationError VCD_ERR_AUTH 'looks like an id', 'short name'
        }

        It 'refuses the URN of an organization for its name' {
            Assert-Failure (Get-Failure { Connect-Vcd -Server $url -Org "urn:vcloud:org:$tyrellId" -ApiToken $tenantToken -CertificateAuthority $ca }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT 'urn:', 'short name'
            (Get-Stat).requests | Should -Be 0
        }

        It 'takes everything from the properties of what comes through the pipeline, and nothing of one for the next' {
            $file = Join-Path -Path $TestDrive -ChildPath 'row.json'
            [System.IO.File]::WriteAllText($file, (ConvertTo-Json -InputObject @{ refresh_token = $env:VCDREST_TEST_TENANT_TOKEN }))
            if ([System.Environment]::OSVersion.Platform -ne 'Win32NT') { & chmod 600 $file }
            $rows = "Server,Org,ApiToken`n$url,Tyrell,$env:VCDREST_TEST_TENANT_TOKEN`n$url,System,$env:VCDREST_TEST_PROVIDER_TOKEN" | ConvertFrom-Csv
            $made = @(@($rows) + [pscustomobject]@{ Server = $url; Org = 'Tyrell'; TokenFile = $file } | Connect-Vcd -CertificateAuthority $ca)
            $made.Org | Should -Be 'Tyrell', 'System', 'Tyrell'
            $made[2].User | Should -BeExactly 'roy'
            $failure = Get-Failure { $rows[0], [pscustomobject]@{ Server = $url; Org = 'Tyrell' } | Connect-Vcd -CertificateAuthority $ca }
            $failure.Exception.Message | Should -Match 'no credential'
        }

        It 'has no -WhatIf and asks nobody' {
            (Get-Command -Name Connect-Vcd).Parameters.ContainsKey('WhatIf') | Should -BeFalse
        }
    }

    Context 'The environment of Connect-Vcd' {
        It 'supplies everything' {
            $env:VCD_URL = $url
            $env:VCD_ORG = 'Tyrell'
            $env:VCD_API_TOKEN = $env:VCDREST_TEST_TENANT_TOKEN
            $session = Connect-Vcd -CertificateAuthority $ca
            $session.User | Should -BeExactly 'roy'
        }

        It 'prefers VCD_SYS_ORG to VCD_ORG' {
            $env:VCD_SYS_ORG = 'System'
            $env:VCD_ORG = 'Tyrell'
            (Connect-Vcd -Server $url -ApiToken $providerToken -CertificateAuthority $ca).IsProvider | Should -BeTrue
        }

        It 'prefers VCD_API_TOKEN to VCD_TOKEN, and takes the latter for an access token' {
            $first = Connect-Tenant
            $env:VCD_TOKEN = Get-VcdAccessToken -Session $first -AsPlainText
            (Connect-Vcd -Server $url -CertificateAuthority $ca).User | Should -BeExactly 'roy'
            (Get-Stat).exchanges | Should -Be 1
            $env:VCD_API_TOKEN = $env:VCDREST_TEST_TENANT_TOKEN
            $null = Connect-Vcd -Server $url -Org Tyrell -CertificateAuthority $ca
            (Get-Stat).exchanges | Should -Be 2
        }

        It 'gives way to parameters, and says so' {
            $env:VCD_URL = 'https://nowhere.invalid'
            $env:VCD_ORG = 'Wallace'
            $env:VCD_API_TOKEN = 'wrong'
            $env:VCD_TOKEN = 'wrong-too'
            $verbose = Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -CertificateAuthority $ca -Verbose 4>&1
            @($verbose | Where-Object { $_.PSObject.TypeNames[0] -eq 'VcdRest.Abi1.Session' })[0].User | Should -BeExactly 'roy'
            "$verbose" | Should -Match 'VCD_API_TOKEN and VCD_TOKEN of the environment are not used'
            "$verbose" | Should -Not -Match 'wrong'
        }

        It 'switches certificate checks off with VCD_ALLOW_UNVERIFIED_SSL=<value>: <off>' -ForEach @(
            @{ value = 'true'; off = $true }, @{ value = '1'; off = $true }, @{ value = 'TRUE'; off = $true }
            @{ value = 'false'; off = $false }, @{ value = '0'; off = $false }, @{ value = 'maybe'; off = $false }
        ) {
            $env:VCD_ALLOW_UNVERIFIED_SSL = $value
            if ($value -eq 'maybe') {
                $said = @(& { try { Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -Verbose } catch { $null = $_ } } 4>&1)
                "$said" | Should -Match "VCD_ALLOW_UNVERIFIED_SSL of the environment is 'maybe'.*certificates are checked"
            }
            if ($off) {
                (Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -WarningAction SilentlyContinue).CertificateCheck | Should -BeExactly 'Skipped'
            } else {
                Assert-Failure (Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken }) VcdTlsError SecurityError VCD_ERR_TLS
            }
        }

        It 'does not switch them off where a parameter says whom to trust' {
            $env:VCD_ALLOW_UNVERIFIED_SSL = 'true'
            (Connect-Tenant).CertificateCheck | Should -BeExactly 'CertificateAuthority'
            (Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -ServerFingerprint $fingerprint).CertificateCheck | Should -BeExactly 'Fingerprint'
            Assert-Failure (Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -SkipCertificateCheck:$false }) VcdTlsError SecurityError
        }

        It 'is named where it has half of a credential: <there>' -ForEach @(@{ there = 'VCD_USER'; missing = 'VCD_PASSWORD' }, @{ there = 'VCD_PASSWORD'; missing = 'VCD_USER' }) {
            $said = Invoke-Child -Script @'
Import-Module -Name $env:VCDREST_TEST_MODULE
try { Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell } catch { $_.Exception.Message }
'@ -Environment @{ $there = 'half' }
            "$said" | Should -Match "$there is there, and $missing is not"
            "$said" | Should -Not -Match 'half'
        }

        It 'is named when there is no credential and nobody to ask' {
            $output = Invoke-Child -Script @'
Import-Module -Name $env:VCDREST_TEST_MODULE
try { Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell } catch { $_.FullyQualifiedErrorId; "$($_.CategoryInfo.Category)"; $_.Exception.Message }
'@
            $output[0] | Should -BeExactly 'VcdInvalidArgument,Connect-Vcd'
            $output[1] | Should -BeExactly 'InvalidArgument'
            $output[2] | Should -Match 'VCD_API_TOKEN'
        }
    }
}
