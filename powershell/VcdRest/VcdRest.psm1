# The module: what users call lies in Public, what that is made of in Private and, in C#, in Interop, which is compiled
# at the first command where the package does not have it compiled. A new cmdlet is a new file in Public, its work in an
# Interop/...Command.cs with a line in Commands.cs, and its name in the manifest. `cargo xtask stage` puts the files of Private and Public into this one: PowerShell then has one to read.
#
# An import is to cost next to nothing, and what costs in a cold PowerShell is not the length of the text: the first access
# to a member, and names of types that are not complete, for which every assembly is searched ([object] is one: it is
# [System.Object]).

Set-StrictMode -Version Latest

$script:ModuleRoot = $PSScriptRoot
# What tells one source of the interop from another. Staging writes it here; empty means that it has to be computed.
$script:InteropDigest = ''

# What the functions start. It is set by Initialize-VcdInterop, which they call while it is empty.
$script:Commands = $null

#region Files
foreach ($folder in 'Private', 'Public') {
    foreach ($file in [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($PSScriptRoot, $folder), '*.ps1')) {
        . $file
    }
}
#endregion

# The view of sessions, when somebody sits in front of PowerShell and it has nothing to do; and by Get-VcdSession. The
# interop sees to the first: a call of a method is what PowerShell takes longest for in an import.
$script:HasFormat = $false
$script:WhenIdle = { foreach ($module in (Get-Module -Name VcdRest)) { & $module { if (-not $script:HasFormat) { Import-VcdFormat } } } }
