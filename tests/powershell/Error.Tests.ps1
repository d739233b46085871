# Bad input and bad answers: each has its own id, category, code and text, and the session is usable afterwards.

Describe 'Errors' {
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

    Context 'A refused sign-in' {
        It 'names the three causes for <name>' -ForEach @(
            @{ name = 'a wrong token'; org = 'Tyrell'; token = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }
            @{ name = 'a wrong organization'; org = 'Wallace'; token = 'tenant' }
            @{ name = 'an organization that is not there'; org = 'Nowhere'; token = 'tenant' }
            @{ name = 'a tenant token at the provider'; org = 'System'; token = 'tenant' }
            @{ name = 'a provider token at a tenant'; org = 'Tyrell'; token = 'provider' }
        ) {
            $secret = switch ($token) { 'tenant' { $tenantToken } 'provider' { $providerToken } default { New-Secure $token } }
            foreach ($style in 'cloudapi', 'rfc') {
                Invoke-Control settings @{ oauthErrors = $style }
                $failure = Get-Failure { Connect-Vcd -Server $url -Org $org -ApiToken $secret -CertificateAuthority $ca -NotDefault }
                Assert-Failure $failure VcdAuthenticationFailed AuthenticationError VCD_ERR_AUTH 'revoked|expired', 'organi[sz]ation', 'provider'
                $failure.FullyQualifiedErrorId | Should -BeExactly 'VcdAuthenticationFailed,Connect-Vcd'
                $failure.Exception.StatusCode.value__ | Should -Be 400
                $failure.Exception.Response.StatusCode.value__ | Should -Be 400
                $failure.Exception.MinorErrorCode | Should -BeExactly 'invalid_grant'
                $failure.Exception.ServerMessage | Should -BeExactly 'Invalid refresh token'
                # What is shown has the causes in it, and not only the server's three words.
                ($failure | Out-String) | Should -Match 'provider'
            }
            @(Get-VcdSession).Count | Should -Be 1
        }

        It 'says that an access token is refused' {
            $failure = Get-Failure { Connect-Vcd -Server $url -AccessToken 'eyJhbGciOiJSUzI1NiJ9.e30.x' -CertificateAuthority $ca -NotDefault }
            Assert-Failure $failure VcdAuthenticationFailed AuthenticationError
        }
    }

    Context 'An address that cannot be one' {
        It '<name>' -ForEach @(
            @{ name = 'no URL'; server = 'not a url' }, @{ name = 'no host'; server = 'https://' }, @{ name = 'another scheme'; server = 'ftp://vcd.example.com' }
            @{ name = 'line breaks'; server = "https://vcd.example.com`r`n.evil.example" }, @{ name = 'a NUL'; server = "https://vcd`0.example.com" }
            @{ name = 'two dots'; server = 'https://vcd.example.com/../x' }, @{ name = 'a backslash'; server = 'https://vcd\.example.com' }
        ) {
            $failure = Get-Failure { Connect-Vcd -Server $server -Org Tyrell -ApiToken $tenantToken -NotDefault }
            Assert-Failure $failure VcdInvalidArgument InvalidArgument
            (Get-Stat).connections | Should -Be 0
        }

        It 'a user and password before the host, which are not repeated' {
            $address = 'https://joe:hunter2@vcd.example.com'
            $failure = Get-Failure { Connect-Vcd -Server $address -Org Tyrell -ApiToken $tenantToken -NotDefault }
            Assert-Failure $failure VcdInvalidArgument InvalidArgument VCD_ERR_ADDRESS '@'
            $failure.Exception.Message | Should -Not -Match 'hunter2'
        }

        It 'http:// without permission' {
            $failure = Get-Failure { Connect-Vcd -Server $plainUrl -Org Tyrell -ApiToken $tenantToken -NotDefault }
            Assert-Failure $failure VcdInvalidArgument InvalidArgument VCD_ERR_ADDRESS 'http://'
            (Get-Stat).requests | Should -Be 0
        }

        It 'none at all' {
            Assert-Failure (Get-Failure { Connect-Vcd -Org Tyrell -ApiToken $tenantToken -NotDefault }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT 'VCD_URL'
        }
    }

    Context 'Another argument that cannot be one' {
        It 'the organization <name>' -ForEach @(@{ name = 'a/b' }, @{ name = '../provider' }, @{ name = 'joe@acme' }, @{ name = 'a b' }) {
            Assert-Failure (Get-Failure { Connect-Vcd -Server $url -Org $name -ApiToken $tenantToken -CertificateAuthority $ca -NotDefault }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT
        }

        It 'no organization' {
            Assert-Failure (Get-Failure { Connect-Vcd -Server $url -ApiToken $tenantToken -CertificateAuthority $ca -NotDefault }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT '-Org'
        }

        It 'the token <name>' -ForEach @(
            @{ name = 'of the wrong type'; value = 42 }, @{ name = 'that is empty'; value = '' }, @{ name = 'with a NUL'; value = "abc`0def" }, @{ name = 'that is $null'; value = $null }
        ) {
            $failure = Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $value -CertificateAuthority $ca -NotDefault }
            Assert-Failure $failure VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT
            $failure.Exception.Message | Should -Not -Match 'abc'
        }

        It 'the path with <name>' -ForEach @(
            @{ name = 'two dots'; path = '/cloudapi/../x' }, @{ name = 'two dots in disguise'; path = '/cloudapi/%2e%2e/x' }, @{ name = 'a line break'; path = "/cloudapi`n/x" }
            @{ name = 'a NUL'; path = "/cloudapi/x`0y" }, @{ name = 'a fragment'; path = '/cloudapi#x' }, @{ name = 'a backslash'; path = '/cloudapi\x' }
        ) {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $path }) VcdInvalidArgument InvalidArgument
            (Get-Stat).requests | Should -Be 0
        }

        It 'another host, and both are named' {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri 'https://evil.example/cloudapi/1.0.0/orgs' }) VcdInvalidArgument InvalidArgument VCD_ERR_ORIGIN 'evil\.example', 'localhost'
        }

        It 'an Authorization header' {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Headers @{ authorization = 'Bearer x' } }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT 'Authorization', 'session'
        }

        It 'a header with a line break' {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Headers @{ 'X-A' = "a`r`nX-B: b" } }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT
        }

        It 'the method with <name>' -ForEach @(@{ name = 'a space'; method = 'GE T' }, @{ name = 'a line break'; method = "GET`r`nX: y" }) {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Method $method -Confirm:$false }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT
        }

        It 'a tenant context that can be neither id nor name' {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -TenantContext 'Tyrell Corporation' }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -TenantContext { } }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT 'Get-VcdOrg'
        }

        It 'a file of certificates that is <name>' -ForEach @(@{ name = 'missing' }, @{ name = 'something else' }) {
            $file = Join-Path -Path $TestDrive -ChildPath 'ca.pem'
            if ($name -ne 'missing') { Set-Content -Path $file -Value 'no certificate' }
            Assert-Failure (Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -CertificateAuthority $file -NotDefault }) VcdTlsError SecurityError VCD_ERR_TRUST
        }

        It 'a file of certificates on a drive that is not there' {
            Assert-Failure (Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -CertificateAuthority 'Nowhere:/ca.pem' -NotDefault }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT 'CertificateAuthority'
        }

        It 'no check, and <option> to check with' -ForEach @(@{ option = '-ServerFingerprint' }, @{ option = '-CertificateAuthority' }) {
            $with = if ($option -eq '-ServerFingerprint') { @{ ServerFingerprint = $fingerprint } } else { @{ CertificateAuthority = $ca } }
            Assert-Failure (Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -SkipCertificateCheck -NotDefault @with }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT '-SkipCertificateCheck', $option
        }

        It 'a fingerprint that is none' {
            Assert-Failure (Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -ServerFingerprint 'ab:cd' -NotDefault }) VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT
        }

        It 'both -Body and -InFile' {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Method Post -Uri $orgs -Body 'x' -InFile 'y' -Confirm:$false }) VcdInvalidArgument InvalidArgument
        }

        It '-All with <name>' -ForEach @(@{ name = 'POST'; with = @{ Method = 'Post' } }, @{ name = '-OutFile'; with = @{ OutFile = 'x' } }) {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -All @with }) VcdInvalidArgument InvalidArgument
        }
    }

    Context 'A server that cannot be reached' {
        It 'refuses the connection' {
            # Nothing can listen on port 1 of the loopback address here.
            $failure = Get-Failure { Connect-Vcd -Server 'https://127.0.0.1:1' -Org Tyrell -ApiToken $tenantToken -MaximumRetryCount 0 -NotDefault }
            Assert-Failure $failure VcdConnectionFailed ConnectionError VCD_ERR_CONNECT
            $failure.Exception.Response | Should -BeNullOrEmpty
            $failure.Exception.StatusCode | Should -BeNullOrEmpty
        }

        It 'has no name' {
            $failure = Get-Failure { Connect-Vcd -Server 'https://vcd.invalid' -Org Tyrell -ApiToken $tenantToken -MaximumRetryCount 0 -NotDefault }
            Assert-Failure $failure VcdConnectionFailed ConnectionError VCD_ERR_DNS
        }

        It 'breaks the connection with <kind>' -ForEach @(@{ kind = 'close-before-response' }, @{ kind = 'reset' }, @{ kind = 'close-mid-body' }) {
            Set-Fault $kind $orgs @{ times = 20 }
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -MaximumRetryCount 0 }) VcdConnectionFailed ConnectionError VCD_ERR_CONNECTION_LOST
            Invoke-Control reset
            (Invoke-VcdRestMethod -Uri $orgs).values[0].name | Should -BeExactly 'Tyrell'
        }

        It 'does not answer in time' {
            Set-Fault hang $orgs
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -TimeoutSec 1 }) VcdTimeout OperationTimeout VCD_ERR_TIMEOUT
            (Invoke-VcdRestMethod -Uri $orgs).values[0].name | Should -BeExactly 'Tyrell'
        }
    }

    Context 'A certificate that is not trusted' {
        It 'which is <kind>: the error says so, names the options and shows the fingerprint' -ForEach @(
            @{ kind = 'self-signed'; trusted = $false; match = 'self-signed|unknown|not trusted' }
            @{ kind = 'self-signed-common-name-only'; trusted = $false; match = 'certificate' }
            @{ kind = 'expired'; trusted = $true; match = 'expired' }
            @{ kind = 'not-yet-valid'; trusted = $true; match = 'not.*valid' }
            @{ kind = 'wrong-name'; trusted = $true; match = 'name|localhost' }
            @{ kind = 'good'; trusted = $false; match = 'unknown|not trusted|issuer' }
        ) {
            $other = Invoke-Control listen @{ certificate = $kind }
            $with = if ($trusted) { @{ CertificateAuthority = $other.caFile } } else { @{} }
            $failure = Get-Failure { Connect-Vcd -Server $other.url -Org Tyrell -ApiToken $tenantToken -NotDefault @with }
            Assert-Failure $failure VcdTlsError SecurityError VCD_ERR_TLS $match
            $failure.Exception.ServerFingerprint -replace ':' | Should -BeExactly $other.fingerprint
            # The option that the error offers does it.
            (Connect-Vcd -Server $other.url -Org Tyrell -ApiToken $tenantToken -NotDefault -ServerFingerprint $failure.Exception.ServerFingerprint).IsConnected | Should -BeTrue
            $wrong = 'ab' * 32
            Assert-Failure (Get-Failure { Connect-Vcd -Server $other.url -Org Tyrell -ApiToken $tenantToken -NotDefault -ServerFingerprint $wrong }) VcdTlsError SecurityError VCD_ERR_TLS
        }

        It 'names the options of this module for a private authority' {
            $failure = Get-Failure { Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -NotDefault }
            ($failure | Out-String) -replace '\s+', ' ' | Should -Match 'CertificateAuthority'
            ($failure | Out-String) -replace '\s+', ' ' | Should -Match 'ServerFingerprint'
        }
    }

    Context 'An answer that is not what was asked for' {
        It '<kind> is <code>' -ForEach @(
            @{ kind = 'html-ok'; code = 'VCD_ERR_CONTENT' }
            @{ kind = 'empty-ok'; code = 'VCD_ERR_EMPTY' }
            @{ kind = 'truncated-json'; code = 'VCD_ERR_TRUNCATED' }
        ) {
            Set-Fault $kind $orgs
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri $orgs }
            Assert-Failure $failure VcdInvalidResponse InvalidData $code
            $failure.Exception.Response.StatusCode.value__ | Should -Be 200
            $failure.TargetObject | Should -BeExactly "GET $orgs"
            (Invoke-VcdRestMethod -Uri $orgs).values[0].name | Should -BeExactly 'Tyrell'
        }

        It 'JSON of which PowerShell can make no objects is an error that names -Raw' {
            Set-Answer -Path /cloudapi/test -Body '{"a":1,"A":2}' -Times 2
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri /cloudapi/test }
            Assert-Failure $failure VcdInvalidResponse InvalidData VCD_ERR_JSON '-Raw'
            Invoke-VcdRestMethod -Uri /cloudapi/test -Raw | Should -BeExactly '{"a":1,"A":2}'
        }

        It 'JSON that has a property PSObject is read, or is an error that names -Raw' {
            Set-Answer -Path /cloudapi/test -Body '{"PSObject":1}'
            try {
                $null = Invoke-VcdRestMethod -Uri /cloudapi/test
            } catch {
                Assert-Failure $_ VcdInvalidResponse InvalidData VCD_ERR_JSON '-Raw'
            }
        }

        It 'JSON with something behind its end is not called cut short' {
            Set-Answer -Path /cloudapi/test -Body '{"a":1} x'
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri /cloudapi/test }
            Assert-Failure $failure VcdInvalidResponse InvalidData VCD_ERR_JSON 'is called JSON and is none'
            $failure.Exception.Response.StatusCode.value__ | Should -Be 200
        }

        It 'a redirect is not followed' {
            Set-Fault redirect $orgs @{ location = 'https://evil.example/' }
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri $orgs }
            Assert-Failure $failure VcdHttpError InvalidOperation VCD_ERR_REDIRECT
        }

        It 'no HTTP at all' {
            Set-Fault not-http $orgs @{ times = 20 }
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri $orgs -MaximumRetryCount 0 }
            Assert-Failure $failure VcdInvalidResponse InvalidData VCD_ERR_PROTOCOL
        }
    }

    Context 'An HTTP status' {
        It '<status> is <id>' -ForEach @(
            @{ status = 400; id = 'VcdHttpError'; category = 'InvalidOperation' }
            @{ status = 403; id = 'VcdAccessDenied'; category = 'PermissionDenied' }
            @{ status = 404; id = 'VcdNotFound'; category = 'ObjectNotFound' }
            @{ status = 409; id = 'VcdConflict'; category = 'ResourceExists' }
            @{ status = 429; id = 'VcdThrottled'; category = 'LimitsExceeded' }
            @{ status = 500; id = 'VcdHttpError'; category = 'InvalidOperation' }
        ) {
            $body = '{"minorErrorCode":"SOME_CODE","message":"The server''s words.","stackTrace":null}'
            Set-Answer -Path /cloudapi/test -Status $status -Body $body -Headers @{ 'X-VMWARE-VCLOUD-REQUEST-ID' = 'abc-123'; 'Retry-After' = '7' } -Times 9
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri '/cloudapi/test?secret=value' -MaximumRetryCount 0 }
            Assert-Failure $failure $id $category VCD_ERR_HTTP "$status"
            $failure.FullyQualifiedErrorId | Should -BeExactly "$id,Invoke-VcdRestMethod"
            $failure.TargetObject | Should -BeExactly 'GET /cloudapi/test'
            # What a catch block prints: the server's words, and what to do about them.
            "$failure" | Should -Match 'The server''s words\.'
            $exception = $failure.Exception
            $exception.GetType().FullName | Should -BeExactly 'VcdRest.Abi1.VcdException'
            $exception.StatusCode | Should -BeOfType [System.Net.HttpStatusCode]
            $exception.StatusCode.value__ | Should -Be $status
            $exception.MinorErrorCode | Should -BeExactly 'SOME_CODE'
            $exception.RequestId | Should -BeExactly 'abc-123'
            $exception.ResponseBody | Should -BeExactly $body
            $exception.RetryAfter | Should -Be ([timespan]::FromSeconds(7))
            "$failure" | Should -Match 'asks to wait 7 s\.'
            $exception.Response.StatusCode.value__ | Should -Be $status
            $exception.Response.Headers['x-vmware-vcloud-request-id'] | Should -BeExactly 'abc-123'
            $reader = New-Object -TypeName System.IO.StreamReader -ArgumentList $exception.Response.GetResponseStream()
            $reader.ReadToEnd() | Should -BeExactly $body
        }

        It '401 that stays after a new sign-in is VcdAuthenticationFailed' {
            Set-Answer -Path /cloudapi/test -Status 401 -ContentType '' -Times 9
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri /cloudapi/test }) VcdAuthenticationFailed AuthenticationError
        }

        It 'is a fault of nobody where a host cannot ask for confirmation' {
            $output = Invoke-Child -Script @'
Import-Module -Name $env:VCDREST_TEST_MODULE
$null = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -CertificateAuthority $env:VCDREST_TEST_CA
try { Invoke-VcdRestMethod -Method Delete -Uri /cloudapi/test -Confirm } catch { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category)" }
'@ -Environment @{ VCD_API_TOKEN = $env:VCDREST_TEST_TENANT_TOKEN }
            $output | Should -BeExactly 'VcdInvalidOperation,Invoke-VcdRestMethod InvalidOperation'
            Get-Request /cloudapi/test | Should -BeNullOrEmpty
        }

        It '406 says what was asked for, and where that was set' {
            $own = Get-Failure { Invoke-VcdRestMethod -Uri /api/org -Headers @{ Accept = 'application/json;version=37.2' } }
            $own.Exception.Message | Should -Match 'own Accept header says "application/json;version=37\.2".*application/\*\+json or application/\*\+xml'
            $set = Get-Failure { Invoke-VcdRestMethod -Uri $orgs -ApiVersion 99.9 }
            $set.Exception.Message | Should -Match 'API version 99\.9 was asked for, as it was set for this call \(-ApiVersion'
            $pinned = Connect-Tenant @{ ApiVersion = '99.9'; NotDefault = $true }
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Session $pinned }
            $failure.Exception.Message | Should -Match 'API version 99\.9 was asked for, as it was set for the session \(Connect-Vcd -ApiVersion'
            Disconnect-Vcd -Session $pinned
            Set-Answer -Path $orgs -Status 406 -Body '{}' -Times 2
            (Get-Failure { Invoke-VcdRestMethod -Uri $orgs }).Exception.Message | Should -Match 'as it was negotiated'
        }

        It '406 names the versions' {
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri $orgs -ApiVersion 99.0 }
            $failure.Exception.StatusCode.value__ | Should -Be 406
            "$failure" | Should -Match '37\.2'
        }
    }

    Context 'An error' {
        It 'ends a statement as one of Invoke-RestMethod does, with -ErrorAction <_>' -ForEach 'Stop', 'Continue', 'SilentlyContinue' {
            foreach ($preference in 'Stop', 'Continue', 'SilentlyContinue') {
                $with = @{ ErrorAction = $_; ErrorVariable = 'errors' }
                $output = foreach ($command in { Invoke-RestMethod -Uri "$env:VCDREST_TEST_CONTROL/nothing" @with }, { Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/nothing @with }) {
                    $ErrorActionPreference = $preference
                    $errors = $null
                    $before = $Error.Count
                    try { . $command; 'went on' } catch { 'caught' }
                    @($errors).Count
                    $Error.Count - $before
                }
                $output.Count | Should -Be 6
                $output[3..5] | Should -Be $output[0..2]
            }
        }

        It 'of a later command in the pipeline stays what it is' {
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri $orgs | ForEach-Object { throw 'mine' } }
            $failure.Exception.Message | Should -BeExactly 'mine'
        }

        It 'without a session names Connect-Vcd' {
            $output = Invoke-Child -Script @'
Import-Module -Name $env:VCDREST_TEST_MODULE
foreach ($block in { Invoke-VcdRestMethod /cloudapi/1.0.0/orgs }, { Get-VcdOrg }, { Get-VcdAccessToken }) {
    try { & $block } catch { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category) $($_.Exception.Message)" }
}
'@
                $output.Count | Should -Be 3
                foreach ($line in $output) {
                    $line | Should -Match '^VcdNotConnected,[\w-]+ InvalidOperation .*Connect-Vcd'
                }
            }
        }
}
