# The module: what users call lies in Public, what that is made of in Private, and what talks to the native library in
# Interop (C#, compiled at the first command that needs it). A new cmdlet is a new file in Public and its name in the
# manifest.

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
$script:ModuleVersion = '0.1.0'

# The types of the interop. They are set by Initialize-VcdInterop, which commands call while SessionType is empty.
$script:SessionType = $null
$script:RequestType = $null
$script:PagesType = $null
$script:FilterType = $null
$script:QueryType = $null
$script:FailureType = $null

# Dot-sourced by commands: a script's preferences are not seen from within a module, as they are by compiled cmdlets.
# What was given as a parameter (-Verbose, -WhatIf) stays.
$script:UseCallerPreference = {
    $callerVariable = $PSCmdlet.SessionState.PSVariable
    $callerBound = $PSCmdlet.MyInvocation.BoundParameters
    if (-not $callerBound.ContainsKey('Verbose')) {
        $VerbosePreference = $callerVariable.GetValue('VerbosePreference', $VerbosePreference)
    }
    if (-not $callerBound.ContainsKey('WarningAction')) {
        $WarningPreference = $callerVariable.GetValue('WarningPreference', $WarningPreference)
    }
    if (-not $callerBound.ContainsKey('WhatIf')) {
        $WhatIfPreference = $callerVariable.GetValue('WhatIfPreference', $WhatIfPreference)
    }
    if (-not $callerBound.ContainsKey('Confirm')) {
        $ConfirmPreference = $callerVariable.GetValue('ConfirmPreference', $ConfirmPreference)
    }
    $ProgressPreference = $callerVariable.GetValue('ProgressPreference', $ProgressPreference)
}

foreach ($folder in 'Private', 'Public') {
    foreach ($file in [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($PSScriptRoot, $folder), '*.ps1')) {
        . $file
    }
}
