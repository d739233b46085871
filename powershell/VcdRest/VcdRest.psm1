# The module: what users call lies in Public, what that is made of in Private and, in C#, in Interop, which is compiled
# at the first command where the package does not have it compiled. A new cmdlet is a new file in Public, its work in an
# Interop/...Command.cs with a line in Commands.cs, and its name in the manifest. `cargo xtask stage` puts the files of Private and Public into this one: PowerShell then has one to read.

Set-StrictMode -Version Latest

if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    $problem = @{
        Message           = 'VcdRest calls a native library, which Constrained Language Mode does not allow. Ask your administrator to trust the module (its files have to be signed or allowed by the application control policy), or run it where full language mode is allowed.'
        Category          = 'PermissionDenied'
        ErrorId           = 'VcdConstrainedLanguage'
        RecommendedAction = 'Have the module trusted by the application control policy.'
        ErrorAction       = 'Stop'
    }
    Write-Error @problem
}

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

# The view of sessions, when somebody sits in front of PowerShell and it has nothing to do; and by Get-VcdSession.
$script:HasFormat = $false
$whenIdle = { foreach ($module in (Get-Module -Name VcdRest)) { & $module { if (-not $script:HasFormat) { Import-VcdFormat } } } }
$null = $ExecutionContext.Events.SubscribeEvent($null, $null, 'PowerShell.OnIdle', $null, $whenIdle, $true, $false, 1)
