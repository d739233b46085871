# Loads the table view of sessions. The manifest does not, because it takes PowerShell longer than the rest of the
# import, and most scripts never show a session.
function Import-VcdFormat {
    [CmdletBinding()]
    param ()

    $script:HasFormat = $true
    Update-FormatData -AppendPath "$script:ModuleRoot/VcdRest.Format.ps1xml"
}
