# Compiles the interop as a release package ships it: one assembly for Windows PowerShell 5.1 and every PowerShell 7.
# Needs PowerShell 7, whose own C# compiler does it (Add-Type would refer to what runs now and load nowhere else), and a
# folder with the reference assemblies of netstandard 2.0 and PowerShell Standard 5.1.

[CmdletBinding()]
param (
    # The source, one file.
    [Parameter(Mandatory = $true)]
    [string] $Source,

    # The folder of reference assemblies.
    [Parameter(Mandatory = $true)]
    [string] $Reference,

    # What tells this source from another. It is in the assembly's name: .NET loads no two of one name into a process,
    # and an update of the module is imported into processes that have used the old one.
    [Parameter(Mandatory = $true)]
    [string] $Digest,

    # The file to write.
    [Parameter(Mandatory = $true)]
    [string] $OutputAssembly
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Add-Type -Path "$PSHOME/Microsoft.CodeAnalysis.CSharp.dll"
$compiler = 'Microsoft.CodeAnalysis'
$parse = New-Object -TypeName "$compiler.CSharp.CSharpParseOptions" -ArgumentList ([Microsoft.CodeAnalysis.CSharp.LanguageVersion]::CSharp5)
$tree = [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText([System.IO.File]::ReadAllText($Source), $parse, [System.IO.Path]::GetFileName($Source))
$references = @(Get-ChildItem -Path "$Reference/*.dll" | ForEach-Object { [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile($_.FullName) })
if ($references.Count -eq 0) {
    throw "There are no reference assemblies in $Reference."
}
# Deterministic: the same source gives the same bytes.
$options = (New-Object -TypeName "$compiler.CSharp.CSharpCompilationOptions" -ArgumentList ([Microsoft.CodeAnalysis.OutputKind]::DynamicallyLinkedLibrary))
$options = $options.WithOptimizationLevel('Release').WithDeterministic($true).WithGeneralDiagnosticOption('Error')
$compilation = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create("VcdRest.Interop.$Digest", [Microsoft.CodeAnalysis.SyntaxTree[]]@($tree), [Microsoft.CodeAnalysis.MetadataReference[]]$references, $options)
$stream = New-Object -TypeName System.IO.MemoryStream
$result = $compilation.Emit($stream)
if (-not $result.Success) {
    throw "The interop does not compile: $(@($result.Diagnostics | Where-Object { "$($_.Severity)" -ne 'Hidden' }) -join "`n")"
}
[System.IO.File]::WriteAllBytes($OutputAssembly, $stream.ToArray())
