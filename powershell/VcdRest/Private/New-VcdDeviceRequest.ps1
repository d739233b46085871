# The request by which an administrator decides about a user code.
function New-VcdDeviceRequest {
    [CmdletBinding()]
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'It makes the request and does not send it.')]
    param (
        [Parameter(Mandatory = $true)]
        [ValidateSet('grant', 'deny')]
        [string] $Action,

        [Parameter(Mandatory = $true)]
        [string] $UserCode,

        [AllowEmptyString()]
        [string] $Tenant
    )

    $request = $script:RequestType::new('POST', "/cloudapi/1.0.0/deviceLookup/$Action")
    $request.Body = ConvertTo-Json -InputObject @{ userCode = $UserCode.Trim() } -Compress
    $request.TenantContext = $Tenant
    $request
}
