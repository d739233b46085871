Describe 'Ways to sign in' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        . "$PSScriptRoot/Administrator.ps1"
        Invoke-Control reset
        $variables = 'VCD_URL', 'VCD_ORG', 'VCD_SYS_ORG', 'VCD_API_TOKEN', 'VCD_TOKEN', 'VCD_API_TOKEN_FILE', 'VCD_SA_TOKEN_FILE', 'VCD_USER', 'VCD_PASSWORD'
    }

    AfterEach {
        Get-VcdSession | Disconnect-Vcd
        Invoke-Control reset
        foreach ($name in $variables) {
            Remove-Item -Path "Env:$name" -ErrorAction Ignore
        }
    }

    Context 'A user name and password' {
        It 'signs in to <org>' -ForEach @(@{ org = 'System'; user = 'administrator' }, @{ org = 'Tyrell'; user = 'roy' }) {
            $session = Connect-Administrator $org
            $session.User | Should -BeExactly $user
            $session.Org | Should -BeExactly $org
            $session.IsConnected | Should -BeTrue
        }

        It 'takes the user as name@org, too' {
            $credential = Get-TestCredential Tyrell
            $credential = New-Object -TypeName pscredential -ArgumentList "$($credential.UserName)@Tyrell", $credential.Password
            (Connect-Vcd -Server $url -Org Tyrell -Credential $credential -CertificateAuthority $ca).User | Should -BeExactly 'roy'
        }

        It 'takes the organization from name@org where nothing else names one' {
            $credential = Get-TestCredential Tyrell
            $credential = New-Object -TypeName pscredential -ArgumentList "$($credential.UserName)@Tyrell", $credential.Password
            $session = Connect-Vcd -Server $url -Credential $credential -CertificateAuthority $ca
            $session.User | Should -BeExactly 'roy'
            $session.Org | Should -BeExactly 'Tyrell'
        }

        It 'says that it is wrong' {
            $credential = New-Object -TypeName pscredential -ArgumentList 'roy', (New-Secure 'no')
            $failure = Get-Failure { Connect-Vcd -Server $url -Org Tyrell -Credential $credential -CertificateAuthority $ca }
            Assert-Failure $failure VcdAuthenticationFailed AuthenticationError VCD_ERR_AUTH
            @(Get-VcdSession).Count | Should -Be 0
        }

        It 'shows nothing of the password' {
            $credential = Get-TestCredential Tyrell
            $all = Connect-Vcd -Server $url -Org Tyrell -Credential $credential -CertificateAuthority $ca -Verbose 4>&1 | Format-List -Property * | Out-String
            $all | Should -Not -Match (Get-Plain $credential.Password)
        }
    }

    Context 'A token file' {
        It 'may hold an API token' {
            $file = New-TokenFile $env:VCDREST_TEST_TENANT_TOKEN
            (Connect-Vcd -Server $url -Org Tyrell -TokenFile $file -CertificateAuthority $ca).User | Should -BeExactly 'roy'
        }

        It 'is found as PowerShell finds files' {
            $file = New-TokenFile $env:VCDREST_TEST_TENANT_TOKEN 'relative.json'
            Push-Location -Path (Split-Path -Path $file)
            try {
                (Connect-Vcd -Server $url -Org Tyrell -TokenFile ./relative.json -CertificateAuthority $ca).User | Should -BeExactly 'roy'
            } finally {
                Pop-Location
            }
        }

        It 'is named when it <what>' -ForEach @(
            @{ what = 'is not there'; path = 'none.json'; id = 'VcdTokenFileError' }
            @{ what = 'is no file'; path = 'Env:PATH'; id = 'VcdInvalidArgument' }
            @{ what = 'is on no drive'; path = 'nodrive:/x.json'; id = 'VcdInvalidArgument' }
        ) {
            $failure = Get-Failure { Connect-Vcd -Server $url -Org Tyrell -TokenFile $path -CertificateAuthority $ca }
            ($failure.FullyQualifiedErrorId -split ',')[0] | Should -BeExactly $id
            @(Get-Request /oauth).Count | Should -Be 0
            @(Get-VcdSession).Count | Should -Be 0
        }
    }

    Context 'The environment' {
        BeforeEach {
            $env:VCD_URL = $url
            $env:VCD_ORG = 'Tyrell'
        }

        It 'offers a file with VCD_<kind>_TOKEN_FILE' -ForEach @(@{ kind = 'API' }, @{ kind = 'SA' }) {
            Set-Item -Path "Env:VCD_${kind}_TOKEN_FILE" -Value (New-TokenFile $env:VCDREST_TEST_TENANT_TOKEN)
            (Connect-Vcd -CertificateAuthority $ca).User | Should -BeExactly 'roy'
        }

        It 'offers a user with VCD_USER and VCD_PASSWORD' {
            $credential = Get-TestCredential Tyrell
            $env:VCD_USER = $credential.UserName
            $env:VCD_PASSWORD = Get-Plain $credential.Password
            (Connect-Vcd -CertificateAuthority $ca).User | Should -BeExactly 'roy'
            @(Get-Request /cloudapi/1.0.0/sessions | Where-Object { $_.method -eq 'POST' }).Count | Should -Be 1
        }

        It 'ranks them as the Terraform provider does: <first> first, and says so' -ForEach @(
            @{ first = 'VCD_SA_TOKEN_FILE' }, @{ first = 'VCD_API_TOKEN_FILE' }, @{ first = 'VCD_API_TOKEN' }, @{ first = 'VCD_TOKEN' }, @{ first = 'VCD_PASSWORD' }
        ) {
            $order = 'VCD_SA_TOKEN_FILE', 'VCD_API_TOKEN_FILE', 'VCD_API_TOKEN', 'VCD_TOKEN', 'VCD_PASSWORD'
            $credential = Get-TestCredential Tyrell
            $good = @{
                VCD_SA_TOKEN_FILE = New-TokenFile $env:VCDREST_TEST_TENANT_TOKEN; VCD_API_TOKEN_FILE = New-TokenFile $env:VCDREST_TEST_TENANT_TOKEN
                VCD_API_TOKEN = $env:VCDREST_TEST_TENANT_TOKEN; VCD_TOKEN = Get-VcdAccessToken -Session (Connect-Tenant) -AsPlainText; VCD_PASSWORD = Get-Plain $credential.Password
            }
            $env:VCD_USER = $credential.UserName
            # What comes behind it would not work.
            $rest = $order[$order.IndexOf($first)..4]
            foreach ($name in $rest) {
                Set-Item -Path "Env:$name" -Value $(if ($name -eq $first) { $good[$name] } else { 'useless' })
            }
            $said = Get-Verbose { Connect-Vcd -CertificateAuthority $ca -Verbose }
            $said | Should -Match "comes from the environment variable $first\b"
            foreach ($name in ($rest | Where-Object { $_ -ne $first })) {
                $said | Should -Match "$name.* of the environment (is|are) not used"
            }
            (Get-VcdSession)[-1].User | Should -BeExactly 'roy'
            $said | Should -Not -Match ([regex]::Escape($good[$first]))
        }

        It 'is switched off as a whole by -<parameter>' -ForEach @(@{ parameter = 'ApiToken' }, @{ parameter = 'TokenFile' }, @{ parameter = 'AccessToken' }, @{ parameter = 'Credential' }) {
            $value = switch ($parameter) {
                'ApiToken' { $tenantToken }
                'TokenFile' { New-TokenFile $env:VCDREST_TEST_TENANT_TOKEN }
                'AccessToken' { Get-VcdAccessToken -Session (Connect-Tenant) }
                default { Get-TestCredential Tyrell }
            }
            foreach ($name in 'VCD_SA_TOKEN_FILE', 'VCD_API_TOKEN_FILE', 'VCD_API_TOKEN', 'VCD_TOKEN', 'VCD_USER', 'VCD_PASSWORD') {
                Set-Item -Path "Env:$name" -Value 'useless'
            }
            $with = @{ $parameter = $value }
            $said = Get-Verbose { Connect-Vcd -CertificateAuthority $ca @with -Verbose }
            $said | Should -Match 'VCD_SA_TOKEN_FILE and VCD_API_TOKEN_FILE and VCD_API_TOKEN and VCD_TOKEN and VCD_PASSWORD of the environment are not used'
            (Get-VcdSession)[-1].User | Should -BeExactly 'roy'
        }

        It 'means nobody with VCD_USER=none, as Terraform''s examples have it' {
            $env:VCD_USER = 'none'
            $env:VCD_PASSWORD = 'none'
            $env:VCD_API_TOKEN = $env:VCDREST_TEST_TENANT_TOKEN
            Get-Verbose { Connect-Vcd -CertificateAuthority $ca -Verbose } | Should -Not -Match 'VCD_PASSWORD'
        }
    }

    Context 'The proxy' {
        It 'is used, with its user and password' {
            # A proxy that notes what it is asked, and refuses.
            $listener = New-Object -TypeName System.Net.Sockets.TcpListener -ArgumentList ([System.Net.IPAddress]::Loopback), 0
            $listener.Start()
            $proxy = "http://127.0.0.1:$($listener.LocalEndpoint.Port)"
            $shell = [powershell]::Create()
            $null = $shell.AddScript({
                    param ($listener)
                    while ($true) {
                        try { $client = $listener.AcceptTcpClient() } catch { return }
                        $reader = New-Object -TypeName System.IO.StreamReader -ArgumentList $client.GetStream()
                        while ($line = $reader.ReadLine()) { $line }
                        $answer = [System.Text.Encoding]::ASCII.GetBytes("HTTP/1.1 403 Forbidden`r`nContent-Length: 0`r`nConnection: close`r`n`r`n")
                        $client.GetStream().Write($answer, 0, $answer.Length)
                        $client.Close()
                    }
                }).AddArgument($listener)
            $lines = New-Object -TypeName 'System.Management.Automation.PSDataCollection[psobject]'
            $run = $shell.BeginInvoke((New-Object -TypeName 'System.Management.Automation.PSDataCollection[psobject]'), $lines)
            try {
                $credential = New-Object -TypeName pscredential -ArgumentList 'leon', (New-Secure 'a b')
                $failure = Get-Failure { Connect-Tenant @{ Proxy = $proxy; ProxyCredential = $credential; MaximumRetryCount = 0 } }
            } finally {
                $listener.Stop()
                try { $null = $shell.EndInvoke($run) } catch { $null = $_ }
                $shell.Dispose()
            }
            Assert-Failure $failure VcdConnectionFailed ConnectionError VCD_ERR_PROXY
            "$lines" | Should -Match 'CONNECT localhost:\d+'
            "$lines" | Should -Match "Proxy-Authorization: Basic $([System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes('leon:a b')))"
            "$failure" | Should -Not -Match 'a b'
        }

        It 'of the environment is left alone with -NoProxy' {
            $script = @'
$ErrorActionPreference = 'Stop'
Import-Module -Name $env:VCDREST_TEST_MODULE
$connect = @{ Server = $env:VCDREST_TEST_URL; Org = 'Tyrell'; ApiToken = $env:VCDREST_TEST_TENANT_TOKEN; CertificateAuthority = $env:VCDREST_TEST_CA; MaximumRetryCount = 0 }
try { Connect-Vcd @connect; 'went straight' } catch { $_.FullyQualifiedErrorId }
(Connect-Vcd @connect -NoProxy).User
'@
            Invoke-Child -Script $script -Environment @{ HTTPS_PROXY = 'http://127.0.0.1:9' } | Should -Be 'VcdConnectionFailed,Connect-Vcd', 'roy'
        }

        It 'of $env: counts as it is now: <what>' -Tag Unix -ForEach @(
            @{ what = 'set'; set = '$env:HTTPS_PROXY = "http://leon:secret@127.0.0.1:9"'; said = 'VcdConnectionFailed', 'HTTPS_PROXY'; before = $null }
            @{ what = 'set for all'; set = '$env:all_proxy = "http://127.0.0.1:9"'; said = 'VcdConnectionFailed', 'all_proxy'; before = $null }
            @{ what = 'set for other servers'; set = '$env:http_proxy = "http://127.0.0.1:9"'; said = @('roy'); before = $null }
            @{ what = 'set for others'; set = '$env:HTTPS_PROXY = "http://127.0.0.1:9"; $env:NO_PROXY = "example.com,localhost"'; said = 'roy', 'NO_PROXY'; before = $null }
            @{ what = 'no address'; set = '$env:HTTPS_PROXY = "ftp://x y"'; said = 'VcdInvalidArgument', 'HTTPS_PROXY'; before = $null }
            @{ what = 'taken away'; set = '$env:HTTPS_PROXY = $null'; said = @('roy'); before = 'http://127.0.0.1:9' }
        ) {
            $script = @'
Import-Module -Name $env:VCDREST_TEST_MODULE
SET
$connect = @{ Server = $env:VCDREST_TEST_URL; Org = 'Tyrell'; ApiToken = $env:VCDREST_TEST_TENANT_TOKEN; CertificateAuthority = $env:VCDREST_TEST_CA; MaximumRetryCount = 0; Verbose = $true }
try { (Connect-Vcd @connect 4>&1 | ForEach-Object { if ($_ -is [System.Management.Automation.VerboseRecord]) { "$_" } else { $_.User } }) } catch { $_.FullyQualifiedErrorId; $_.Exception.Message }
try { @(Get-VcdApiVersion -Server $env:VCDREST_TEST_URL -CertificateAuthority $env:VCDREST_TEST_CA).Count } catch { "versions: $($_.FullyQualifiedErrorId)" }
'@ -replace 'SET', $set
            $environment = New-Object -TypeName hashtable -ArgumentList ([System.StringComparer]::Ordinal)
            foreach ($name in 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'NO_PROXY', 'no_proxy', 'HTTP_PROXY', 'http_proxy') { $environment[$name] = $null }
            $environment['HTTPS_PROXY'] = $before
            $got = Invoke-Child -Script $script -Environment $environment -AllowFailure
            foreach ($word in $said) { "$got" | Should -Match $word }
            "$got" | Should -Not -Match 'secret'
            if ($said -contains 'roy') { "$got" | Should -Not -Match 'versions: ' } else { "$got" | Should -Match 'versions: Vcd' }
        }

        It 'is not the only thing of $env: that counts: there is the log, too' -Tag Unix {
            $log = Join-Path -Path $TestDrive -ChildPath 'set-later.log'
            $null = Invoke-Child -Script @"
Import-Module -Name `$env:VCDREST_TEST_MODULE
`$env:VCDREST_LOG_FILE = '$log'
`$env:VCDREST_LOG_LEVEL = '4'
`$null = Connect-Vcd -Server `$env:VCDREST_TEST_URL -Org Tyrell -ApiToken `$env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority `$env:VCDREST_TEST_CA
`$env:VCDREST_LOG_FILE = '$log.2'
`$null = Get-VcdApiVersion -Server `$env:VCDREST_TEST_URL -CertificateAuthority `$env:VCDREST_TEST_CA
"@
            [System.IO.File]::ReadAllText($log) | Should -Match 'token exchange'
            [System.IO.File]::ReadAllText("$log.2") | Should -Match '/api/versions'
            $said = Invoke-Child -Script @'
Import-Module -Name $env:VCDREST_TEST_MODULE
$env:VCDREST_LOG_FILE = '/no/such/folder/log'
Get-VcdSession -WarningVariable warnings -WarningAction SilentlyContinue; "$warnings"
'@
            "$said" | Should -Match 'VCDREST_LOG_FILE'
        }

        It 'is refused when <what>' -ForEach @(
            @{ what = 'it is no address'; with = @{ Proxy = 'ftp://x y' } }
            @{ what = 'there is to be none'; with = @{ Proxy = 'http://127.0.0.1:9'; NoProxy = $true } }
            @{ what = 'only its user is known'; with = @{ ProxyCredential = (New-Object -TypeName pscredential -ArgumentList 'leon', (New-Object -TypeName securestring)) } }
        ) {
            Assert-Failure (Get-Failure { Connect-Tenant $with }) VcdInvalidArgument InvalidArgument
        }
    }
}
