# Deletes things of /cloudapi by their ids, and waits for the task where that takes one.
function Remove-VcdNamedItem {
    [CmdletBinding()]
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'It asks on behalf of the command.')]
    param (
        [Parameter(Mandatory = $true)]
        [object] $Session,

        [Parameter(Mandatory = $true)]
        [string] $Path,

        [Parameter(Mandatory = $true)]
        [string] $Kind,

        [Parameter(Mandatory = $true)]
        [string] $Noun,

        # What a person is asked to confirm.
        [Parameter(Mandatory = $true)]
        [string] $Action,

        [Parameter(Mandatory = $true)]
        [AllowEmptyString()]
        [string[]] $Id,

        # What came through the pipeline, for the name that it may have.
        [AllowNull()]
        [object] $Item,

        [AllowNull()]
        [object] $Tenant,

        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    foreach ($one in $Id) {
        $urn = ConvertTo-VcdUrn -Id $one -Kind $Kind
        if (-not $urn) {
            $text = "'$one' cannot be the id of $Noun, which is a UUID or urn:vcloud:${Kind}:UUID."
            Write-VcdError -Record ($script:FailureType::Record($script:FailureType::Argument($text), $one)) -Cmdlet $Cmdlet
            continue
        }
        $target = if ($null -ne $Item -and $Item -isnot [string] -and $Item.PSObject.Properties['name']) { "$($Item.name) ($urn)" } else { $urn }
        if (-not $Cmdlet.ShouldProcess($target, $Action)) {
            continue
        }
        $request = $script:RequestType::new('DELETE', "$Path/$urn")
        if ($Session.IsProvider) {
            $request.TenantContext = ConvertTo-VcdTenant -Org $Tenant -Session $Session
        }
        $task = $null
        $call = $Session.Begin($request)
        try {
            Complete-VcdCall -Call $call
            if ($call.Failure) {
                Write-VcdError -Record $call.ErrorRecord -Cmdlet $Cmdlet
            } elseif ($call.StatusCode -eq 202) {
                $task = ConvertTo-VcdTaskId -Task $call.Headers
            }
        } finally {
            $call.Dispose()
        }
        if ($task) {
            $null = Complete-VcdTask -Session $Session -Task $task -Cmdlet $Cmdlet
        }
    }
}
