# Deletes a service account that was registered and came no further, and says so. This is done after an error and after
# Ctrl+C, and so has to end soon, and is not worth another error.
function Remove-VcdUnfinishedAccount {
    [CmdletBinding()]
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'It undoes what was confirmed.')]
    param (
        [Parameter(Mandatory = $true)]
        [object] $Session,

        [Parameter(Mandatory = $true)]
        [object] $Account,

        [AllowEmptyString()]
        [string] $Tenant
    )

    $request = $script:RequestType::new('DELETE', "/cloudapi/1.0.0/serviceAccounts/$($Account.id)")
    $request.TenantContext = $Tenant
    $request.TimeoutSec = 20
    $call = $Session.Begin($request)
    $deleted = $call.Wait(21000) -and -not $call.Failure
    $call.Dispose()
    if ($deleted) {
        Write-Warning -Message "The service account that was begun ($($Account.id)) was deleted again."
    } else {
        Write-Warning -Message "The service account that was begun ($($Account.id)) is still there and cannot be used. Remove-VcdServiceAccount deletes it."
    }
}
