# The source of the interop, as one text.
function Get-VcdInteropSource {
    [CmdletBinding()]
    [OutputType([string])]
    param ()

    $files = [System.IO.Directory]::GetFiles([System.IO.Path]::Combine($script:ModuleRoot, 'Interop'), '*.cs')
    [System.Array]::Sort($files, [System.StringComparer]::Ordinal)
    return [string]::Join("`n", @(foreach ($file in $files) { [System.IO.File]::ReadAllText($file) }))
}
