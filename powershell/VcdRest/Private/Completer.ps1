# Argument completion. Nothing here asks the network, and nothing fails: without an answer there is no completion.

$completeServer = {
    param ($commandName, $parameterName, $wordToComplete)
    $null = $commandName, $parameterName
    $known = @(if ($script:SessionType) { foreach ($session in $script:SessionType::All) { ([uri]$session.Server).Authority } }) + @($env:VCD_URL)
    $typed = $wordToComplete.Trim([char[]]@(34, 39))
    $known | Where-Object -FilterScript { $_ -and $_ -like "$typed*" } | Sort-Object -Unique
}
$completeOrg = {
    param ($commandName, $parameterName, $wordToComplete)
    $null = $commandName, $parameterName
    $known = @(if ($script:SessionType) { foreach ($session in $script:SessionType::All) { $session.Org } }) + @($env:VCD_ORG, $env:VCD_SYS_ORG, 'System')
    $typed = $wordToComplete.Trim([char[]]@(34, 39))
    $known | Where-Object -FilterScript { $_ -and $_ -like "$typed*" } | Sort-Object -Unique
}
$completeMethod = {
    param ($commandName, $parameterName, $wordToComplete)
    $null = $commandName, $parameterName
    'Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options' | Where-Object -FilterScript { $_ -like "$wordToComplete*" }
}
$completeVersion = {
    param ($commandName, $parameterName, $wordToComplete)
    $null = $commandName, $parameterName
    '36.1', '36.2', '36.3', '37.0', '37.1', '37.2', '37.3', '38.0', '38.1', '39.0', '39.1', '40.0' |
        Where-Object -FilterScript { $_ -like "$wordToComplete*" }
}

Register-ArgumentCompleter -CommandName Connect-Vcd, Get-VcdSession -ParameterName Server -ScriptBlock $completeServer
Register-ArgumentCompleter -CommandName Connect-Vcd -ParameterName Org -ScriptBlock $completeOrg
Register-ArgumentCompleter -CommandName Disconnect-Vcd, Get-VcdAccessToken, Get-VcdOrg, Invoke-VcdRestMethod, Test-VcdSession -ParameterName Session -ScriptBlock $completeServer
Register-ArgumentCompleter -CommandName Invoke-VcdRestMethod -ParameterName Method -ScriptBlock $completeMethod
Register-ArgumentCompleter -CommandName Connect-Vcd, Invoke-VcdRestMethod -ParameterName ApiVersion -ScriptBlock $completeVersion

# The roles that were seen, beside those that every server has.
$script:SeenRole = @{}
$completeRole = {
    param ($commandName, $parameterName, $wordToComplete)
    $null = $commandName, $parameterName
    $known = @('Catalog Author', 'Console Access Only', 'Organization Administrator', 'System Administrator', 'vApp Author', 'vApp User') + @($script:SeenRole.Keys)
    $typed = $wordToComplete.Trim([char[]]@(34, 39))
    $known | Where-Object -FilterScript { $_ -like "$typed*" } | Sort-Object -Unique | ForEach-Object -Process {
        # A quoted text where it has spaces in it.
        $text = if ($_ -match "[\s']") { "'$($_.Replace("'", "''"))'" } else { $_ }
        New-Object -TypeName System.Management.Automation.CompletionResult -ArgumentList $text, $_, 'ParameterValue', $_
    }
}
$completeQueryType = {
    param ($commandName, $parameterName, $wordToComplete)
    $null = $commandName, $parameterName
    $kinds = 'adminCatalog', 'adminCatalogItem', 'adminGroup', 'adminMedia', 'adminOrgVdc', 'adminRole', 'adminTask', 'adminUser', 'adminVApp', 'adminVAppTemplate',
    'adminVM', 'catalog', 'catalogItem', 'datastore', 'disk', 'edgeGateway', 'event', 'externalNetwork', 'group', 'host', 'media', 'networkPool', 'orgVdc',
    'orgVdcNetwork', 'orgVdcStorageProfile', 'organization', 'providerVdc', 'resourcePool', 'right', 'role', 'strandedUser', 'task', 'user', 'vApp', 'vAppTemplate',
    'vm', 'vmDiskRelation', 'virtualCenter'
    $kinds | Where-Object -FilterScript { $_ -like "$wordToComplete*" }
}

Register-ArgumentCompleter -CommandName Get-VcdApiVersion -ParameterName Server -ScriptBlock $completeServer
Register-ArgumentCompleter -CommandName New-VcdServiceAccount -ParameterName Role -ScriptBlock $completeRole
Register-ArgumentCompleter -CommandName Search-Vcd -ParameterName Type -ScriptBlock $completeQueryType
$ofSession = 'Approve-VcdServiceAccount', 'Get-VcdApiToken', 'Get-VcdApiVersion', 'Get-VcdServiceAccount', 'New-VcdApiToken', 'New-VcdServiceAccount', 'Remove-VcdApiToken',
'Remove-VcdServiceAccount', 'Search-Vcd', 'Wait-VcdTask'
Register-ArgumentCompleter -CommandName $ofSession -ParameterName Session -ScriptBlock $completeServer
