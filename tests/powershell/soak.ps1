# Rounds of everything in one process for as long as VCDREST_SOAK_SECONDS says. What it holds after half of the time is what it
# holds at the end: memory, files, threads. tests/soak.rs runs it.

Set-StrictMode -Version Latest
Import-Module -Name $env:VCDREST_TEST_MODULE
$secure = New-Object -TypeName securestring
foreach ($letter in $env:VCDREST_TEST_TENANT_TOKEN.ToCharArray()) { $secure.AppendChar($letter) }
$server = @{ Server = $env:VCDREST_TEST_URL; CertificateAuthority = $env:VCDREST_TEST_CA }

function Invoke-Control ([string] $Call) {
    $null = Invoke-RestMethod -Method Post -Uri "$env:VCDREST_TEST_CONTROL/$Call"
}

function Invoke-Round {
    Invoke-Control reset
    $null = Connect-Vcd -Org Tyrell -ApiToken $secure @server
    foreach ($kind in 'close-before-response', 'truncated-json', 'html-ok', 'close-mid-body') {
        Invoke-Control "fault?path=/cloudapi&kind=$kind"
        try { $null = Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs } catch { $null = "$_" }
    }
    Invoke-Control expire
    if (@(Get-VcdOrg).Count -lt 1) { throw 'no organization came' }
    try { $null = Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/nothing } catch { $null = "$_" }
    try { $null = Connect-Vcd -Org Wallace -ApiToken $secure -NotDefault @server } catch { $null = "$_" }
    Disconnect-Vcd
    $Error.Clear()
}

function Get-Figure ([string] $When, [int] $Rounds) {
    for ($i = 0; $i -lt 3; $i++) {
        [System.GC]::Collect()
        [System.GC]::WaitForPendingFinalizers()
    }
    $memory = [long]((Get-Content -Path /proc/self/statm -TotalCount 1) -split ' ')[1] * 4
    $files = @(Get-ChildItem -Path /proc/self/fd).Count
    $threads = @(Get-ChildItem -Path /proc/self/task).Count
    Write-Host "${When}: $Rounds rounds, $memory KiB, $files files, $threads threads"
    [pscustomobject]@{ Memory = $memory; Files = $files; Threads = $threads }
}

$seconds = [int]$env:VCDREST_SOAK_SECONDS
$watch = [System.Diagnostics.Stopwatch]::StartNew()
$rounds = 0
do { Invoke-Round; $rounds++ } while ($watch.Elapsed.TotalSeconds -lt $seconds / 2)
$before = Get-Figure 'after a half' $rounds
do { Invoke-Round; $rounds++ } while ($watch.Elapsed.TotalSeconds -lt $seconds)
$after = Get-Figure 'at the end' $rounds
# What .NET itself keeps: code that is compiled anew when it is used often, threads of its pool, which come and go.
if ($after.Memory - $before.Memory -gt 48 * 1024) { throw "memory grew: $($before.Memory) to $($after.Memory) KiB" }
if ($after.Files - $before.Files -gt 8) { throw "files grew: $($before.Files) to $($after.Files)" }
if ($after.Threads - $before.Threads -gt 12) { throw "threads grew: $($before.Threads) to $($after.Threads)" }
