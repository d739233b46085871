Describe 'Invoke-VcdRestMethod' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset
        $session = Connect-Provider
        $echo = '/cloudapi/test'

        # What the server got of a request whose answer does not matter.
        function Get-Sent {
            param ([hashtable] $With)
            Invoke-Control reset
            Set-Answer -Path $echo -Body '{"ok":true}'
            $uri = if ($With.ContainsKey('Uri')) { @{} } else { @{ Uri = $echo } }
            $null = Invoke-VcdRestMethod @uri @With
            $requests = @(Get-Request $echo)
            $requests.Count | Should -Be 1
            $requests[0]
        }
    }

    AfterEach {
        Invoke-Control reset
    }

    AfterAll {
        Get-VcdSession | Disconnect-Vcd
    }

    Context '-Uri' {
        It 'is a path, with or without a slash, or a URL of the server' -ForEach @(@{ uri = '/cloudapi/1.0.0/orgs' }, @{ uri = 'cloudapi/1.0.0/orgs' }, @{ uri = 'URL' }) {
            $target = if ($uri -eq 'URL') { "$url$orgs" } else { $uri }
            (Invoke-VcdRestMethod $target -Query @{ page = 1 }).resultTotal | Should -Be 301
        }

        It 'may be a URI object, whose escapes stay' {
            (Get-Sent @{ Uri = [uri]"$echo/a%2Fb%20c" }).target | Should -BeExactly "$echo/a%2Fb%20c"
        }

        It 'is bound to href from the pipeline' {
            $link = [pscustomobject]@{ href = "$url$orgs/urn:vcloud:org:$tyrellId"; rel = 'up' }
            $link, $link | Invoke-VcdRestMethod | ForEach-Object { $_.name } | Should -Be 'Tyrell', 'Tyrell'
        }
    }

    Context '-Method' {
        It '<method> is sent as <sent>' -ForEach @(
            @{ method = 'get'; sent = 'GET' }, @{ method = 'Post'; sent = 'POST' }, @{ method = 'PUT'; sent = 'PUT' }, @{ method = 'pAtCh'; sent = 'PATCH' }
            @{ method = 'Delete'; sent = 'DELETE' }, @{ method = 'head'; sent = 'HEAD' }, @{ method = 'Options'; sent = 'OPTIONS' }
        ) {
            (Get-Sent @{ Method = $method }).method | Should -BeExactly $sent
        }

        It 'Default is GET' {
            (Get-Sent @{ Method = 'Default' }).method | Should -BeExactly 'GET'
        }

        It '<method> is not sent with -WhatIf' -ForEach @(@{ method = 'post' }, @{ method = 'Put' }, @{ method = 'PATCH' }, @{ method = 'delete' }) {
            Invoke-VcdRestMethod -Method $method -Uri $echo -WhatIf | Should -BeNullOrEmpty
            (Get-Stat).requests | Should -Be 0
        }

        It '<method> is sent all the same with -WhatIf' -ForEach @(@{ method = 'get' }, @{ method = 'OPTIONS' }) {
            (Get-Sent @{ Method = $method; WhatIf = $true }).method | Should -Be $method
        }

        It 'with -WhatIf shows the method and the path, and no query' {
            $script = 'Import-Module -Name $env:VCDREST_TEST_MODULE; $null = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA; Invoke-VcdRestMethod -Method Delete -Uri "/cloudapi/x?secret=1" -WhatIf'
            $output = (Invoke-Child -Script $script) -join "`n"
            $output | Should -Match 'DELETE /cloudapi/x'
            $output | Should -Not -Match 'secret'
        }
    }

    Context 'A fault in the middle' {
        It 'sends a request once: <name>' -ForEach @(
            @{ name = 'a variable of another type'; with = @{ ResponseHeadersVariable = 'script:typed' }; sent = 1 }
            @{ name = 'a variable that cannot be written'; with = @{ StatusCodeVariable = 'PID' }; sent = 0 }
            @{ name = 'an encoding that .NET has no more'; with = @{ ContentType = 'text/plain; charset=utf-7' }; sent = 0 }
            @{ name = 'an encoding that nobody knows'; with = @{ ContentType = 'text/plain; charset=klingon' }; sent = 0 }
        ) {
            [int] $script:typed = 0
            Set-Answer -Path $echo -Body '{}' -Times 9
            foreach ($preference in 'Continue', 'Stop', 'SilentlyContinue') {
                $ErrorActionPreference = $preference
                Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Method Post -Uri $echo -Body 'x' @with }) VcdInvalidArgument InvalidArgument
            }
            @(Get-Request $echo).Count | Should -Be (3 * $sent)
        }

        It 'ends the command: a Retry-After beyond all times' {
            Set-Answer -Path $echo -Status 429 -Body '{}' -Headers @{ 'Retry-After' = '99999999999999999999' } -Times 9
            $failure = Get-Failure { Invoke-VcdRestMethod -Method Post -Uri $echo -Body '{}' }
            Assert-Failure $failure VcdThrottled LimitsExceeded VCD_ERR_HTTP
            @(Get-Request $echo).Count | Should -Be 1
        }
    }

    Context '-Body' {
        It 'that is a hashtable is sent as JSON' {
            $sent = Get-Sent @{ Method = 'Post'; Body = [ordered]@{ name = 'Ünï'; list = @(1); deep = @{ a = @{ b = @{ c = @{ d = 1 } } } } } }
            $sent.body | Should -BeExactly '{"name":"Ünï","list":[1],"deep":{"a":{"b":{"c":{"d":1}}}}}'
            Get-Header $sent Content-Type | Should -BeExactly 'application/json'
        }

        It 'that is an object from an answer goes back as it came' {
            $org = Invoke-VcdRestMethod -Uri "$orgs/urn:vcloud:org:$tyrellId"
            $sent = Get-Sent @{ Method = 'Put'; Body = $org }
            Get-Difference (ConvertFrom-Json -InputObject $sent.body) $org | Should -BeNullOrEmpty
        }

        It 'that is a list is sent as a list' {
            (Get-Sent @{ Method = 'Post'; Body = @(@{ a = 1 }) }).body | Should -BeExactly '[{"a":1}]'
        }

        It 'that is a string is sent as it is, in UTF-8' {
            $sent = Get-Sent @{ Method = 'Post'; Body = '{ "raw" : "ä€" }' }
            $sent.body | Should -BeExactly '{ "raw" : "ä€" }'
            Get-Header $sent Content-Length | Should -BeExactly '19'
        }

        It 'that is bytes is sent as it is' {
            $bytes = [System.Text.Encoding]::UTF8.GetBytes('bytes ä')
            (Get-Sent @{ Method = 'Post'; Body = $bytes; ContentType = 'application/octet-stream' }).body | Should -BeExactly 'bytes ä'
        }

        It 'that is XML is sent as XML in UTF-8, whatever it declares' {
            $sent = Get-Sent @{ Method = 'Post'; Body = [xml]'<?xml version="1.0" encoding="utf-16"?><Org name="ä"><Full/></Org>' }
            $sent.body | Should -Match '^<\?xml version="1.0" encoding="utf-8"\?><Org name="ä"><Full ?/></Org>$'
            Get-Header $sent Content-Type | Should -BeExactly 'application/xml'
            (Get-Sent @{ Method = 'Post'; Body = [xml]'<a/>' }).body | Should -Match '^<a ?/>$'
        }

        It 'that is a hashtable becomes the query of a GET' {
            $sent = Get-Sent @{ Body = @{ filter = 'name==a b;c' } }
            $sent.target | Should -BeExactly "$echo`?filter=name%3D%3Da%20b%3Bc"
            $sent.body | Should -BeNullOrEmpty
        }

        It 'that is an object becomes the query of a GET, too' {
            (Get-Sent @{ Body = [pscustomobject]@{ page = 2; filter = 'a b' } }).target | Should -BeExactly "$echo`?page=2&filter=a%20b"
        }

        It 'is of the type that -ContentType or the header says' {
            Get-Header (Get-Sent @{ Method = 'Post'; Body = 'x'; ContentType = 'application/vnd.vmware.x+json' }) Content-Type | Should -BeExactly 'application/vnd.vmware.x+json'
            Get-Header (Get-Sent @{ Method = 'Post'; Body = 'x'; Headers = @{ 'content-type' = 'text/x' } }) Content-Type | Should -BeExactly 'text/x'
        }

        It 'is encoded as the charset of -ContentType says' {
            $sent = Get-Sent @{ Method = 'Post'; Body = 'ab'; ContentType = 'text/plain; charset=utf-16' }
            Get-Header $sent Content-Length | Should -BeExactly '4'
        }
    }

    Context 'A -Body that is no data' {
        BeforeAll {
            $file = Join-Path -Path $TestDrive -ChildPath body.json
            [System.IO.File]::WriteAllText($file, '{}')
            $secure = New-Secure secret
            $credential = New-Object -TypeName pscredential -ArgumentList roy, $secure
            $circle = @{}
            $circle['self'] = $circle
            $ring = [pscustomobject]@{ a = $null; b = $null }
            $ring.a = $ring.b = $ring
            $unsuitable = @{
                'a file'             = { Get-Item -Path $file }
                'a folder in a list' = { , @('x', (Get-Item -Path $TestDrive)) }
                'a script block'     = { , { 1 } }
                'an open stream'     = { , (New-Object -TypeName System.IO.MemoryStream) }
                'a secret within'    = { @{ name = 'x'; spec = @{ password = $secure } } }
                'a credential'       = { [pscustomobject]@{ list = @(@{ user = $credential }) } }
                'a session'          = { $session }
                'a process'          = { @{ process = (Get-Process -Id $PID) } }
                'a command'          = { Get-Command -Name Get-Item }
                'a type'             = { @{ of = [string] } }
                'an error'           = { @{ error = (Get-Failure { throw 'x' }) } }
                'XML within JSON'    = { @{ document = [xml]'<a/>' } }
                'a circle'           = { $circle }
                'a ring of objects'  = { $ring }
                'a set'              = { $set = New-Object -TypeName 'System.Collections.Generic.HashSet[object]'; $null = $set.Add($secure); @{ set = $set } }
            }
        }

        It 'is refused by name before anything is sent: <what>' -ForEach @(
            @{ what = 'a file'; said = 'it is a System\.IO\.FileInfo', '-InFile' }
            @{ what = 'a folder in a list'; said = "'\[1\]' is a System\.IO\.DirectoryInfo", 'FullName' }
            @{ what = 'a script block'; said = 'it is a System\.Management\.Automation\.ScriptBlock', '& \$block' }
            @{ what = 'an open stream'; said = 'System\.IO\.MemoryStream', '-InFile' }
            @{ what = 'a secret within'; said = "'spec\.password' is a System\.Security\.SecureString", 'NetworkCredential' }
            @{ what = 'a credential'; said = "'list\[0\]\.user' is a System\.Management\.Automation\.PSCredential", 'GetNetworkCredential' }
            @{ what = 'a session'; said = 'VcdRest\.Abi\d+\.Session', 'hashtable' }
            @{ what = 'a process'; said = "'process' is a System\.Diagnostics\.Process", 'hashtable' }
            @{ what = 'a command'; said = 'CmdletInfo', 'hashtable' }
            @{ what = 'a type'; said = "'of' is a System\.RuntimeType", 'hashtable' }
            @{ what = 'an error'; said = "'error' is a System\.Management\.Automation\.ErrorRecord", 'hashtable' }
            @{ what = 'XML within JSON'; said = "'document' is a System\.Xml\.XmlDocument", 'OuterXml' }
            @{ what = 'a circle'; said = "'self' contains itself", 'hashtable' }
            @{ what = 'a ring of objects'; said = "'a' contains itself", 'hashtable' }
            @{ what = 'a set'; said = "'set\[0\]' is a System\.Security\.SecureString", 'NetworkCredential' }
        ) {
            $body = & $unsuitable[$what]
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $failure = Get-Failure { Invoke-VcdRestMethod -Method Post -Uri $orgs -Body $body }
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 10
            Assert-Failure $failure VcdInvalidArgument InvalidArgument VCD_ERR_ARGUMENT (@('-Body cannot be sent') + $said)
            $failure.Exception.Message | Should -Not -Match 'secret$'
            @(Get-Request $orgs).Count | Should -Be 0
        }

        It 'is refused in a query and in a form, too' {
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -Body @{ filter = $secure } }) VcdInvalidArgument InvalidArgument '' "'filter' is a"
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Method Post -Uri $orgs -ContentType application/x-www-form-urlencoded -Body @{ filter = { 1 } } }) VcdInvalidArgument InvalidArgument '' "'filter' is a"
            @(Get-Request $orgs).Count | Should -Be 0
        }

        It 'is told apart from what looks like it: the same thing twice, dates, numbers, identifiers, classes' {
            class Quota { [string] $Name = 'x'; [int[]] $Sizes = @(1, 2) }
            $same = @{ a = 1 }
            $body = [ordered]@{ first = $same; second = $same; list = @($same, $same); quota = [Quota]::new(); id = [guid]$tyrellId; at = [datetime]'2049-01-01'; size = [bigint]7; link = [uri]'https://example.com/'; none = $null; bytes = [byte[]](1, 2) }
            $null = Invoke-VcdRestMethod -Method Post -Uri $orgs -Body $body -SkipHttpErrorCheck
            (Get-Request $orgs)[0].body | Should -BeExactly (ConvertTo-Json -InputObject $body -Depth 100 -Compress)
        }
    }

    Context 'A form' {
        It 'is what a dictionary becomes where -ContentType says so' {
            Set-Answer -Path /cloudapi/test -Status 204 -ContentType ''
            $null = Invoke-VcdRestMethod -Method Post -Uri /cloudapi/test -Body ([ordered]@{ grant = 'a b'; list = 1, 2 }) -ContentType 'application/x-www-form-urlencoded'
            $sent = @(Get-Request /cloudapi/test)[-1]
            $sent.body | Should -BeExactly 'grant=a%20b&list=1&list=2'
            Get-Header $sent Content-Type | Should -BeExactly 'application/x-www-form-urlencoded'
        }
    }

    Context '-Query' {
        It 'is escaped and added' {
            $sent = Get-Sent @{ Uri = "$echo`?a=1"; Query = [ordered]@{ 'b c' = 'd&e=f'; list = 1, 2; flag = $true; none = $null; plus = '+' } }
            $sent.target | Should -BeExactly "$echo`?a=1&b%20c=d%26e%3Df&list=1&list=2&flag=true&plus=%2B"
        }
    }

    Context '-Headers' {
        It 'are sent, and Accept wins' {
            $sent = Get-Sent @{ Headers = @{ Accept = 'application/*;version=36.1'; 'X-One' = 1; 'If-Match' = '"etag"' } }
            Get-Header $sent Accept | Should -BeExactly 'application/*;version=36.1'
            Get-Header $sent X-One | Should -BeExactly '1'
            Get-Header $sent If-Match | Should -BeExactly '"etag"'
        }

        It 'have exactly one Authorization' {
            $sent = Get-Sent @{}
            @($sent.headers | Where-Object { $_.name -eq 'authorization' }).Count | Should -Be 1
            Get-Header $sent Authorization | Should -BeExactly "Bearer $(Get-VcdAccessToken -AsPlainText)"
        }

        It 'say who is asking' {
            Get-Header (Get-Sent @{}) User-Agent | Should -Match "VcdRest/0\.1\.0 PowerShell/$([regex]::Escape("$($PSVersionTable.PSVersion)"))"
        }
    }

    Context '-TenantContext' {
        It 'sends the bare id of <name>' -ForEach @(@{ name = 'an id' }, @{ name = 'a URN' }, @{ name = 'an object' }) {
            $context = switch ($name) { 'an id' { $tyrellId } 'a URN' { "urn:vcloud:org:$tyrellId" } default { Get-VcdOrg -Name Tyrell } }
            Get-Header (Get-Sent @{ TenantContext = $context }) X-VMWARE-VCLOUD-TENANT-CONTEXT | Should -BeExactly $tyrellId
        }
    }

    Context '-ApiVersion' {
        It 'is for this request only' {
            $null = Invoke-VcdRestMethod -Uri $orgs -Query @{ page = 1 } -ApiVersion 36.2
            $null = Invoke-VcdRestMethod -Uri $orgs -Query @{ page = 1 }
            (Get-Request $orgs | ForEach-Object { Get-Header $_ Accept }) | Should -Be 'application/json;version=36.2', 'application/json;version=37.2'
        }
    }

    Context '-ResponseHeadersVariable and -StatusCodeVariable' {
        It 'set variables of the caller' {
            Set-Answer -Path $echo -Status 201 -Body '{}' -Headers @{ 'X-Test' = 'one' }
            $null = Invoke-VcdRestMethod -Method Post -Uri $echo -ResponseHeadersVariable got -StatusCodeVariable code
            $code | Should -BeExactly 201
            $got['x-TEST'] | Should -BeExactly 'one'
        }

        It 'are set by an error, too' {
            Set-Answer -Path $echo -Status 409 -Body '{}' -Headers @{ 'X-Test' = 'two' }
            $null = Get-Failure { Invoke-VcdRestMethod -Uri $echo -RHV script:got -StatusCodeVariable script:code }
            $script:code | Should -BeExactly 409
            $script:got['X-Test'] | Should -BeExactly 'two'
        }
    }

    Context '-RetryPutDelete' {
        It 'repeats a PUT, which is sent once without it' {
            Set-Fault close-before-response $echo @{ times = 1 }
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Method Put -Uri $echo -Body '{}' -RetryIntervalSec 1 }) VcdConnectionFailed ConnectionError
            @(Get-Request $echo).Count | Should -Be 1
            Invoke-Control reset
            Set-Answer -Path $echo -Status 503
            Set-Answer -Path $echo -Body '{"ok":true}'
            (Invoke-VcdRestMethod -Method Put -Uri $echo -Body '{}' -RetryIntervalSec 1 -RetryPutDelete).ok | Should -BeTrue
            @(Get-Request $echo).Count | Should -Be 2
        }
    }

    Context '-AuthContext' {
        It 'names the organization for joined sites' {
            Get-Header (Get-Sent @{ AuthContext = 'Tyrell' }) X-VMWARE-VCLOUD-AUTH-CONTEXT | Should -BeExactly 'Tyrell'
        }
    }

    Context '-SkipHttpErrorCheck' {
        It 'returns the answer whatever its status' {
            $answer = Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/nothing -SkipHttpErrorCheck -StatusCodeVariable code
            $code | Should -Be 404
            $answer.minorErrorCode | Should -BeExactly 'RESOURCE_NOT_FOUND'
        }
    }

    Context '-InFile and -OutFile' {
        It 'send and save bytes' {
            $in = Join-Path -Path $TestDrive -ChildPath 'in.json'
            $out = Join-Path -Path $TestDrive -ChildPath 'out.json'
            [System.IO.File]::WriteAllText($in, '{"name":"ä"}')
            $sent = Get-Sent @{ Method = 'Post'; InFile = $in; OutFile = $out }
            $sent.body | Should -BeExactly '{"name":"ä"}'
            Get-Header $sent Content-Type | Should -BeExactly 'application/json'
            [System.IO.File]::ReadAllText($out) | Should -BeExactly '{"ok":true}'
        }

        It 'send a file as bytes where there is no API: <uri>' -ForEach @(@{ uri = '/transfer/test/a.bin' }, @{ uri = 'transfer/test/a.bin' }, @{ uri = 'URL' }) {
            $in = Join-Path -Path $TestDrive -ChildPath 'a.bin'
            [System.IO.File]::WriteAllText($in, 'abc')
            $to = if ($uri -eq 'URL') { "$url/transfer/test/a.bin" } else { $uri }
            $null = Invoke-VcdRestMethod -Method Put -Uri $to -InFile $in
            Get-Header (Get-Request /transfer/test/a.bin)[-1] Content-Type | Should -BeExactly 'application/octet-stream'
            $null = Invoke-VcdRestMethod -Method Put -Uri $to -InFile $in -ContentType text/plain
            Get-Header (Get-Request /transfer/test/a.bin)[-1] Content-Type | Should -BeExactly 'text/plain'
        }

        It 'save one answer to one file, and no second one over it' {
            $out = Join-Path -Path $TestDrive -ChildPath 'one.json'
            $failure = Get-Failure { Get-VcdOrg -Name Tyrell, Wallace | Invoke-VcdRestMethod -Uri { "$orgs/$($_.id)" } -OutFile $out }
            Assert-Failure $failure VcdInvalidArgument InvalidArgument '' 'one\.json', '-OutFile', 'ForEach-Object'
            (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($out))).name | Should -BeExactly 'Tyrell'
            # Another command may write it anew.
            $null = Invoke-VcdRestMethod -Uri "$orgs/urn:vcloud:org:$tyrellId" -OutFile $out
        }

        It 'are what an answer is told to use that is too large' {
            $href = (Invoke-Control transfer @{ size = 68000000 }).href
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri $href -Raw }
            Assert-Failure $failure VcdInvalidResponse InvalidData VCD_ERR_TOO_LARGE '\(-OutFile\)'
            $failure.Exception.Message | Should -Not -Match 'VCD_|limit'
        }

        It 'send a file from -InFileOffset on' {
            $in = Join-Path -Path $TestDrive -ChildPath 'parts.txt'
            [System.IO.File]::WriteAllText($in, 'abcdefgh')
            (Get-Sent @{ Method = 'Put'; InFile = $in; InFileOffset = 5; Headers = @{ 'Content-Range' = 'bytes 5-7/8' } }).body | Should -BeExactly 'fgh'
            $null = Get-Stat
            $failure = Get-Failure { Invoke-VcdRestMethod -Method Put -Uri $echo -InFile $in -InFileOffset 9 }
            Assert-Failure $failure VcdInvalidArgument InvalidArgument '' 'has 8 bytes', 'InFileOffset 9'
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Method Put -Uri $echo -Body x -InFileOffset 1 }) VcdInvalidArgument InvalidArgument '' '-InFile'
        }

        It 'replace a file, and leave nothing else behind' {
            $folder = (New-Item -Path (Join-Path -Path $TestDrive -ChildPath 'saved') -ItemType Directory).FullName
            $out = Join-Path -Path $folder -ChildPath 'out.json'
            Set-Content -Path $out -Value 'before'
            Push-Location -Path $folder
            try {
                Invoke-VcdRestMethod -Uri "$orgs/urn:vcloud:org:$tyrellId" -OutFile ./out.json | Should -BeNullOrEmpty
            } finally {
                Pop-Location
            }
            (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($out))).name | Should -BeExactly 'Tyrell'
            @(Get-ChildItem -Path $folder -Force).Count | Should -Be 1
            $null = Get-Failure { Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/nothing -OutFile $out }
            (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($out))).name | Should -BeExactly 'Tyrell'
            @(Get-ChildItem -Path $folder -Force).Count | Should -Be 1
        }

        It 'that cannot be read or written are errors' {
            $missing = Join-Path -Path $TestDrive -ChildPath 'no/such'
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Method Post -Uri $echo -InFile $missing }) VcdInvalidArgument InvalidArgument '' 'InFile'
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -OutFile $missing }) VcdFileNotWritten WriteError
            Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -OutFile "$TestDrive" }) VcdFileNotWritten WriteError
            # There was no place for the answer, so nothing was asked.
            (Get-Stat).requests | Should -Be 0
        }

        It 'are no paths on a drive that is not there, or of another kind' {
            foreach ($path in 'Nowhere:/file', 'Env:/VCD_URL') {
                Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Method Post -Uri $echo -InFile $path }) VcdInvalidArgument InvalidArgument '' 'InFile'
                Assert-Failure (Get-Failure { Invoke-VcdRestMethod -Uri $orgs -OutFile $path }) VcdInvalidArgument InvalidArgument '' 'OutFile'
            }
            (Get-Stat).requests | Should -Be 0
        }
    }

    Context '-Raw' {
        It 'returns the body as text' {
            Set-Answer -Path $echo -Body '[1, 2,  3]'
            Invoke-VcdRestMethod -Uri $echo -Raw | Should -BeExactly '[1, 2,  3]'
        }
    }

    Context '-All' {
        It 'returns every page, each as an object of its own' {
            $pages = @(Invoke-VcdRestMethod -Uri $orgs -All -Query @{ pageSize = 100 })
            $pages.Count | Should -Be 4
            @($pages.values).Count | Should -Be 301
            @($pages.values.id | Sort-Object -Unique).Count | Should -Be 301
            @(Get-Request $orgs).Count | Should -Be 4
        }

        It 'goes on by numbers where there are no links' {
            foreach ($page in 1, 2, 3) {
                Set-Answer -Path "$echo`?pageSize=2" -Body "{`"resultTotal`":5,`"page`":$page,`"pageSize`":2,`"values`":[$page]}"
            }
            $pages = @(Invoke-VcdRestMethod -Uri "$echo`?pageSize=2" -All)
            $pages.values | Should -Be 1, 2, 3
            (Get-Request $echo | ForEach-Object { $_.target }) | Should -Be "$echo`?pageSize=2", "$echo`?pageSize=2&page=2", "$echo`?pageSize=2&page=3"
        }

        It 'follows cursors, at the address by which the server is reached' {
            $link = '<https://public.example.com/cloudapi/test?cursor=abc%3D>;rel="lastPage nextPage";type="application/json"'
            Set-Answer -Path "$echo`?cursor" -Body '{"values":[2]}'
            Set-Answer -Path $echo -Body '{"values":[1]}' -Headers @{ Link = $link }
            @(Invoke-VcdRestMethod -Uri $echo -All -WarningVariable warnings -WarningAction SilentlyContinue).values | Should -Be 1, 2
            (Get-Request $echo)[1].target | Should -BeExactly "$echo`?cursor=abc%3D"
            "$warnings" | Should -Match 'public\.example\.com'
        }

        It 'follows the links of the legacy API' {
            $link = "[{`"rel`":`"nextPage`",`"href`":`"$url$echo`?page=2`"}]"
            Set-Answer -Path "$echo`?page=2" -Body '{"total":2,"page":2,"pageSize":1,"record":[2],"link":[]}'
            Set-Answer -Path $echo -Body "{`"total`":2,`"page`":1,`"pageSize`":1,`"record`":[1],`"link`":$link}"
            @(Invoke-VcdRestMethod -Uri $echo -All).record | Should -Be 1, 2
        }

        It 'ends where pages lead in a circle' {
            Set-Answer -Path $echo -Body '{"values":[1]}' -Headers @{ Link = "<$url$echo`?cursor=a>;rel=`"nextPage`"" } -Times 5
            $script:seen = 0
            $failure = Get-Failure { Invoke-VcdRestMethod -Uri $echo -All | ForEach-Object { $script:seen++ } }
            Assert-Failure $failure VcdInvalidResponse InvalidData VCD_ERR_PROTOCOL 'lead back'
            $script:seen | Should -BeLessOrEqual 2
        }

        It 'stops when the pipeline has enough' {
            $first = Invoke-VcdRestMethod -Uri $orgs -All -Query @{ pageSize = 10 } | Select-Object -First 2
            @($first).Count | Should -Be 2
            @(Get-Request $orgs).Count | Should -BeLessOrEqual 3
        }

        It 'returns text pages with -Raw' {
            $pages = @(Invoke-VcdRestMethod -Uri $orgs -All -Raw -Query @{ pageSize = 128 })
            $pages.Count | Should -Be 3
            $pages[0] | Should -BeOfType [string]
        }

        It 'is not needed for a single page' {
            @(Invoke-VcdRestMethod -Uri "$orgs/urn:vcloud:org:$tyrellId" -All).name | Should -BeExactly 'Tyrell'
        }
    }

    Context 'A result that is cut off' {
        It 'is warned of once per session, with the numbers' {
            $fresh = Connect-Provider @{ NotDefault = $true }
            $warnings = @(1..3 | ForEach-Object { Invoke-VcdRestMethod -Uri $orgs -Session $fresh 3>&1 } | Where-Object { $_ -is [System.Management.Automation.WarningRecord] })
            $warnings.Count | Should -Be 1
            "$($warnings[0])" | Should -Match '\b25 of 301\b'
            "$($warnings[0])" | Should -Match '-All'
        }

        It 'is not, where <name>' -ForEach @(
            @{ name = 'the page is named'; with = @{ Query = @{ page = 2 } } }, @{ name = 'all are asked for'; with = @{ All = $true } }
            @{ name = 'all fit'; with = @{ Query = @{ filter = 'name==Tyrell' } } }
        ) {
            $fresh = Connect-Provider @{ NotDefault = $true }
            @(Invoke-VcdRestMethod -Uri $orgs -Session $fresh @with 3>&1 | Where-Object { $_ -is [System.Management.Automation.WarningRecord] }).Count | Should -Be 0
        }
    }

    Context 'Repetitions' {
        It 'of a GET happen by themselves' {
            Set-Answer -Path $orgs -Status 503
            (Invoke-VcdRestMethod -Uri $orgs -Query @{ page = 1 }).resultTotal | Should -Be 301
            @(Get-Request $orgs).Count | Should -Be 2
        }

        It 'of a GET are limited by -MaximumRetryCount' {
            Set-Answer -Path $echo -Status 503 -Times 9
            $null = Get-Failure { Invoke-VcdRestMethod -Uri $echo -MaximumRetryCount 0 }
            @(Get-Request $echo).Count | Should -Be 1
        }

        It 'wait for -RetryIntervalSec' {
            Set-Answer -Path $echo -Status 503 -Times 9
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $null = Get-Failure { Invoke-VcdRestMethod -Uri $echo -MaximumRetryCount 1 -RetryIntervalSec 1 }
            $watch.Elapsed.TotalSeconds | Should -BeGreaterThan 0.4
            @(Get-Request $echo).Count | Should -Be 2
        }

        It 'of a POST do not happen' {
            Set-Answer -Path $echo -Status 503 -Times 9
            $null = Get-Failure { Invoke-VcdRestMethod -Method Post -Uri $echo -Body '{}' }
            @(Get-Request $echo).Count | Should -Be 1
        }
    }

    Context '-Verbose' {
        It 'shows a line for each request, without the query' {
            $lines = @(Invoke-VcdRestMethod -Uri "$orgs`?page=1&filter=name==Tyrell" -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | ForEach-Object { "$_" })
            $lines.Count | Should -Be 1
            $lines[0] | Should -Match "^GET $orgs`: 200, \d+ ms, request id "
            $lines[0] | Should -Not -Match 'filter'
        }

        It 'is switched on by the preference of the calling script, too' {
            $script = '$VerbosePreference = "Continue"; Import-Module -Name $env:VCDREST_TEST_MODULE -Verbose:$false; $null = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA; $null = Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs; $null = Invoke-VcdRestMethod -Uri /api/x -Verbose:$false -SkipHttpErrorCheck'
            $output = (Invoke-Child -Script $script) -join "`n"
            $output | Should -Match 'GET /cloudapi/1.0.0/orgs: 200'
            $output | Should -Not -Match '/api/x'
        }
    }
}
