# The compiled interop and the native library: kept, checked, and honest about what is wrong.

Describe 'The interop' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"

        $source = (Resolve-Path -Path "$PSScriptRoot/../../powershell/VcdRest").Path

        # A copy of the module, or of what it is staged from, that a test may damage, without a compiled interop.
        function Copy-Module {
            param ([string] $From = $module)
            $copy = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid().ToString('N'))
            $null = New-Item -Path $copy -ItemType Directory
            Copy-Item -Path $From -Destination $copy -Recurse
            $copy = Join-Path -Path $copy -ChildPath 'VcdRest'
            if ($From -ne $module) {
                Copy-Item -Path "$module/native" -Destination $copy -Recurse
            }
            Remove-Item -Path "$copy/Interop/*.dll"
            $copy
        }
        # What earlier tests have left in the user's own folder, where no variable puts it elsewhere.
        if ([System.Environment]::OSVersion.Platform -eq 'Win32NT') {
            $kept = & (Get-Module -Name VcdRest) { Get-VcdCachePath }
            if (Test-Path -Path $kept) { Remove-Item -Path $kept -Recurse }
        }
        $plain = Copy-Module

        # Runs the first command that needs the library, with a cache folder, and says what came of it.
        function Invoke-First {
            param ([string] $Cache, [string] $From = $plain, [string] $Before = '')
            Invoke-Child -Environment @{ XDG_CACHE_HOME = $Cache; VCDREST_TEST_FROM = $From } -Script @"
Import-Module -Name `$env:VCDREST_TEST_FROM
$Before
try {
    Get-VcdSession -Verbose 4>&1 | ForEach-Object { "verbose: `$_" }
    `$type = & (Get-Module VcdRest) { `$script:Commands }
    "loaded: `$(`$type.Assembly.Location)"
} catch {
    "error: `$(`$_.FullyQualifiedErrorId) `$(`$_.CategoryInfo.Category) `$(`$_.Exception.Message)"
}
"@
        }

        function New-Cache {
            (New-Item -Path (Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid().ToString('N'))) -ItemType Directory).FullName
        }
        # A cache that is filled already, for tests that are not about filling it.
        $warm = New-Cache
        $null = Invoke-First $warm
        function Copy-Cache {
            $copy = New-Cache
            if (Test-Path -Path "$warm/vcdrest") {
                & cp -R -p "$warm/vcdrest" $copy
            }
            $copy
        }
        # As Windows marks what a browser or a mail program has saved.
        function Set-Mark {
            param ([string] $Path)
            Set-Content -LiteralPath $Path -Stream Zone.Identifier -Value "[ZoneTransfer]`r`nZoneId=3"
        }
        # In Invoke-First: what application control does to the compiler, where nothing was compiled before.
        $noCompiler = '& (Get-Module VcdRest) { function script:Add-Type { throw "blocked by policy" }; function script:Get-VcdCachePath { } }'
        $sources = (Get-ChildItem -Path "$source/Interop/*.cs" | Sort-Object -Property Name | ForEach-Object { [System.IO.File]::ReadAllText($_.FullName) }) -join "`n"
    }

    Context 'The source' {
        It 'is C# 5' -Tag PowerShell7 {
            $output = Invoke-Child -Environment @{ VCDREST_TEST_FROM = "$source/Interop" } -Script @'
$source = (Get-ChildItem -Path "$env:VCDREST_TEST_FROM/*.cs" | ForEach-Object { [System.IO.File]::ReadAllText($_.FullName) }) -join "`n"
Add-Type -TypeDefinition $source -CompilerOptions '/langversion:5', '/warnaserror+' -ErrorAction Stop
[VcdRest.Abi1.Session].FullName
# What would be refused is refused.
try { Add-Type -TypeDefinition 'public class Newer { public int X => 1; }' -CompilerOptions '/langversion:5' -ErrorAction Stop; 'accepted' } catch { 'refused' }
'@
            $output | Should -Be 'VcdRest.Abi1.Session', 'refused'
        }

        It 'is in a namespace with the ABI''s number, and each file names one public thing' {
            foreach ($file in (Get-ChildItem -Path "$source/Interop/*.cs")) {
                [System.IO.File]::ReadAllText($file.FullName) | Should -Match '(?m)^namespace VcdRest\.Abi1$'
            }
            $sources | Should -Match 'const int AbiMajor = 1;'
        }

        It 'passes no texts and truth values to the library' {
            $table = [System.IO.File]::ReadAllText("$source/Interop/Native.cs")
            $declarations = [regex]::Matches($table, 'extern (\w+) (vcd_\w+)\(([^)]*)\)')
            $declarations.Count | Should -BeGreaterThan 30
            foreach ($declaration in $declarations) {
                $declaration.Value | Should -Not -Match '\b(string|bool|StringBuilder)\b'
                $declaration.Groups[1].Value | Should -BeIn 'int', 'uint', 'void', 'IntPtr'
            }
        }

        It 'needs nothing that .NET Framework 4.7.2 and PowerShell 5.1 lack' -Tag PowerShell7 -Skip:(-not $env:VCDREST_REFERENCE_ASSEMBLIES) {
            $output = Invoke-Child -Environment @{ VCDREST_TEST_FROM = "$source/Interop" } -Script @'
Add-Type -Path "$PSHOME/Microsoft.CodeAnalysis.CSharp.dll"
$parse = [Microsoft.CodeAnalysis.CSharp.CSharpParseOptions]::new([Microsoft.CodeAnalysis.CSharp.LanguageVersion]::CSharp5)
$trees = @(Get-ChildItem -Path "$env:VCDREST_TEST_FROM/*.cs" | ForEach-Object { [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText([System.IO.File]::ReadAllText($_.FullName), $parse, $_.FullName) })
$references = @(Get-ChildItem -Path "$env:VCDREST_REFERENCE_ASSEMBLIES/*.dll" | ForEach-Object { [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile($_.FullName) })
$options = [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new([Microsoft.CodeAnalysis.OutputKind]::DynamicallyLinkedLibrary).WithOptimizationLevel('Release').WithDeterministic($true).WithGeneralDiagnosticOption('Error')
$compilation = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create('VcdRest.Interop', [Microsoft.CodeAnalysis.SyntaxTree[]]$trees, [Microsoft.CodeAnalysis.MetadataReference[]]$references, $options)
$stream = [System.IO.MemoryStream]::new()
$result = $compilation.Emit($stream)
$result.Diagnostics | Where-Object { $_.Severity -ne 'Hidden' } | ForEach-Object { "$_" }
"trees: $($trees.Count -gt 10), references: $($references.Count), success: $($result.Success)"
$assembly = [System.Reflection.Assembly]::Load($stream.ToArray())
"$($assembly.GetReferencedAssemblies() | Sort-Object -Property Name)"
'@
            $output[0] | Should -BeExactly 'trees: True, references: 2, success: True'
            $output[1] | Should -Match '^netstandard, Version=2\.0\.0\.0.* System\.Management\.Automation, Version=3\.0\.0\.0[^,]*(, [^ ]+)*$'
        }
    }

    Context 'The cache' -Tag Unix {
        It 'is filled by the first process and used by the second' {
            $cache = New-Cache
            $first = Invoke-First $cache
            "$first" | Should -Match 'verbose: The interop is compiled'
            $file = @(Get-ChildItem -Path "$cache/vcdrest" -Recurse -Force)
            $file.Count | Should -Be 1
            $first[-1] | Should -BeExactly "loaded: $($file[0].FullName)"
            $written = $file[0].LastWriteTimeUtc
            $second = @(Invoke-First $cache)
            $second | Should -BeExactly "loaded: $($file[0].FullName)"
            (Get-Item -Path $file[0].FullName).LastWriteTimeUtc | Should -Be $written
        }

        It 'is this user''s alone' {
            $cache = New-Cache
            $null = Invoke-First $cache
            [System.IO.File]::GetUnixFileMode("$cache/vcdrest") | Should -Be ([System.IO.UnixFileMode]'UserRead, UserWrite, UserExecute')
            [System.IO.File]::GetUnixFileMode((Get-ChildItem -Path "$cache/vcdrest/*.dll").FullName) | Should -Be ([System.IO.UnixFileMode]'UserRead, UserWrite')
        }

        It 'is not used when others can write to the <what>' -ForEach @(@{ what = 'folder' }, @{ what = 'file' }) {
            $cache = Copy-Cache
            $file = (Get-ChildItem -Path "$cache/vcdrest/*.dll").FullName
            $open = if ($what -eq 'folder') { "$cache/vcdrest" } else { $file }
            & chmod g+w $open
            $LASTEXITCODE | Should -Be 0
            $output = @(Invoke-First $cache)
            $output[0] | Should -Match 'verbose: .*compiled in memory.*can be written by others'
            $output[-1] | Should -BeExactly 'loaded: '
        }

        It 'is not used when it is somebody else''s' -Tag Root {
            $cache = Copy-Cache
            & chown -R nobody "$cache/vcdrest"
            $output = @(Invoke-First $cache)
            $output[0] | Should -Match 'verbose: .*compiled in memory.*another user'
            $output[-1] | Should -BeExactly 'loaded: '
        }

        It 'is not used when it leads elsewhere by a link' {
            $cache = Copy-Cache
            $file = (Get-ChildItem -Path "$cache/vcdrest/*.dll").FullName
            Move-Item -Path $file -Destination "$cache/elsewhere.dll"
            $null = New-Item -Path $file -ItemType SymbolicLink -Value "$cache/elsewhere.dll"
            @(Invoke-First $cache)[-1] | Should -BeExactly 'loaded: '
        }

        It 'is done without when it cannot be made' {
            $blocked = Join-Path -Path (New-Cache) -ChildPath 'file'
            Set-Content -Path $blocked -Value 'not a folder'
            # PowerShell itself needs the folder when it starts.
            $output = @(Invoke-First -Cache (New-Cache) -Before "`$env:XDG_CACHE_HOME = '$blocked'")
            $output[0] | Should -Match 'verbose: .*compiled in memory'
            $output[-1] | Should -BeExactly 'loaded: '
        }

        It 'is done without in an account that has no home' {
            $output = Invoke-Child -Environment @{ XDG_CACHE_HOME = ''; HOME = ''; VCDREST_TEST_FROM = $plain } -Script @'
Import-Module -Name $env:VCDREST_TEST_FROM
Get-VcdSession -Verbose 4>&1 | ForEach-Object { "$_" }
"types: $(& (Get-Module VcdRest) { $null -ne $script:Commands })"
'@
            $output[0] | Should -Match 'no folder .* compiled in memory'
            $output[-1] | Should -BeExactly 'types: True'
        }

        It 'is made again when it is <what>' -ForEach @(@{ what = 'empty'; text = '' }, @{ what = 'damaged'; text = 'not an assembly' }) {
            $cache = Copy-Cache
            $file = (Get-ChildItem -Path "$cache/vcdrest/*.dll").FullName
            [System.IO.File]::WriteAllText($file, $text)
            $output = @(Invoke-First $cache)
            $output[0] | Should -Match 'verbose: .*damaged'
            $output[-1] | Should -BeExactly "loaded: $file"
            @(Invoke-First $cache) | Should -BeExactly "loaded: $file"
            @(Get-ChildItem -Path "$cache/vcdrest" -Force).Count | Should -Be 1
        }

        It 'survives several first processes at once' {
            $cache = New-Cache
            $file = Join-Path -Path $TestDrive -ChildPath 'race.ps1'
            Set-Content -Path $file -Value 'Import-Module -Name $env:VCDREST_TEST_PLAIN; Get-VcdSession; "type: $((& (Get-Module VcdRest) { $script:Commands }).Assembly.Location)"'
            $before = $env:XDG_CACHE_HOME
            $env:XDG_CACHE_HOME = $cache
            $env:VCDREST_TEST_PLAIN = $plain
            try {
                $jobs = 1..3 | ForEach-Object {
                    $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo -ArgumentList $powershell, "-NoProfile -NonInteractive -File `"$file`""
                    $start.RedirectStandardOutput = $true
                    $start.UseShellExecute = $false
                    [System.Diagnostics.Process]::Start($start)
                }
                $outputs = @($jobs | ForEach-Object { $_.StandardOutput.ReadToEnd().Trim(); $_.WaitForExit() })
            } finally {
                $env:XDG_CACHE_HOME = $before
            }
            $kept = @(Get-ChildItem -Path "$cache/vcdrest" -Force)
            $kept.Count | Should -Be 1
            $outputs | Should -Be (@("type: $($kept[0].FullName)") * 3)
        }

        It 'has a file of its own for another source' {
            $cache = New-Cache
            $copy = Copy-Module $source
            $null = Invoke-First $cache $copy
            @(Get-ChildItem -Path "$cache/vcdrest/*.dll").Count | Should -Be 1
            Add-Content -Path "$copy/Interop/Query.cs" -Value '// changed'
            $null = Invoke-First $cache $copy
            @(Get-ChildItem -Path "$cache/vcdrest/*.dll").Count | Should -Be 2
        }
    }

    Context 'The cache on Windows' -Tag Windows {
        BeforeAll {
            # The user's own folder cannot be put elsewhere by a variable.
            $env:VCDREST_TEST_CACHE = Join-Path -Path (New-Cache) -ChildPath VcdRest
            $elsewhere = '& (Get-Module VcdRest) { function script:Get-VcdCachePath { $env:VCDREST_TEST_CACHE } }'
        }

        AfterAll {
            Remove-Item -Path Env:VCDREST_TEST_CACHE
        }

        It 'is in the user''s own folder' {
            $output = Invoke-Child 'Import-Module -Name $env:VCDREST_TEST_MODULE; & (Get-Module VcdRest) { Get-VcdCachePath }'
            $output | Should -BeExactly ([System.IO.Path]::Combine([System.Environment]::GetFolderPath('LocalApplicationData'), 'VcdRest'))
        }

        It 'is filled by the first process and used by the second' {
            $first = @(Invoke-First -Before $elsewhere)
            "$first" | Should -Match 'verbose: The interop is compiled'
            $file = @(Get-ChildItem -Path $env:VCDREST_TEST_CACHE -Recurse)
            $file.Count | Should -Be 1
            $first[-1] | Should -BeExactly "loaded: $($file[0].FullName)"
            @(Invoke-First -Before $elsewhere) | Should -BeExactly "loaded: $($file[0].FullName)"
        }

        It 'is not used when others can write to the <what>' -ForEach @(@{ what = 'folder' }, @{ what = 'file' }) {
            $path = if ($what -eq 'folder') { $env:VCDREST_TEST_CACHE } else { (Get-ChildItem -Path $env:VCDREST_TEST_CACHE)[0].FullName }
            $everybody = New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList 'S-1-1-0'
            $list = Get-Acl -LiteralPath $path
            $rule = New-Object -TypeName System.Security.AccessControl.FileSystemAccessRule -ArgumentList $everybody, 'Modify', 'Allow'
            $list.AddAccessRule($rule)
            Set-Acl -LiteralPath $path -AclObject $list
            try {
                $output = @(Invoke-First -Before $elsewhere)
                $output[0] | Should -Match 'verbose: .*compiled in memory.*can be written by S-1-1-0'
                $output[-1] | Should -BeExactly 'loaded: '
            } finally {
                $null = $list.RemoveAccessRule($rule)
                Set-Acl -LiteralPath $path -AclObject $list
            }
        }

        It 'is done without in an account that has no folder' {
            $output = @(Invoke-First -Before '& (Get-Module VcdRest) { function script:Get-VcdCachePath { } }')
            $output[0] | Should -Match 'no folder .* compiled in memory'
            $output[-1] | Should -BeExactly 'loaded: '
        }
    }

    Context 'A packaged assembly' {
        It 'is preferred to the source' {
            $cache = New-Cache
            $copy = Copy-Module
            $output = Invoke-Child -Environment @{ VCDREST_TEST_FROM = "$copy/Interop" } -Script @'
$source = (Get-ChildItem -Path "$env:VCDREST_TEST_FROM/*.cs" | ForEach-Object { [System.IO.File]::ReadAllText($_.FullName) }) -join "`n"
Add-Type -TypeDefinition $source -OutputAssembly "$env:VCDREST_TEST_FROM/VcdRest.Interop.dll"
'@
            $output | Should -BeNullOrEmpty
            Invoke-First $cache $copy | Should -BeExactly "loaded: $([System.IO.Path]::Combine($copy, 'Interop', 'VcdRest.Interop.dll'))"
            Test-Path -Path "$cache/vcdrest" | Should -BeFalse
        }

        It 'that is damaged is passed over' {
            $copy = Copy-Module
            Set-Content -Path "$copy/Interop/VcdRest.Interop.dll" -Value 'not an assembly'
            $output = @(Invoke-First (New-Cache) $copy)
            $output[0] | Should -Match 'verbose: .*VcdRest\.Interop\.dll cannot be loaded'
            $output[-1] | Should -Match '^loaded: .*VcdRest\.Interop\.[0-9a-f]{64}\.\w+\.[\w.+-]+\.dll$|^loaded: $'
        }

        It 'that is damaged is named where there is no compiler either' {
            $copy = Copy-Module
            Set-Content -Path "$copy/Interop/VcdRest.Interop.dll" -Value 'not an assembly'
            $output = @(Invoke-First -Cache (New-Cache) -From $copy -Before $noCompiler)[-1]
            $output | Should -Match '^error: VcdInteropFailed,Get-VcdSession NotInstalled .*VcdRest\.Interop\.dll cannot be loaded: .*blocked by policy'
        }

        It 'that Windows has blocked is passed over, and the way out is named' -Tag Windows {
            $copy = Copy-Module
            Set-Content -Path "$copy/Interop/VcdRest.Interop.dll" -Value 'not an assembly'
            Set-Mark "$copy/Interop/VcdRest.Interop.dll"
            $output = @(Invoke-First (New-Cache) $copy)
            "$output" | Should -Match "WARNING: .*VcdRest\.Interop\.dll cannot be loaded: .*Get-ChildItem -LiteralPath '$([regex]::Escape($copy))' -Recurse \| Unblock-File"
            $output[-1] | Should -Match '^loaded: '
            $output = @(Invoke-First -Cache (New-Cache) -From $copy -Before $noCompiler)[-1]
            $output | Should -Match '^error: VcdInteropFailed,Get-VcdSession NotInstalled .*Unblock-File'
        }

        It 'needs no compiler and no folder to keep anything in' -Skip:(-not $env:VCDREST_REFERENCE_ASSEMBLIES) {
            $cache = New-Cache
            $before = "$noCompiler; & (Get-Module VcdRest) { function script:Get-VcdCachePath { throw 'asked for the cache' } }"
            Invoke-First -Cache $cache -From $module -Before $before | Should -BeExactly "loaded: $([System.IO.Path]::Combine($module, 'Interop', 'VcdRest.Interop.dll'))"
            Test-Path -Path "$cache/vcdrest" | Should -BeFalse
        }

        It 'is used beside that of an earlier version in one process' -Tag PowerShell7 -Skip:(-not $env:VCDREST_REFERENCE_ASSEMBLIES) {
            $copy = Copy-Module
            $changed = "$copy/Interop/VcdRest.Interop.cs"
            Add-Content -Path $changed -Value 'namespace VcdRest.Abi1 { public class Later { } }'
            $digest = (Get-FileHash -Path $changed -Algorithm SHA256).Hash.ToLowerInvariant()
            [System.IO.File]::WriteAllText("$copy/VcdRest.psm1", ([System.IO.File]::ReadAllText("$copy/VcdRest.psm1") -replace "InteropDigest = '\w+'", "InteropDigest = '$digest'"))
            & "$source/../Build-Interop.ps1" -Source $changed -Digest $digest -Reference $env:VCDREST_REFERENCE_ASSEMBLIES -OutputAssembly "$copy/Interop/VcdRest.Interop.dll"
            $output = Invoke-Child -Environment @{ VCDREST_TEST_FROM = $copy } -Script @'
$VerbosePreference = 'SilentlyContinue'
foreach ($from in $env:VCDREST_TEST_MODULE, $env:VCDREST_TEST_FROM) {
    Import-Module -Name $from -Force
    Get-VcdSession -Verbose 4>&1 | Where-Object { "$_" -notlike '*native library*' } | ForEach-Object { "verbose: $_" }
    $commands = & (Get-Module -Name VcdRest | Where-Object { $_.ModuleBase -eq (Get-Item -Path $from).FullName }) { $script:Commands }
    "$($null -ne $commands.Assembly.GetType('VcdRest.Abi1.Later')) $($commands.Assembly.Location)"
}
'@
            $output | Should -BeExactly "False $([System.IO.Path]::Combine($module, 'Interop', 'VcdRest.Interop.dll'))", "True $([System.IO.Path]::Combine($copy, 'Interop', 'VcdRest.Interop.dll'))"
        }
    }

    Context 'The native library' {
        It 'that is missing is named, with the system it is for' {
            $copy = Copy-Module
            Remove-Item -Path "$copy/native" -Recurse
            $output = @(Invoke-First (Copy-Cache) $copy)[-1]
            $output | Should -Match '^error: VcdNativeLoadFailed,Get-VcdSession NotInstalled '
            $output | Should -Match ([regex]::Escape([System.IO.Path]::Combine($copy, 'native')))
            $output | Should -Match '\b(linux|win|osx)-(x64|arm64|x86)\b'
        }

        It 'that is no library is reported' {
            $copy = Copy-Module
            $file = Get-Library $copy
            Set-Content -Path $file -Value 'not a library'
            $output = @(Invoke-First (Copy-Cache) $copy)[-1]
            $output | Should -Match '^error: VcdNativeLoadFailed,Get-VcdSession NotInstalled '
            $output | Should -Match ([regex]::Escape($file))
        }

        It 'that Windows has blocked is reported with the way out' -Tag Windows {
            $copy = Copy-Module
            $file = Get-Library $copy
            Set-Content -Path $file -Value 'not a library'
            Set-Mark $file
            $output = @(Invoke-First (Copy-Cache) $copy)[-1]
            $output | Should -Match "^error: VcdNativeLoadFailed,Get-VcdSession NotInstalled .*Get-ChildItem -LiteralPath '$([regex]::Escape($copy))' -Recurse \| Unblock-File"
            # What was advised helps. (Wine lists the mark as a file, which goes meanwhile.)
            Unblock-File -LiteralPath $file
            @(Invoke-First (Copy-Cache) $copy)[-1] | Should -Not -Match 'Unblock-File'
        }

        It 'that a 32-bit PowerShell does not find comes with the word for it' {
            $null = Get-VcdSession
            $library = (& (Get-Module -Name VcdRest) { $script:Commands }).Assembly.GetType('VcdRest.Abi1.Library')
            $method = $library.GetMethod('NotLoaded', [System.Reflection.BindingFlags]'NonPublic, Static')
            $path = [System.IO.Path]::Combine($module, 'native', 'win-x86', 'vcdrest.dll')
            $text = $method.Invoke($null, @($path, [System.DllNotFoundException]::new(), $true))
            $text | Should -Match 'needs one for win-x86.*This is a 32-bit PowerShell.*System32\\WindowsPowerShell.*Sysnative'
            $method.Invoke($null, @($path, [System.DllNotFoundException]::new(), $false)) | Should -Not -Match '32-bit'
        }

        It 'of another ABI that is loaded already is passed over in PowerShell 7, and named in Windows PowerShell' -Tag Windows -Skip:(-not $env:VCDREST_TEST_OTHER_ABI) {
            $other = Join-Path -Path (New-Cache) -ChildPath vcdrest.dll
            Copy-Item -Path $env:VCDREST_TEST_OTHER_ABI -Destination $other
            $output = Invoke-Child -Environment @{ VCDREST_TEST_OTHER_ABI = $other } -Script @'
Add-Type -Namespace Test -Name Loader -MemberDefinition '[DllImport("kernel32", CharSet = CharSet.Unicode)] public static extern IntPtr LoadLibraryW(string path);'
"before: $([Test.Loader]::LoadLibraryW($env:VCDREST_TEST_OTHER_ABI) -ne 0)"
Import-Module -Name $env:VCDREST_TEST_MODULE
try { Get-VcdSession; 'works' } catch { "error: $($_.FullyQualifiedErrorId) $($_.Exception.Message)" }
# The way that Windows PowerShell takes.
$library = (& (Get-Module -Name VcdRest) { $script:Commands }).Assembly.GetType('VcdRest.Abi1.Library')
$bind = $library.GetMethod('BindByName', [System.Reflection.BindingFlags]'NonPublic, Static')
$bind = [System.Delegate]::CreateDelegate([System.Action[string]], $bind)
try { $bind.Invoke($library::Path); 'bound' } catch { "by name: $($_.Exception.GetBaseException().Message)" }
'@
            $output[0] | Should -BeExactly 'before: True'
            $output[1] | Should -BeExactly 'works'
            $output[2] | Should -Match "^by name: another vcdrest\.dll is loaded in this process already, from $([regex]::Escape($other)); start a new PowerShell"
        }

        It 'of another ABI is refused, and both numbers are named' -Skip:(-not $env:VCDREST_TEST_OTHER_ABI) {
            $copy = Copy-Module
            $file = Get-Library $copy
            Copy-Item -Path $env:VCDREST_TEST_OTHER_ABI -Destination $file -Force
            $output = @(Invoke-First (Copy-Cache) $copy)[-1]
            $output | Should -Match '^error: VcdNativeAbiMismatch,Get-VcdSession NotInstalled .*\bABI 7\b.*\bABI 1\b'
        }

        It 'of another kind is refused' -Tag Unix {
            $copy = Copy-Module
            $file = Get-Library $copy
            $other = [System.Diagnostics.Process]::GetCurrentProcess().Modules | ForEach-Object { $_.FileName } | Where-Object { $_ -match 'System\.Native' } | Select-Object -First 1
            $other | Should -Not -BeNullOrEmpty
            Copy-Item -Path $other -Destination $file -Force
            @(Invoke-First (Copy-Cache) $copy)[-1] | Should -Match '^error: VcdNativeAbiMismatch,Get-VcdSession NotInstalled .*not vcdrest'
        }
    }

    Context 'A host that does not allow it' {
        It 'in Constrained Language Mode is told so' {
            $output = Invoke-Child -AllowFailure -Script @'
$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
try { Import-Module -Name $env:VCDREST_TEST_MODULE -ErrorAction Stop; Get-VcdSession; 'went on' } catch { $_.FullyQualifiedErrorId; $_.Exception.Message }
'@
            "$output" | Should -Match 'VcdConstrainedLanguage'
            "$output" | Should -Match 'Constrained Language Mode'
        }

        It 'and blocks the compiler is told so' {
            $output = @(Invoke-First -Cache (New-Cache) -Before $noCompiler)[-1]
            $output | Should -Match '^error: VcdInteropFailed,Get-VcdSession NotInstalled .*blocked by policy'
        }
    }
}
