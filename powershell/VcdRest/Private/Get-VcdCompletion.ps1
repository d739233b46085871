# Argument completion, for the ArgumentCompleter attributes of the commands. Nothing here asks the network, and nothing
# fails: without an answer there is no completion.
function Get-VcdCompletion {
    [CmdletBinding()]
    [OutputType([System.Management.Automation.CompletionResult])]
    param (
        [string] $CommandName,
        [string] $ParameterName,
        [string] $WordToComplete
    )

    $sessions = @(if ($script:Commands) { $script:Commands::Sessions() })
    $orgs = @(if ($script:Commands) { $script:Commands::SeenOrgs() })
    $typed = [System.Management.Automation.WildcardPattern]::Escape($WordToComplete.Trim([char[]]@(34, 39))) + '*'
    # Each with what it is completed to, where that is something else.
    $known = switch ($ParameterName) {
        'Uri' { [System.IO.File]::ReadAllLines("$script:ModuleRoot/Data/paths.txt") }
        'Method' { 'Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options' }
        { $_ -in 'ApiVersion', 'MinimumApiVersion' } { '36.1', '36.2', '36.3', '37.0', '37.1', '37.2', '37.3', '38.0', '38.1', '39.0', '39.1', '40.0' }
        { $_ -in 'Server', 'Session' } {
            foreach ($session in $sessions) {
                ([uri]$session.Server).Authority
            }
            if ($CommandName -eq 'Connect-Vcd' -and $env:VCD_URL) {
                $env:VCD_URL
            }
        }
        'Org' { @($orgs | ForEach-Object -Process { $_.Key }) + @($env:VCD_ORG, $env:VCD_SYS_ORG, 'System') }
        'Role' { if ($script:Commands) { $script:Commands::SeenRoles() } }
        'Type' { [System.IO.File]::ReadAllLines("$script:ModuleRoot/Data/query-types.txt") }
        'Name' { $orgs | ForEach-Object -Process { $_.Key } }
        'TenantContext' { $orgs | Where-Object -FilterScript { $_.Value } | ForEach-Object -Process { $_.Key } }
    }
    $ids = @{}
    foreach ($org in $orgs) {
        $ids[$org.Key] = $org.Value
    }
    $seen = @{}
    foreach ($one in $known) {
        if (-not $one -or $one -notlike $typed -or $seen.ContainsKey($one)) {
            continue
        }
        $seen[$one] = $true
        $text = if ($ParameterName -eq 'TenantContext') { $ids[$one] } else { $one }
        if ($text -match '[^\w./:*-]') {
            $text = "'$([System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text))'"
        }
        New-Object -TypeName System.Management.Automation.CompletionResult -ArgumentList $text, $one, 'ParameterValue', $one
    }
}
