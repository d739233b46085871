# The guides and the README: their PowerShell names only what there is, and is run as it stands, block after block, against
# the simulator; the server's name and a user code are put in. What a block marked not-run needs is on another system.

BeforeDiscovery {
    $root = (Resolve-Path -Path "$PSScriptRoot/../..").Path
    $pages = foreach ($file in @("$root/README.md") + @(Get-ChildItem -Path "$root/docs/*.md" | ForEach-Object { $_.FullName })) {
        $text = [System.IO.File]::ReadAllText($file) -replace '\r'
        $blocks = @([regex]::Matches($text, '(?ms)^```(\w+)([^\n]*)\n(.*?)^```') | ForEach-Object {
                @{ language = $_.Groups[1].Value; notRun = $_.Groups[2].Value -match 'not-run'; code = $_.Groups[3].Value }
            })
        # Commands in the text and in tables.
        $inline = @([regex]::Matches(($text -replace '(?ms)^```.*?^```'), '`([^`\n]+)`') | ForEach-Object { $_.Groups[1].Value -replace '\\\|', '|' })
        @{ page = [System.IO.Path]::GetFileName($file); blocks = $blocks; inline = $inline }
    }
    $checked = foreach ($page in $pages) {
        $number = 0
        foreach ($block in $page.blocks) {
            $number++
            if ($block.language -eq 'powershell') {
                @{ what = "$($page.page), block $number"; code = $block.code }
            }
        }
        foreach ($code in $page.inline | Where-Object { $_ -match '^(\S+ = |\(|.*\$\()?\w+-Vcd\w+ -' }) {
            @{ what = "$($page.page), $code"; code = $code }
        }
    }
    $run = @($pages | Where-Object { @($_.blocks | Where-Object { $_.language -eq 'powershell' -and -not $_.notRun }).Count })
    $shell = @($pages | Where-Object { @($_.blocks | Where-Object { $_.language -eq 'sh' }).Count })
}

