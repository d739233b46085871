# Warm calls, ours and those of Invoke-RestMethod in turn in one process. Prints a line for each round: the key, and the
# milliseconds of the one and the other.

param ([string] $Vcd, [string] $Token, [string] $Module, [string] $Key, [int] $Rounds, [int] $Calls, [int] $Warm)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# Nobody looks at it, and it costs both sides.
$ProgressPreference = 'SilentlyContinue'

Import-Module -Name $Module
$null = Connect-Vcd -Server $Vcd -Org Tyrell -ApiToken $Token -ApiVersion 37.2
$answer = Invoke-RestMethod -Method Post -Uri "$Vcd/oauth/tenant/Tyrell/token" -Body @{ grant_type = 'refresh_token'; refresh_token = $Token } -Headers @{ Accept = 'application/json' }
$headers = @{ 'Accept' = 'application/json;version=37.2'; 'Authorization' = "Bearer $($answer.access_token)" }
$null = Invoke-RestMethod -Uri "$Vcd/cloudapi/1.0.0/sessions/current" -Headers $headers -SessionVariable web

$small = '/cloudapi/1.0.0/sessions/current'
$page = '/cloudapi/1.0.0/orgs?page=1&pageSize=128&sortAsc=name'
$list = '/cloudapi/1.0.0/orgs?pageSize=128&sortAsc=name'

# As people write it.
function Get-EachPage {
    param ([string] $Address)
    $number = 1
    do {
        $answer = Invoke-RestMethod -Method Get -Uri "$Address&page=$number" -Headers $headers -WebSession $web
        $answer.values
        $number++
    } while ($number -le $answer.pageCount)
}

$ours, $theirs = switch ($Key) {
    'ps_warm_small_vs_irm' {
        { $null = Invoke-VcdRestMethod -Method Get -Uri $small }
        { $null = Invoke-RestMethod -Method Get -Uri "$Vcd$small" -Headers $headers -WebSession $web }
    }
    'ps_warm_small_vs_blog_irm' {
        { $null = Invoke-VcdRestMethod -Method Get -Uri $small }
        { $null = Invoke-RestMethod -Method Get -Uri "$Vcd$small" -Headers $headers }
    }
    'ps_warm_page_vs_irm' {
        { $null = Invoke-VcdRestMethod -Method Get -Uri $page }
        { $null = Invoke-RestMethod -Method Get -Uri "$Vcd$page" -Headers $headers -WebSession $web }
    }
    'ps_all_pages_0ms_vs_irm' {
        { $all = (Invoke-VcdRestMethod -Method Get -Uri $list -All).values; if ($all.Count -ne 12800) { throw "$($all.Count)" } }
        { $all = @(Get-EachPage "$Vcd$list"); if ($all.Count -ne 12800) { throw "$($all.Count)" } }
    }
    'ps_all_pages_20ms_vs_irm' {
        { $all = (Invoke-VcdRestMethod -Method Get -Uri "$list&delay=20" -All).values; if ($all.Count -ne 12800) { throw "$($all.Count)" } }
        { $all = @(Get-EachPage "$Vcd$list&delay=20"); if ($all.Count -ne 12800) { throw "$($all.Count)" } }
    }
}

function Measure-Side {
    param ([scriptblock] $Side, [int] $Times)
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    for ($i = 0; $i -lt $Times; $i++) { & $Side }
    $clock.Elapsed.TotalMilliseconds / $Times
}

# In turn as well, and with what follows the first calls: .NET compiles what is called often once more.
for ($done = 0; $done -lt $Warm; $done += $Calls) {
    $null = Measure-Side $ours $Calls
    $null = Measure-Side $theirs $Calls
}
for ($round = 0; $round -lt $Rounds; $round++) {
    $first = Measure-Side $ours $Calls
    $second = Measure-Side $theirs $Calls
    [string]::Format([cultureinfo]::InvariantCulture, '{0} {1:F4} {2:F4}', $Key, $first, $second)
}
