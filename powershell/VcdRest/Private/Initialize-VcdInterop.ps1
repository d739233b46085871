# Loads the compiled interop and the native library, and checks that they fit. Once per runspace; the work itself is
# done once per process.
function Initialize-VcdInterop {
    [CmdletBinding()]
    param (
        # The command on whose behalf this is done: errors are its errors.
        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

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
    $assembly = $null
    $problem = ''
    $packaged = "$script:ModuleRoot/Interop/VcdRest.Interop.dll"
    if ([System.IO.File]::Exists($packaged)) {
        try {
            $assembly = [System.Reflection.Assembly]::LoadFrom($packaged)
        } catch {
            $problem = "$packaged cannot be loaded: $($_.Exception.GetBaseException().Message)"
            $advice = Get-VcdBlockedAdvice -Path $packaged
            if ($advice) {
                $problem += " $advice"
                Write-Warning -Message "$problem Until then its source is compiled instead, which takes longer."
            } else {
                Write-Verbose "$problem Its source is compiled instead."
            }
        }
    }
    if ($null -eq $assembly) {
        $assembly = Import-VcdInteropAssembly -Cmdlet $Cmdlet -Problem $problem
    }
    $problem = $assembly.GetType('VcdRest.Abi1.Library', $true)::Load($Cmdlet, $script:ModuleRoot, $script:WhenIdle)
    if ($null -ne $problem) {
        $Cmdlet.ThrowTerminatingError($problem)
    }
    # Last, because it says that all is there.
    $script:Commands = $assembly.GetType('VcdRest.Abi1.Commands', $true)
}