Describe 'The guides' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        . "$PSScriptRoot/Administrator.ps1"
        . "$PSScriptRoot/Stage.ps1"
        $server = ([uri]$url).Authority
        $examples = (Resolve-Path -Path "$PSScriptRoot/../../examples").Path
        # Commands that are elsewhere, with the parameters that are used.
        $elsewhere = @{
            'Connect-CIServer'              = 'Server', 'SessionId'
            'Disconnect-CIServer'           = 'Server', 'Confirm'
            'Get-Secret'                    = 'Name'
            'Set-Secret'                    = 'Name', 'SecureStringSecret'
            'New-ScheduledTaskAction'       = 'Execute', 'Argument', 'WorkingDirectory'
            'New-ScheduledTaskTrigger'      = 'Daily', 'At'
            'New-ScheduledTaskPrincipal'    = 'UserId', 'LogonType'
            'Register-ScheduledTask'        = 'TaskName', 'Action', 'Trigger', 'Principal'
            'Unblock-File'                  = 'Path'
            'Set-AuthenticodeSignature'     = 'Certificate', 'TimestampServer'
            'icacls'                        = @()
        }

        # What is wrong with a piece of PowerShell: commands and parameters that there are not.
        function Get-CodeProblem {
            param ([string] $Code)
            $tokens = $problems = $null
            $tree = [System.Management.Automation.Language.Parser]::ParseInput($Code, [ref]$tokens, [ref]$problems)
            $problems | ForEach-Object { $_.Message }
            foreach ($command in $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                $name = $command.GetCommandName()
                if (-not $name) { continue }
                if ($elsewhere.ContainsKey($name)) {
                    $known = @($elsewhere[$name])
                } else {
                    $path = if ($name -like './*.ps1') { "$examples/powershell/$name" } else { $name }
                    $found = Get-Command -Name $path -ErrorAction Ignore
                    if (-not $found) { "there is no command $name"; continue }
                    if ($name -like '*-Vcd*' -and $found.ModuleName -ne 'VcdRest') { "$name is not the module's" }
                    $known = @($found.Parameters.Keys)
                }
                foreach ($parameter in $command.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }) {
                    if ($known -cnotcontains $parameter.ParameterName) { "$name has no parameter -$($parameter.ParameterName)" }
                }
            }
        }
    }

    AfterAll {
        $env:PSModulePath = $modulePath
    }

    BeforeEach {
        $folder = Enter-Stage
        Copy-Item -Path $ca -Destination ./cell-ca.pem
    }

    AfterEach {
        Pop-Location
        Get-VcdSession | Disconnect-Vcd
        Invoke-Control reset
        Remove-Item -Path Env:VCD_URL, Env:VCD_ORG, Env:VCD_API_TOKEN -ErrorAction Ignore
    }

    It 'name what there is: <what>' -ForEach $checked {
        Get-CodeProblem $code | Should -BeNullOrEmpty
    }

    It 'are looked at by a check that finds <problem>' -ForEach @(
        @{ code = 'Connect-Vcd -Sever x'; problem = 'Connect-Vcd has no parameter -Sever' }
        @{ code = 'Get-VcdOrgs'; problem = 'there is no command Get-VcdOrgs' }
        @{ code = '"$(Get-VcdAccessToken -AsPlain)"'; problem = 'Get-VcdAccessToken has no parameter -AsPlain' }
    ) {
        Get-CodeProblem $code | Should -BeExactly $problem
    }

    It 'name only parameters that there are: <page>' -ForEach $pages {
        $ours = @(Get-Command -Module VcdRest | ForEach-Object { $_.Parameters.Keys } | Sort-Object -Unique)
        # Those of PowerShell itself and of others.
        $ours += 'NonInteractive', 'File', 'First', 'Full', 'Parallel', 'SessionId', 'InvalidCertificateAction', 'UserId', 'LogonType', 'NupkgPath', 'Path', 'ExecutionPolicy', 'Scope', 'List'
        $unknown = @($inline | ForEach-Object { [regex]::Matches($_, '(?<![\w-])-([A-Z]\w+)(?!\w*-)') } | ForEach-Object { $_.Groups[1].Value } |
                Where-Object { $ours -cnotcontains $_ } | Sort-Object -Unique)
        # What the tables of old lines have is Invoke-RestMethod's.
        $unknown | Where-Object { (Get-Command -Name Invoke-RestMethod, ConvertTo-Json).Parameters.Keys -cnotcontains $_ } | Should -BeNullOrEmpty
    }

    It 'run as they stand: <page>' -ForEach $run {
        $PSDefaultParameterValues = $quiet.Clone()
        $code = @($blocks | Where-Object { $_.language -eq 'powershell' -and -not $_.notRun } | ForEach-Object { $_.code })
        # A page that is about trust says itself whom to trust.
        if (-not ($code -match '-CertificateAuthority')) {
            $PSDefaultParameterValues['Connect-Vcd:CertificateAuthority'] = $ca
        }
        $env:VCD_URL = $url
        $env:VCD_ORG = 'Tyrell'
        $env:VCD_API_TOKEN = $env:VCDREST_TEST_TENANT_TOKEN
        # What the blog's script has in variables.
        $vcd = $url
        $org = 'Tyrell'
        $token = $tenantToken
        Copy-Item -Path "$examples/powershell/token-audit.ps1" -Destination .
        $administrator = Connect-Administrator System @{ NotDefault = $true }
        $userCode = if ($code -match 'BCDF-GHJK') { New-UserCode $administrator }
        $ErrorActionPreference = 'Stop'
        foreach ($block in $code) {
            $block = $block -replace 'vcd\.example\.com', $server -replace 'tenant/acme', 'tenant/Tyrell' -replace 'BCDF-GHJK', $userCode
            $block = $block -replace '\./token-audit\.ps1', '$0 -CertificateAuthority ./cell-ca.pem'
            if ($block -match '-NoGrant') {
                $other = Start-OtherAdministrator $administrator
                try {
                    $null = . ([scriptblock]::Create($block)) 6>&1 | Read-UserCode $other
                } finally {
                    Complete-OtherAdministrator $other
                }
            } else {
                $null = . ([scriptblock]::Create($block)) 6>$null
            }
        }
        @(Get-Request).Count | Should -BeGreaterThan $code.Count
    }

    # A shell of Unix, and a PowerShell of its own, in which the system's store is what SSL_CERT_FILE says.
    It 'run in a shell as they stand: <page>' -Tag Unix -ForEach $shell {
        $library = Get-Library $module
        foreach ($file in $library, "$examples/powershell/add-type.ps1", "$examples/csharp/Orgs.cs", "$examples/python/orgs.py") {
            Copy-Item -Path $file -Destination .
        }
        $script = @($blocks | Where-Object { $_.language -eq 'powershell' -and $_.code -match 'ErrorActionPreference' } | ForEach-Object { $_.code })
        if ($script) { [System.IO.File]::WriteAllText("$folder/nightly.ps1", $script[0]) }
        [System.IO.File]::Copy((New-TokenFile $env:VCDREST_TEST_TENANT_TOKEN), "$folder/backup.json")
        $code = @($blocks | Where-Object { $_.language -eq 'sh' } | ForEach-Object { $_.code })
        # The crontab's line, and the file that it reads.
        if ($script) {
            [System.IO.File]::WriteAllText("$folder/vcd.env", ($code[0] -replace 'vcd\.example\.com', $server))
            $line = @([System.IO.File]::ReadAllLines("$examples/../docs/$page") | Where-Object { $_ -match '^    [\d* ]+ \. ' })
            $line.Count | Should -Be 1
            $code += $line[0] -replace '^    [\d* ]+ '
        }
        [System.IO.File]::WriteAllText("$folder/run.sh", "set -e`nPATH=`"$(Split-Path -Path $powershell):`$PATH`"`n" + (($code -join "`n") -replace 'vcd\.example\.com', $server))
        $before = $env:HOME
        $env:HOME = $folder
        $env:SSL_CERT_FILE = $ca
        $env:token = $env:VCDREST_TEST_TENANT_TOKEN
        try {
            $output = @(& sh ./run.sh 2>&1 | ForEach-Object { "$_" })
            $LASTEXITCODE | Should -Be 0 -Because ($output -join "`n")
        } finally {
            $env:HOME = $before
            Remove-Item -Path Env:SSL_CERT_FILE, Env:token
        }
        if ($script) {
            @(Import-Csv -Path ./vms.csv).Count | Should -BeGreaterThan 1
        } else {
            ($output -match 'Tyrell').Count | Should -BeGreaterThan 2
        }
    }
}
