# What a list of /cloudapi has under ids, or under names with wildcards: what Get-VcdApiToken and Get-VcdServiceAccount
# have in common.
function Get-VcdNamedItem {
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object] $Session,

        # The path of the list.
        [Parameter(Mandatory = $true)]
        [string] $Path,

        # What a URN calls one of them, such as token.
        [Parameter(Mandatory = $true)]
        [string] $Kind,

        # What a person calls one of them.
        [Parameter(Mandatory = $true)]
        [string] $Noun,

        [AllowNull()]
        [AllowEmptyCollection()]
        [string[]] $Id,

        [AllowNull()]
        [AllowEmptyCollection()]
        [string[]] $Name,

        # What else the server is to filter by.
        [string[]] $Filter,

        # The largest page that the server gives.
        [int] $PageSize = 128,

        [AllowEmptyString()]
        [string] $Tenant,

        # The type name that each of them gets, for its view.
        [Parameter(Mandatory = $true)]
        [string] $TypeName,

        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    if ($Id) {
        foreach ($one in $Id) {
            $urn = ConvertTo-VcdUrn -Id $one -Kind $Kind
            if (-not $urn) {
                $text = "'$one' cannot be the id of $Noun, which is a UUID or urn:vcloud:${Kind}:UUID."
                Write-VcdError -Record ($script:FailureType::Record($script:FailureType::Argument($text), $one)) -Cmdlet $Cmdlet
                continue
            }
            $request = $script:RequestType::new('GET', "$Path/$urn")
            $request.TenantContext = $Tenant
            $call = $Session.Begin($request)
            try {
                Complete-VcdCall -Call $call
                $item = if (-not $call.Failure) { $call.ReadContent() }
                if ($call.Failure) {
                    Write-VcdError -Record $call.ErrorRecord -Cmdlet $Cmdlet
                } else {
                    $item.PSObject.TypeNames.Insert(0, $TypeName)
                    $item
                }
            } finally {
                $call.Dispose()
            }
        }
        return
    }

    foreach ($one in $(if ($Name) { $Name } else { '*' })) {
        # The server finds at least what the pattern matches; the pattern decides.
        $pattern = New-Object -TypeName System.Management.Automation.WildcardPattern -ArgumentList $one, 'IgnoreCase'
        $value = $script:FilterType::Value($one)
        $terms = @(if ($value) { "name==$value" }) + @($Filter | Where-Object -FilterScript { $_ })
        $query = [ordered]@{ sortAsc = 'name'; pageSize = $PageSize }
        if ($terms) {
            $query['filter'] = $terms -join ';'
        }
        $request = $script:RequestType::new('GET', $script:QueryType::Append($Path, $query))
        $request.TenantContext = $Tenant
        $outcome = @{ Failed = $false; Found = $false }
        Get-VcdListItem -Session $Session -Request $request -Outcome $outcome -Cmdlet $Cmdlet | ForEach-Object -Process {
            if ($pattern.IsMatch($_.name)) {
                $outcome['Found'] = $true
                $_.PSObject.TypeNames.Insert(0, $TypeName)
                $_
            }
        }
        if (-not $outcome['Found'] -and -not $outcome['Failed'] -and -not [System.Management.Automation.WildcardPattern]::ContainsWildcardCharacters($one)) {
            $problem = New-Object -TypeName System.Management.Automation.ItemNotFoundException -ArgumentList "There is no $($Noun -replace '^an? ') named '$one' that $Session may see."
            $record = New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $problem, 'VcdNotFound', 'ObjectNotFound', $one
            Write-VcdError -Record $record -Cmdlet $Cmdlet
        }
    }
}
