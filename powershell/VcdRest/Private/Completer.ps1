# Argument completion. Nothing here asks the network, and nothing fails: without an answer there is no completion.

$completeServer = {
    param ($commandName, $parameterName, $wordToComplete)
    $null = $commandName, $parameterName
    $known = @(if ($script:Commands) { foreach ($session in $script:Commands::Sessions()) { ([uri]$session.Server).Authority } }) + @($env:VCD_URL)
    $typed = $wordToComplete.Trim([char[]]@(34, 39))
    $known | Where-Object -FilterScript { $_ -and $_ -like "$typed*" } | Sort-Object -Unique
}
$completeOrg = {
    param ($commandName, $parameterName, $wordToComplete)
    $null = $commandName, $parameterName
    $known = @(if ($script:Commands) { foreach ($session in $script:Commands::Sessions()) { $session.Org } }) + @($env:VCD_ORG, $env:VCD_SYS_ORG, 'System')
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
