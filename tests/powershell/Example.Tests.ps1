Describe 'The examples' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset
        $examples = (Resolve-Path -Path "$PSScriptRoot/../../examples/powershell").Path
        $library = (Get-ChildItem -Path "$module/native" -Recurse -File)[0].FullName
        $variables = @{
            VCD_URL = $url; VCD_ORG = 'Tyrell'; VCD_API_TOKEN = $env:VCDREST_TEST_TENANT_TOKEN; VCDREST_TEST_LIBRARY = $library
            VCDREST_TEST_EXAMPLES = $examples; PSModulePath = (Split-Path -Path $module) + [System.IO.Path]::PathSeparator + $env:PSModulePath
        }
    }

    It 'blog.ps1 prints the organizations as the blog shows them' {
        $output = Invoke-Child -Environment $variables -Script '& "$env:VCDREST_TEST_EXAMPLES/blog.ps1" -CertificateAuthority $env:VCDREST_TEST_CA'
        $output | Should -Contain 'name           : Tyrell'
        $output | Should -Contain 'runningVMCount : 6'
        $output | Should -Contain 'userCount      : 2'
        @(Get-Request /cloudapi/1.0.0/sessions/current | Where-Object { $_.method -eq 'DELETE' }).Count | Should -Be 1
    }

    It 'add-type.ps1 does the same without the module, in about 40 lines' {
        @(Get-Content -Path "$examples/add-type.ps1").Count | Should -BeLessOrEqual 42
        $output = Invoke-Child -Environment $variables -Script '& "$env:VCDREST_TEST_EXAMPLES/add-type.ps1" -Library $env:VCDREST_TEST_LIBRARY -CaFile $env:VCDREST_TEST_CA; "modules: $(Get-Module -Name VcdRest)"'
        $output | Should -Contain 'name           : Tyrell'
        $output | Should -Contain 'runningVMCount : 6'
        $output[-1] | Should -BeExactly 'modules: '
    }

    It 'add-type.ps1 shows what the library says of an error' {
        $wrong = $variables.Clone()
        $wrong.VCD_API_TOKEN = 'wrong'
        $output = (Invoke-Child -AllowFailure -Environment $wrong -Script '& "$env:VCDREST_TEST_EXAMPLES/add-type.ps1" -Library $env:VCDREST_TEST_LIBRARY -CaFile $env:VCDREST_TEST_CA') -join ' '
        $output | Should -Match 'provider'
    }

    Context 'in C#' {
        BeforeAll {
            $source = (Resolve-Path -Path "$examples/../csharp/Orgs.cs").Path
            $folder = Split-Path -Path $library
            # Where the system looks for the library that the program names.
            $here = $variables + @{ VCDREST_TEST_SOURCE = $source; VCDREST_TEST_LANGUAGE = if ($PSVersionTable.PSVersion.Major -ge 7) { '/langversion:5' }; LD_LIBRARY_PATH = $folder; PATH = $folder + [System.IO.Path]::PathSeparator + $env:PATH }
            $compile = '$option = @{}; if ($env:VCDREST_TEST_LANGUAGE) { $option.CompilerOptions = $env:VCDREST_TEST_LANGUAGE }; Add-Type -Path $env:VCDREST_TEST_SOURCE @option; '
        }

        It 'print the same and sign out' {
            Invoke-Control reset
            $output = Invoke-Child -Environment $here -Script ($compile + 'exit [Orgs]::Main(@($env:VCD_URL, $env:VCD_ORG, $env:VCDREST_TEST_CA))')
            (ConvertFrom-Json -InputObject ($output -join '')).values[0].name | Should -BeExactly 'Tyrell'
            @(Get-Request /cloudapi/1.0.0/sessions/current | Where-Object { $_.method -eq 'DELETE' }).Count | Should -Be 1
        }

        It 'say what the library says of an error, and end with 1' {
            $output = Invoke-Child -Environment $here -Script ($compile + '"ended with $([Orgs]::Main(@($env:VCD_URL, $env:VCD_ORG)))"')
            $output[-1] | Should -BeExactly 'ended with 1'
            $output -join ' ' | Should -Match 'certificate .* not trusted'
        }

        It 'show how they are used, and end with 2' {
            $output = Invoke-Child -Environment $here -Script ($compile + '"ended with $([Orgs]::Main(@()))"')
            $output[-1] | Should -BeExactly 'ended with 2'
            $output -join ' ' | Should -Match 'usage'
        }
    }

    It 'hold no secret' {
        Get-ChildItem -Path $examples, "$examples/../csharp", "$examples/../python" -Recurse -File | Select-String -Pattern '(?i)token\s*=\s*[''"]\w+|eyJ' | Should -BeNullOrEmpty
    }
}

Describe 'The audit of tokens' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        . "$PSScriptRoot/Administrator.ps1"
        Invoke-Control reset
        $credential = Get-TestCredential System
        $variables = @{
            VCD_URL = $url; VCD_USER = $credential.UserName; VCD_PASSWORD = Get-Plain $credential.Password
            VCDREST_TEST_EXAMPLES = (Resolve-Path -Path "$PSScriptRoot/../../examples/powershell").Path; PSModulePath = (Split-Path -Path $module) + [System.IO.Path]::PathSeparator + $env:PSModulePath
        }
    }

    It 'lists every token once, with organization and owner, and leaves no session' {
        $output = Invoke-Child -Environment $variables -Script '& "$env:VCDREST_TEST_EXAMPLES/token-audit.ps1" -CertificateAuthority $env:VCDREST_TEST_CA | ForEach-Object { "$($_.Org)/$($_.Owner)/$($_.Token) $($_.Id)" }'
        ($output -join '|') | Should -Match 'Tyrell/roy/api-token urn:vcloud:token:'
        ($output -join '|') | Should -Match 'System/administrator/api-token'
        @($output | Sort-Object -Unique).Count | Should -Be $output.Count
        @(Get-Request /cloudapi/1.0.0/sessions/current | Where-Object { $_.method -eq 'DELETE' }).Count | Should -Be 1
    }

    It 'can be of some organizations' {
        $output = Invoke-Child -Environment $variables -Script '& "$env:VCDREST_TEST_EXAMPLES/token-audit.ps1" -Name Tyrell -CertificateAuthority $env:VCDREST_TEST_CA | ForEach-Object { $_.Org } | Sort-Object -Unique'
        $output | Should -Be 'Tyrell'
    }
}
