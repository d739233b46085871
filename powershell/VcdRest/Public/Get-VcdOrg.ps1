function Get-VcdOrg {
    <#
    .SYNOPSIS
    Gets organizations.

    .DESCRIPTION
    Returns every organization that the session may see, ordered by name, as the server describes them. All pages are
    fetched, up to four at a time, and given out in order as they arrive. Select-Object -First ends the fetching.

    A tenant sees its own organization, the provider sees all.

    .PARAMETER Name
    Names of organizations. Wildcards are allowed. A name without wildcards that is not found is an error.

    .PARAMETER Id
    Ids of organizations, as UUID or as urn:vcloud:org:UUID. Where an object from the pipeline has an id and a name, the
    id decides.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .INPUTS
    System.String
    Names of organizations.

    .INPUTS
    System.Object
    Objects with a property id or name.

    .OUTPUTS
    System.Object
    Organizations: id, name, displayName, description, isEnabled, counts and so on.

    .EXAMPLE
    Get-VcdOrg | Format-Table name, displayName, userCount, runningVMCount

    Lists all organizations.

    .EXAMPLE
    Get-VcdOrg -Name T*, Wallace

    Gets the organizations whose names begin with T, and Wallace.

    .EXAMPLE
    Get-VcdOrg -Name Tyrell | ForEach-Object { Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/users -TenantContext $_ }

    Asks for something in the context of an organization, as an administrator of the provider.

    .LINK
    Connect-Vcd

    .LINK
    Invoke-VcdRestMethod
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param (
        [Parameter(Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]] $Name,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string[]] $Id,

        [object] $Session
    )

    begin {
        . $script:UseCallerPreference
        $current = Resolve-VcdSession -Session $Session -Cmdlet $PSCmdlet
        # What is asked of the server at once, and the largest page that it gives.
        $inFlight = 4
        $pageSize = 128
    }

    process {
        $wanted = if ($Id) { @($Id) } elseif ($Name) { @($Name) } else { @('*') }
        foreach ($one in $wanted) {
            $pattern = $null
            if ($Id) {
                $bare = ConvertTo-VcdTenantId -Org $one
                if (-not $bare) {
                    $text = "'$one' cannot be the id of an organization, which is a UUID or urn:vcloud:org:UUID."
                    $PSCmdlet.WriteError($script:FailureType::Record($script:FailureType::Argument($text), $one))
                    continue
                }
                $uri = "/cloudapi/1.0.0/orgs/urn:vcloud:org:$bare"
            } else {
                $pattern = New-Object -TypeName System.Management.Automation.WildcardPattern -ArgumentList $one, 'IgnoreCase'
                $query = [ordered]@{ sortAsc = 'name'; pageSize = $pageSize }
                # The server finds at least what the pattern matches; the pattern decides.
                $filter = $script:FilterType::Value($one)
                if ($filter) {
                    $query['filter'] = "name==$filter"
                }
                $uri = $script:QueryType::Append('/cloudapi/1.0.0/orgs', $query)
            }

            $calls = New-Object -TypeName System.Collections.Queue
            $found = $false
            $failed = $null
            $page = 1
            $pageCount = 1
            try {
                $firstUri = if ($Id) { $uri } else { "$uri&page=1" }
                $calls.Enqueue($current.Start($script:RequestType::new('GET', $firstUri)))
                while ($calls.Count -gt 0) {
                    # It stays in the queue, and so is disposed of, while Ctrl+C or Select-Object may end this.
                    $call = $calls.Peek()
                    $turns = 0
                    while (-not $call.Wait(100)) {
                        $turns++
                    }
                    Write-Verbose -Message $call.Summary
                    Write-VcdNotice -Notice $call.TakeNotices()
                    $content = if (-not $call.Failure) { $call.ReadContent() }
                    if ($call.Failure) {
                        $failed = $call.ErrorRecord
                        break
                    }
                    if ($Id) {
                        $content
                        break
                    }
                    $done = $page - $calls.Count + 1
                    $pageCount = $script:PagesType::PageCount($content)
                    while ($page -lt $pageCount -and $calls.Count -le $inFlight) {
                        $page++
                        $calls.Enqueue($current.Begin($script:RequestType::new('GET', "$uri&page=$page")))
                    }
                    if ($pageCount -gt 1) {
                        Write-Progress -Activity 'Get-VcdOrg' -Status "$done of $pageCount pages" -PercentComplete ([System.Math]::Min(100, 100 * $done / $pageCount))
                    }
                    foreach ($org in $script:PagesType::Items($content)) {
                        if ($pattern.IsMatch($org.name)) {
                            $found = $true
                            $org
                        }
                    }
                    $calls.Dequeue().Dispose()
                }
            } finally {
                foreach ($call in $calls) {
                    $call.Dispose()
                }
                if ($pageCount -gt 1) {
                    Write-Progress -Activity 'Get-VcdOrg' -Completed
                }
            }
            if ($failed) {
                $PSCmdlet.WriteError($failed)
            } elseif (-not $Id -and -not $found -and -not [System.Management.Automation.WildcardPattern]::ContainsWildcardCharacters($one)) {
                $text = "No organization named '$one' is visible to $current. Names are short names, as they stand in the address of the user interface."
                $problem = New-Object -TypeName System.Management.Automation.ItemNotFoundException -ArgumentList $text
                $record = New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $problem, 'VcdNotFound', 'ObjectNotFound', $one
                $PSCmdlet.WriteError($record)
            }
        }
    }
}
