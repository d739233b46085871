# Runs the Pester tests of a folder or file against the simulator that the environment names (VCDREST_TEST_...), and
# writes what came of it, as JSON, to the file that VCDREST_TEST_RESULT names.

param (
    # Files or folders, with ';' between them: -File knows no lists.
    [string] $Path = "$PSScriptRoot/*.Tests.ps1",
    # Tags, with ';' between them.
    [string] $ExcludeTag = ''
)

$ErrorActionPreference = 'Stop'
Import-Module -Name Pester -MinimumVersion 5.0

# Not applicable here, which is something else than skipped.
$without = @($ExcludeTag -split ';' | Where-Object { $_ })
$without += if ([System.Environment]::OSVersion.Platform -eq 'Win32NT') { 'Unix' } else { 'Windows' }
if ([System.Environment]::UserName -ne 'root') {
    $without += 'Root'
}
if ($PSVersionTable.PSVersion.Major -lt 7) {
    $without += 'PowerShell7'
}

$configuration = New-PesterConfiguration
$configuration.Run.Path = @($Path -split ';')
$configuration.Run.PassThru = $true
$configuration.Filter.ExcludeTag = $without
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'Plaintext'
$result = Invoke-Pester -Configuration $configuration

$summary = @{
    total        = $result.TotalCount
    passed       = $result.PassedCount
    failed       = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
    skipped      = $result.SkippedCount
    notRun       = $result.NotRunCount
    skippedTests = @($result.Skipped | ForEach-Object { $_.ExpandedPath })
}
if ($env:VCDREST_TEST_RESULT) {
    [System.IO.File]::WriteAllText($env:VCDREST_TEST_RESULT, (ConvertTo-Json -InputObject $summary -Compress))
}
exit $summary.failed
