# What people do without the module: the script of the blog, as it stands there.

param ([string] $vcd, [string] $org, [string] $token, [string] $Peak)

$uri = "$($vcd)/oauth/tenant/$($org)/token?grant_type=refresh_token&refresh_token=$($token)"
$response = Invoke-RestMethod -Method Post -Uri $uri -Headers @{'Accept' = 'application/json'}
$headers = @{ "Accept" = "application/json;version=36.1"; "Authorization" = "Bearer " + $response.access_token }
$responseorgs = Invoke-RestMethod -Method Get -Uri "$($vcd)/cloudapi/1.0.0/orgs" -Headers $headers
$responseorgs.values

if ($Peak) { [System.IO.File]::Copy('/proc/self/status', $Peak, $true) }
