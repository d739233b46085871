# The interop assembly from the user's cache; it is compiled into it first where it is not there, and again where it is
# damaged. Nothing is returned, and -Verbose says why, where there is no folder that only this user can write to.
function Import-VcdCachedAssembly {
    [CmdletBinding()]
    [OutputType([System.Reflection.Assembly])]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Name
    )

    $cache = Get-VcdCachePath
    if (-not $cache) {
        Write-Verbose 'This account has no folder to keep the compiled interop in: it is compiled in memory.'
        return
    }
    $file = [System.IO.Path]::Combine($cache, "$Name.dll")
    try {
        if (-not [System.IO.File]::Exists($file)) {
            $problem = Save-VcdCachedAssembly -Cache $cache -Name $Name
        } else {
            $problem = Get-VcdPathProblem -Path $cache
        }
        if (-not $problem) {
            $problem = Get-VcdPathProblem -Path $file
        }
        if (-not $problem) {
            try {
                return [System.Reflection.Assembly]::LoadFrom($file)
            } catch {
                Write-Verbose "$file is damaged and is made again: $($_.Exception.GetBaseException().Message)"
            }
            [System.IO.File]::Delete($file)
            $problem = Save-VcdCachedAssembly -Cache $cache -Name $Name
            if (-not $problem) {
                return [System.Reflection.Assembly]::LoadFrom($file)
            }
        }
    } catch {
        $problem = $_.Exception.GetBaseException().Message
    }
    Write-Verbose "The compiled interop in $cache is not used, it is compiled in memory: $problem"
}
