BeforeDiscovery {
    $root = (Resolve-Path -Path "$PSScriptRoot/../../..").Path
    $files = @(Get-ChildItem -Path "$root/powershell", "$root/examples/powershell" -Recurse -Include *.ps1, *.psm1, *.psd1 | ForEach-Object { @{ file = $_.FullName; name = $_.FullName.Substring($root.Length + 1) } })
}

Describe 'PSScriptAnalyzer' {
    BeforeAll {
        Import-Module -Name PSScriptAnalyzer
        $settings = (Resolve-Path -Path "$PSScriptRoot/../../../powershell/PSScriptAnalyzerSettings.psd1").Path
    }

    It 'has nothing against <name>' -ForEach $files {
        Invoke-ScriptAnalyzer -Path $file -Settings $settings | ForEach-Object { "$($_.RuleName), line $($_.Line): $($_.Message)" } | Should -BeNullOrEmpty
    }

    # A misspelt option of a rule turns the rule off without a word.
    It 'is awake: <rule>, <_.snippet.Split([char]10)[0]>' -ForEach @(
        @{ rule = 'PSUseCompatibleSyntax'; snippet = '$a = $b ?? 1' }
        @{ rule = 'PSUseCompatibleSyntax'; snippet = '$a = $b ? 1 : 2' }
        @{ rule = 'PSUseCompatibleSyntax'; snippet = 'Get-Item -Path x && Get-Item -Path y' }
        @{ rule = 'PSUseCompatibleCmdlets'; snippet = 'Remove-Alias -Name x' }
        @{ rule = 'PSUseConsistentIndentation'; snippet = "if (1) {`n  1`n}" }
        @{ rule = 'PSPlaceOpenBrace'; snippet = "if (1)`n{`n    1`n}" }
        @{ rule = 'PSAvoidUsingPlainTextForPassword'; snippet = 'function Get-It { param ([string] $Password) $Password }' }
        @{ rule = 'PSAvoidUsingConvertToSecureStringWithPlainText'; snippet = 'ConvertTo-SecureString -String x -AsPlainText -Force' }
    ) {
        @(Invoke-ScriptAnalyzer -ScriptDefinition $snippet -Settings $settings | ForEach-Object { $_.RuleName }) | Should -Contain $rule
    }

    It 'looks at the files that there are' {
        $names = @(Get-ChildItem -Path "$PSScriptRoot/../../../powershell" -Recurse -Include *.ps1, *.psm1, *.psd1)
        $names.Count | Should -BeGreaterThan 20
    }
}
