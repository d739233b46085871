# An id as /cloudapi has it, from that or from the bare UUID. Nothing where it is neither.
function ConvertTo-VcdUrn {
    [CmdletBinding()]
    [OutputType([string])]
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyString()]
        [string] $Id,

        # What the URN is of, such as token.
        [Parameter(Mandatory = $true)]
        [string] $Kind
    )

    $prefix = "urn:vcloud:${Kind}:"
    $bare = $Id.Trim()
    if ($bare.StartsWith($prefix, [System.StringComparison]::OrdinalIgnoreCase)) {
        $bare = $bare.Substring($prefix.Length)
    }
    $guid = [guid]::Empty
    if ([guid]::TryParse($bare, [ref]$guid)) {
        return "$prefix$guid"
    }
}
