# An organization as the library takes it: its id or its name, from either, or from an object that has them. Empty for
# none, and for the session's own organization, in which it acts anyway.
function ConvertTo-VcdTenant {
    [CmdletBinding()]
    [OutputType([string])]
    param (
        [AllowNull()]
        [object] $Org,

        [object] $Session
    )

    if ($null -eq $Org) {
        return ''
    }
    $name = if ($Org -is [string]) { $Org } elseif ($Org.PSObject.Properties['name']) { [string]$Org.name } else { '' }
    if ($Session -and $name -and $name -eq $Session.Org) {
        return ''
    }
    if ($Org -isnot [string] -and $Org.PSObject.Properties['id'] -and $Org.id) {
        return [string]$Org.id
    }
    if ($name) {
        return $name
    }
    [string]$Org
}
