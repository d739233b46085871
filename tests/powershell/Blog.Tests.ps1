# The yardstick: what the script of the blog gets, we get, property for property and type for type.

BeforeAll {
    . "$PSScriptRoot/Support.ps1"
    Invoke-Control reset

    # The script of the blog as it stands there, less the values of its three variables and with the check of the
    # simulator's certificate left out.
    $org = 'Tyrell'
    $vcd = $url
    $token = $env:VCDREST_TEST_TENANT_TOKEN
    $skip = @{ SkipCertificateCheck = $true }
    $uri = "$($vcd)/oauth/tenant/$($org)/token?grant_type=refresh_token&refresh_token=$($token)"
    $response = Invoke-RestMethod -Method Post -Uri $uri -Headers @{'Accept' = 'application/json' } @skip
    $headers = @{ 'Accept' = 'application/json;version=36.1'; 'Authorization' = 'Bearer ' + $response.access_token }
    $responseorgs = Invoke-RestMethod -Method Get -Uri "$($vcd)/cloudapi/1.0.0/orgs" -Headers $headers @skip

    $session = Connect-Vcd -Server $vcd -Org $org -ApiToken $tenantToken -CertificateAuthority $ca -ApiVersion 36.1
}

Describe 'The blog''s script and ours' -Tag DotNetTls {
    It 'give the same organizations' {
        $ours = Invoke-VcdRestMethod -Method Get -Uri '/cloudapi/1.0.0/orgs'
        $ours.values[0].name | Should -BeExactly 'Tyrell'
        Get-Difference $responseorgs $ours | Should -BeNullOrEmpty
        Get-Difference $responseorgs.values $ours.values | Should -BeNullOrEmpty
        ($ours.values | Format-List | Out-String) | Should -BeExactly ($responseorgs.values | Format-List | Out-String)
    }

    It 'give the same of <name>' -ForEach @(
        @{ name = 'dates'; body = '{"utc":"2024-03-06T14:11:57.473Z","offset":"2024-03-06T14:11:57+02:00","task":"2024-03-06T14:11:57.473+0200","bare":"2024-03-06","local":"2024-03-06T14:11:57"}' }
        @{ name = 'numbers'; body = '{"i":1,"neg":-7,"big":9223372036854775807,"huge":123456789012345678901234567890,"f":1.5,"e":1e3,"zero":0,"minus":-0.0}' }
        @{ name = 'nothing'; body = '{"n":null,"s":"","o":{},"a":[],"an":[null]}' }
        @{ name = 'nesting'; body = '{"a":[[1,[2,[3]]],{"b":[{"c":[]}]}],"one":[1],"flag":true,"deep":{"deep":{"deep":{"x":false}}}}' }
        @{ name = 'letters'; body = '{"name":"Ünïcödé \ud83d\ude00 \u00e9","\u00fc":"key","line":"a\nb\tc\"d\\","length":3,"count":4}' }
        @{ name = 'a top-level array'; body = '[{"id":1},{"id":2},[3,4]]' }
        @{ name = 'an empty top-level array'; body = '[]' }
        @{ name = 'an array of one'; body = '[{"id":1}]' }
        @{ name = 'a top-level string'; body = '"text"' }
        @{ name = 'a top-level number'; body = '42' }
        @{ name = 'a top-level null'; body = 'null' }
        @{ name = 'a top-level true'; body = 'true' }
        @{ name = 'XML'; body = '<?xml version="1.0" encoding="UTF-8"?><Org name="Tyrell"> <Link rel="up"/></Org>'; type = 'application/vnd.vmware.vcloud.org+xml' }
        @{ name = 'text'; body = 'just text'; type = 'text/plain' }
        @{ name = 'JSON that is called text'; body = '{"a":1}'; type = 'text/plain' }
        @{ name = 'Latin-1 text'; body = 'Zürich'; type = 'text/plain; charset=iso-8859-1' }
        @{ name = 'strange and plain side by side'; body = '{"a":{"b":[1,-2,0,"x\\/y",true,null,{}]},"c":[],"d":-0,"e":"/Date(0)/","f":"2024-","g":999999999999999999,"h":01}' }
        @{ name = 'a legacy media type'; body = '{"a":1}'; type = 'application/vnd.vmware.vcloud.task+json' }
        @{ name = 'JSON with a charset'; body = '{"a":"ä"}'; type = 'application/json;charset=UTF-8;version=37.2' }
    ) {
        $contentType = if ($_.ContainsKey('type')) { $_.type } else { 'application/json' }
        Set-Answer -Path /cloudapi/test -Body $body -ContentType $contentType -Times 2
        $accept = @{ Accept = '*/*;version=36.1' }
        $theirs = @(Invoke-RestMethod -Uri "$url/cloudapi/test" -Headers $headers @skip)
        $ours = @(Invoke-VcdRestMethod -Uri /cloudapi/test -Headers $accept)
        $ours.Count | Should -Be $theirs.Count
        Get-Difference $theirs $ours | Should -BeNullOrEmpty
    }

    It 'write nothing and empty answers alike' {
        Set-Answer -Path /cloudapi/test -Status 204 -ContentType '' -Times 2
        $theirs = @(Invoke-RestMethod -Method Delete -Uri "$url/cloudapi/test" -Headers $headers @skip)
        $ours = @(Invoke-VcdRestMethod -Method Delete -Uri /cloudapi/test)
        $ours.Count | Should -Be $theirs.Count
        Get-Difference $theirs $ours | Should -BeNullOrEmpty
    }

    It 'give the same headers' {
        $theirs = $null
        $ours = $null
        $null = Invoke-RestMethod -Uri "$url$orgs" -Headers $headers -ResponseHeadersVariable theirs @skip
        $null = Invoke-VcdRestMethod -Uri $orgs -ResponseHeadersVariable ours
        $ours.GetType() | Should -Be $theirs.GetType()
        # .NET takes Content-Encoding away when it has decoded the body.
        $known = @($theirs.Keys | Where-Object { $_ -notin 'Date', 'X-VMWARE-VCLOUD-REQUEST-ID', 'Content-Length' })
        $known.Count | Should -BeGreaterThan 0
        foreach ($name in $known) {
            # .NET writes a media type anew, with a space.
            ($ours[$name] -join '|') | Should -BeExactly (($theirs[$name] -join '|') -replace '; version', ';version')
        }
    }

    It 'let the same catch block read an error' {
        $read = { param ($record) $record.Exception.Response.StatusCode.value__, $record.Exception.Response.StatusCode, $record.Exception.Response.ReasonPhrase }
        $theirs = & $read (Get-Failure { Invoke-RestMethod -Uri "$url/cloudapi/1.0.0/nothing" -Headers $headers @skip })
        $ours = & $read (Get-Failure { Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/nothing })
        $theirs[0] | Should -Be 404
        $ours | Should -Be $theirs
    }
}

