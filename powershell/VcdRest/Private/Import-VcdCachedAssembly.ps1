# The interop assembly from the user's cache; it is compiled into it first where it is not there. Nothing is returned,
# and -Verbose says why, where there is no folder that only this user can write to.
function Import-VcdCachedAssembly {
    [CmdletBinding()]
    [OutputType([System.Reflection.Assembly])]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Name,

        [Parameter(Mandatory = $true)]
        [string] $Source
    )

    $cache = Get-VcdCachePath
    if (-not $cache) {
        Write-Verbose 'This account has no folder to keep the compiled interop in: it is compiled in memory.'
        return
    }
    $file = [System.IO.Path]::Combine($cache, "$Name.dll")
    try {
        if (-not [System.IO.Directory]::Exists($cache)) {
            New-VcdPrivateFolder -Path $cache
        }
        $problem = Get-VcdPathProblem -Path $cache
        if (-not $problem -and -not [System.IO.File]::Exists($file)) {
            Write-Verbose "The interop is compiled, once for this user and this PowerShell, to $file."
            # In a folder of its own and under its final name, which becomes the name of the assembly. Several processes
            # may do this at once; the first one to move its file wins.
            $work = [System.IO.Path]::Combine($cache, [System.Guid]::NewGuid().ToString('N'))
            New-VcdPrivateFolder -Path $work
            try {
                $made = [System.IO.Path]::Combine($work, "$Name.dll")
                Add-VcdInteropType -Source $Source -OutputAssembly $made
                Set-VcdPrivateMode -Path $made
                try {
                    [System.IO.File]::Move($made, $file)
                } catch [System.IO.IOException] {
                    if (-not [System.IO.File]::Exists($file)) {
                        throw
                    }
                }
            } finally {
                [System.IO.Directory]::Delete($work, $true)
            }
        }
        if (-not $problem) {
            $problem = Get-VcdPathProblem -Path $file
        }
        if (-not $problem) {
            return [System.Reflection.Assembly]::LoadFrom($file)
        }
    } catch {
        $problem = $_.Exception.GetBaseException().Message
    }
    Write-Verbose "The compiled interop in $cache is not used, it is compiled in memory: $problem"
}
