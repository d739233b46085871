# The bare id of an organization, from the id, its URN, or an object that has it. Nothing where it is none.
function ConvertTo-VcdTenantId {
    [CmdletBinding()]
    [OutputType([string])]
    param (
        [Parameter(Mandatory = $true)]
        [object] $Org
    )

    $text = [string]$Org
    if ($Org -isnot [string] -and $Org.PSObject.Properties['id']) {
        $text = [string]$Org.id
    }
    $id = [guid]::Empty
    if ([guid]::TryParse(($text -replace '^urn:vcloud:org:', ''), [ref]$id)) {
        # Servers up to 10.2 answer 401 to the URN.
        return $id.ToString()
    }
}