Describe 'What the blog''s script does not have' {
    It 'the token is in no address' {
        Invoke-Control reset
        $again = Connect-Tenant
        $null = Invoke-VcdRestMethod -Uri $orgs -Session $again
        $requests = Get-Request
        @($requests | Where-Object { $_.target -like '/oauth/*' }).Count | Should -Be 1
        @($requests | Where-Object { $_.target -like "*$env:VCDREST_TEST_TENANT_TOKEN*" }).Count | Should -Be 0
        @($requests | Where-Object { $_.target -like '/oauth/*' })[0].body | Should -BeLike "*refresh_token=$env:VCDREST_TEST_TENANT_TOKEN*"
    }
}

Describe 'JSON of every kind' {
    It 'becomes the objects that ConvertFrom-Json makes: <Json>' -Tag PowerShell7 -ForEach @(
        @{ Json = '{"t":["2024-02-29T12:30:00Z","2024-02-29T12:30:00.1Z","2024-02-29T12:30:00.1234567Z","0001-01-01T00:00:00Z","9999-12-31T23:59:59.9999999Z"]}' }
        @{ Json = '{"t":["2024-02-29T12:30:00+02:00","2024-02-29T12:30:00","2024-02-29","2023-02-29T12:30:00Z","2024-02-29T24:00:00Z","2024-02-29T12:30:00.Z","2024-02-29T12:30:00.12345678Z","2024-02-29t12:30:00z","2024-1x-29T12:30:00Z","1234-5678"]}' }
        @{ Json = '{"n":[0,-1,1.5,-0.5,0.0,1e3,1E-2,999999999999999999,9223372036854775807,9223372036854775808,123456789012345678901234567890]}' }
        @{ Json = '{"values":[{"a":1,"b":{"c":"x"}},{"a":2,"b":{"c":"y","d":null}},{"b":3,"a":4},{"a":5},{},{"a":[{"c":1},{"c":2,"e":3}],"B":6}]}' }
        @{ Json = '{"s":["","\u00fc\n\"\\\/","Ünï","\u0041b","a\tb"],"\u0061":1,"b c":[true,false,null,[],[[]]]}' }
        @{ Json = '[{"a":1},{"a":2}]' }
    ) {
        Set-Answer -Path /cloudapi/1.0.0/kinds -Body $Json
        $null = Connect-Tenant
        $made = Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/kinds
        # As one object, whether an array or not.
        Get-Difference @{ it = (ConvertFrom-Json -InputObject $Json -NoEnumerate) }.it $made | Should -BeNullOrEmpty
    }
}

AfterAll {
    Get-VcdSession | Disconnect-Vcd
}
