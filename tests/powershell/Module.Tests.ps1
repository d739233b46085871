BeforeDiscovery {
    $source = Join-Path -Path $PSScriptRoot -ChildPath '../../powershell/VcdRest'
    $commands = @(Get-ChildItem -Path "$source/Public/*.ps1" | ForEach-Object { $_.BaseName })
    Import-Module -Name $env:VCDREST_TEST_MODULE
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
    $parameters = foreach ($command in $commands) {
        foreach ($parameter in (Get-Command -Name $command).Parameters.Keys) {
            if ($parameter -notin $common -or $parameter -in 'WhatIf', 'Confirm') {
                @{ command = $command; parameter = $parameter }
            }
        }
    }
    $commandCases = $commands | ForEach-Object { @{ command = $_ } }
}

Describe 'The module' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset
        $source = (Resolve-Path -Path "$PSScriptRoot/../../powershell/VcdRest").Path
        $manifest = Import-PowerShellDataFile -Path "$module/VcdRest.psd1"
    }

    Context 'Manifest' {
        It 'is valid' {
            (Test-ModuleManifest -Path "$module/VcdRest.psd1").Version | Should -Be '0.1.0'
        }

        It 'is for both editions from 5.1 on' {
            $manifest.CompatiblePSEditions | Should -Be 'Desktop', 'Core'
            $manifest.PowerShellVersion | Should -Be '5.1'
            $manifest.DotNetFrameworkVersion | Should -Be '4.7.2'
        }

        It 'exports what lies in Public, by name, and nothing else' {
            $files = @(Get-ChildItem -Path "$source/Public/*.ps1" | ForEach-Object { $_.BaseName } | Sort-Object)
            $files.Count | Should -BeGreaterThan 6
            @($manifest.FunctionsToExport | Sort-Object) | Should -Be $files
            @((Get-Module -Name VcdRest).ExportedCommands.Keys | Sort-Object) | Should -Be $files
            @($manifest.CmdletsToExport).Count + @($manifest.VariablesToExport).Count + @($manifest.AliasesToExport).Count | Should -Be 0
        }

    }

    Context 'Files' {
        It 'hold one function each, named as the file' {
            foreach ($file in (Get-ChildItem -Path "$source/Public/*.ps1", "$source/Private/*.ps1")) {
                $tree = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref]$null, [ref]$null)
                $functions = @($tree.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $false))
                if ($file.Name -ne 'Completer.ps1') {
                    $functions.Count | Should -Be 1
                    $functions[0].Name | Should -BeExactly $file.BaseName
                }
            }
        }

        It 'name types in full, or PowerShell searches every assembly for them when the module is imported' {
            # PowerShell's own short names, and what is written as they are: the first look-up finds it.
            $short = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Get
            foreach ($file in (Get-ChildItem -Path "$source/Public/*.ps1", "$source/Private/*.ps1", "$source/*.psm1")) {
                $tree = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref]$null, [ref]$null)
                foreach ($node in $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.AttributeBaseAst] -or $args[0] -is [System.Management.Automation.Language.TypeExpressionAst] }, $true)) {
                    $name = $node.TypeName.FullName -replace '\[\]$'
                    if (-not $name.StartsWith('System.') -and -not $short.ContainsKey($name)) {
                        "$($file.Name): [$name]" | Should -BeNullOrEmpty
                    }
                }
            }
        }

        It 'use approved verbs' {
            $approved = @(Get-Verb | ForEach-Object { $_.Verb })
            foreach ($name in $manifest.FunctionsToExport) {
                ($name -split '-')[0] | Should -BeIn $approved
            }
        }
    }

    Context 'The staged module' {
        It 'is one file with all functions, and one of C#' {
            @(Get-ChildItem -Path $module -Recurse -Include *.ps1).Count | Should -Be 0
            @(Get-ChildItem -Path "$module/Interop/*.cs").Count | Should -Be 1
            $text = [System.IO.File]::ReadAllText("$module/VcdRest.psm1")
            $digest = (Get-FileHash -Path "$module/Interop/VcdRest.Interop.cs" -Algorithm SHA256).Hash
            $text | Should -Match "InteropDigest = '$digest'"
            foreach ($file in (Get-ChildItem -Path "$source/Public/*.ps1", "$source/Private/*.ps1")) {
                $text.Contains([System.IO.File]::ReadAllText($file.FullName)) | Should -BeTrue
            }
        }

        It 'does what its source does' {
            $copy = (New-Item -Path (Join-Path -Path $TestDrive -ChildPath 'unstaged') -ItemType Directory).FullName
            Copy-Item -Path $source -Destination $copy -Recurse
            Copy-Item -Path "$module/native" -Destination "$copy/VcdRest" -Recurse
            $output = Invoke-Child -Environment @{ VCDREST_TEST_FROM = "$copy/VcdRest" } -Script @'
Import-Module -Name $env:VCDREST_TEST_FROM
$session = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA
(Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs).values[0].name
$session | Disconnect-Vcd
'@
            $output | Should -Be 'Tyrell'
        }
    }

    Context 'Import' {
        It 'compiles nothing and loads no library' {
            $output = Invoke-Child -Script @'
Import-Module -Name $env:VCDREST_TEST_MODULE
"interop: $(foreach ($assembly in [AppDomain]::CurrentDomain.GetAssemblies()) { if ($assembly.GetType('VcdRest.Abi1.Session')) { $assembly } })"
"library: $(foreach ($file in [System.Diagnostics.Process]::GetCurrentProcess().Modules) { if ($file.FileName -match 'vcdrest\.(dll|so|dylib)$') { $file.FileName } })"
'@
            $output | Should -Be 'interop: ', 'library: '
        }

        It 'can be repeated, and the session stays' {
            $output = Invoke-Child -Script @'
Import-Module -Name $env:VCDREST_TEST_MODULE
$session = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA
foreach ($i in 1..3) {
    Import-Module -Name $env:VCDREST_TEST_MODULE -Force
    (Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs).values[0].name
}
Remove-Module -Name VcdRest
Import-Module -Name $env:VCDREST_TEST_MODULE
(Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs -Session $session).values[0].name
Get-VcdSession | Disconnect-Vcd
'@
            $output | Should -Be 'Tyrell', 'Tyrell', 'Tyrell', 'Tyrell'
        }

        It 'leaves nothing of its own in the caller' {
            $output = Invoke-Child -Script @'
$ErrorActionPreference = 'Stop'
$before = @(Get-Variable | ForEach-Object { $_.Name }) + 'before'
Import-Module -Name $env:VCDREST_TEST_MODULE
$null = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $env:VCDREST_TEST_TENANT_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA
$null = Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs
"left: $(Get-Variable | Where-Object { $_.Name -notin $before } | ForEach-Object { $_.Name })"
'@
            $output | Should -BeExactly 'left: '
        }
    }

    Context 'A strict caller' {
        It 'gets no errors from inside' {
            $output = Invoke-Child -Script @'
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name $env:VCDREST_TEST_MODULE
$session = Connect-Vcd -Server $env:VCDREST_TEST_URL -Org System -ApiToken $env:VCDREST_TEST_PROVIDER_TOKEN -CertificateAuthority $env:VCDREST_TEST_CA
@(Get-VcdOrg).Count
(Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs -Query @{ page = 1 }).resultTotal
try { Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/nothing } catch { $_.Exception.Response.StatusCode.value__ }
Test-VcdSession
$session | Disconnect-Vcd
$Error.Count
'@
            $output | Should -Be '301', '301', '404', 'True', '1'
        }

        It 'with ErrorActionPreference Stop gets its own trap' {
            $output = Invoke-Child -AllowFailure -Script @'
$ErrorActionPreference = 'Stop'
Import-Module -Name $env:VCDREST_TEST_MODULE
try { Get-VcdOrg -Name x -Session nowhere } catch { $_.FullyQualifiedErrorId }
'@
            $output | Should -BeExactly 'VcdNotConnected,Get-VcdOrg'
        }
    }

    Context 'Help of <command>' -ForEach $commandCases {
        It 'is complete' {
            $help = Get-Help -Name $command -Full
            $help.Synopsis | Should -Not -BeNullOrEmpty
            $help.Synopsis | Should -Not -Match '^\s*\w+-Vcd\w+ \['
            ($help.Description | Out-String).Trim().Length | Should -BeGreaterThan 60
            $examples = @($help.Examples.Example)
            $examples.Count | Should -BeGreaterOrEqual 2
            foreach ($example in $examples) {
                "$($example.Code)".Trim() | Should -Not -BeNullOrEmpty
                ($example.Remarks | Out-String).Trim() | Should -Not -BeNullOrEmpty
                # Nobody is to copy a line with a secret in it.
                "$($example.Code)" | Should -Not -Match '(?i)token\s+[''"]?\w{20,}'
            }
            @($help.RelatedLinks.NavigationLink).Count | Should -BeGreaterThan 0
            (Get-Command -Name $command).OutputType.Count + [int]($command -eq 'Disconnect-Vcd') | Should -BeGreaterThan 0
        }
    }

    Context 'Help' {
        It 'describes -<parameter> of <command>' -ForEach $parameters {
            $help = Get-Help -Name $command -Parameter $parameter
            ($help.Description | Out-String).Trim().Length | Should -BeGreaterThan 20
        }

        It 'has an about page that names every command and every error id, and a guide that explains each' {
            $about = [System.IO.File]::ReadAllText("$module/en-US/about_VcdRest.help.txt")
            foreach ($name in $manifest.FunctionsToExport) {
                $about | Should -Match ([regex]::Escape($name))
            }
            $ids = @(Select-String -Path "$source/Interop/*.cs", "$source/Private/*.ps1", "$source/Public/*.ps1", "$source/*.psm1" -Pattern '[''"](Vcd[A-Z]\w+)[''"]' -AllMatches -CaseSensitive |
                    ForEach-Object { $_.Matches } | ForEach-Object { $_.Groups[1].Value } | Where-Object { $_ -ne 'VcdRest' } | Sort-Object -Unique)
            $ids.Count | Should -BeGreaterThan 10
            foreach ($id in $ids) {
                $about | Should -Match "\b$id\b"
            }
            # The guide has a row for each, and none for what is no id.
            $rows = @(Select-String -Path "$source/../../docs/troubleshooting.md" -Pattern '^\| `(Vcd\w+)` \|' -CaseSensitive | ForEach-Object { $_.Matches[0].Groups[1].Value })
            $rows | Should -Be $ids
        }
    }

    Context 'Completion' {
        BeforeAll {
            $null = Connect-Tenant
            $null = Get-VcdOrg
            function Get-Completion { param ($line) (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches | ForEach-Object { $_.CompletionText } }
            Invoke-Control reset
        }

        AfterAll {
            Disconnect-Vcd
        }

        It 'of <line> offers <expected>' -ForEach @(
            @{ line = 'Invoke-VcdRestMethod -Method p'; expected = 'Post', 'Put', 'Patch' }
            @{ line = 'Invoke-VcdRestMethod -ApiVersion 37.'; expected = '37.0', '37.1', '37.2', '37.3' }
            @{ line = 'Connect-Vcd -Org ty'; expected = 'Tyrell' }
            @{ line = 'Connect-Vcd -Org Sy'; expected = 'System' }
            @{ line = 'Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs/'; expected = "'/cloudapi/1.0.0/orgs/{orgUrn}'", "'/cloudapi/1.0.0/orgs/{orgUrn}/quotaPolicy'", "'/cloudapi/1.0.0/orgs/{orgUrn}/quotas'" }
            @{ line = 'Invoke-VcdRestMethod /cloudapi/1.0.0/sessions/c'; expected = '/cloudapi/1.0.0/sessions/current' }
            @{ line = 'Get-VcdOrg -Name ty'; expected = 'Tyrell' }
            @{ line = 'Invoke-VcdRestMethod /x -TenantContext Ty'; expected = 'urn:vcloud:org:7e5f1fe3-80cc-41e8-bf72-d40caf54418e' }
        ) {
            @(Get-Completion $line) | Should -Be $expected
        }

        It 'offers the servers of sessions' {
            foreach ($command in 'Get-VcdSession -Server ', 'Invoke-VcdRestMethod -Session ', 'Disconnect-Vcd -Session ', 'Connect-Vcd -Server ') {
                @(Get-Completion "${command}loc") | Should -Contain ([uri]$url).Authority
            }
        }

        It 'does not ask the server' {
            (Get-Stat).requests | Should -Be 0
        }
    }
}
