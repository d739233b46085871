# The same with the module.

param ([string] $vcd, [string] $org, [string] $token, [string] $Module, [string] $Peak)

Import-Module -Name $Module
$session = Connect-Vcd -Server $vcd -Org $org -ApiToken $token
$responseorgs = Invoke-VcdRestMethod -Method Get -Uri "/cloudapi/1.0.0/orgs"
$responseorgs.values

if ($Peak) { [System.IO.File]::Copy('/proc/self/status', $Peak, $true) }
