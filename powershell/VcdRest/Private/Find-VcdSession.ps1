# The sessions of this runspace with a server, which is given as a URL, as a name with or without its port, or with
# wildcards.
function Find-VcdSession {
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Server
    )

    foreach ($session in $script:SessionType::All) {
        $address = [uri]$session.Server
        $names = $session.Server, $address.Authority, $address.Host, ($address.Authority + $address.AbsolutePath.TrimEnd('/'))
        foreach ($name in $names) {
            if ($name -like $Server.TrimEnd('/')) {
                $session
                break
            }
        }
    }
}
