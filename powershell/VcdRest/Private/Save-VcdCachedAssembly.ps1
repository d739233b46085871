# Compiles the interop into the user's cache. Returns why that is not to be done; nothing where it was.
function Save-VcdCachedAssembly {
    [CmdletBinding()]
    [OutputType([string])]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Cache,

        [Parameter(Mandatory = $true)]
        [string] $Name
    )

    if (-not [System.IO.Directory]::Exists($Cache)) {
        New-VcdPrivateFolder -Path $Cache
    }
    $problem = Get-VcdPathProblem -Path $Cache
    if ($problem) {
        return $problem
    }
    $file = [System.IO.Path]::Combine($Cache, "$Name.dll")
    Write-Verbose "The interop is compiled, once for this user and this PowerShell, to $file."
    # In a folder of its own and under its final name, which becomes the name of the assembly. Several processes may do
    # this at once; the first one to move its file wins.
    $work = [System.IO.Path]::Combine($Cache, [System.Guid]::NewGuid().ToString('N'))
    New-VcdPrivateFolder -Path $work
    try {
        $made = [System.IO.Path]::Combine($work, "$Name.dll")
        Add-VcdInteropType -Source (Get-VcdInteropSource) -OutputAssembly $made
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
