# No secret in any output, when secrets come by variable, by environment or as SecureString.

Describe 'Secrets' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        Invoke-Control reset

        # Ends with a line for each place at which the child found a secret in its own process.
        $script = @'
$VerbosePreference = 'Continue'
$DebugPreference = 'Continue'
$WarningPreference = 'Continue'
$transcript = Join-Path -Path $env:VCDREST_TEST_FOLDER -ChildPath 'transcript.txt'
$null = Start-Transcript -Path $transcript
Import-Module -Name $env:VCDREST_TEST_MODULE -Verbose:$false -Debug:$false
$secure = New-Object -TypeName securestring
foreach ($letter in $env:VCDREST_TEST_TENANT_TOKEN.ToCharArray()) { $secure.AppendChar($letter) }
$env:VCD_API_TOKEN = $env:VCDREST_TEST_TENANT_TOKEN
$server = @{ Server = $env:VCDREST_TEST_URL; CertificateAuthority = $env:VCDREST_TEST_CA }

$everything = & {
    Connect-Vcd -Org Tyrell @server
    $session = Connect-Vcd -Org Tyrell -ApiToken $secure @server
    $session
    $session | Format-List -Property * -Force
    $session | Format-Custom -Property * -Depth 2
    $session | ConvertTo-Json -Depth 6 -WarningAction SilentlyContinue
    $session | ConvertTo-Csv
    [System.Management.Automation.PSSerializer]::Serialize($session, 6)
    $session | Get-Member -Force
    "$session"
    $session.GetHashCode()
    Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs -ResponseHeadersVariable headers
    $headers
    Get-VcdOrg
    Get-VcdAccessToken
    Test-VcdSession
    Get-VcdSession

    # Errors, of each kind that has seen a secret.
    try { Connect-Vcd -Org Wallace -ApiToken $secure -NotDefault @server } catch { $_ | Format-List -Force; $_.Exception | Format-List -Force; $_ }
    try { Connect-Vcd -Org System -NotDefault @server } catch { $_ | Format-List -Force; $_.Exception | Format-List -Force; $_ }
    try { Connect-Vcd -Server $env:VCDREST_TEST_URL -Org Tyrell -ApiToken $secure -NotDefault } catch { $_ | Format-List -Force; $_ }
    try { Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/nothing } catch { $_ | Format-List -Force; $_.Exception | Format-List -Force; $_ }
    $access = Get-VcdAccessToken
    try { Connect-Vcd -Org Tyrell -ApiToken $access -NotDefault @server } catch { $_ | Format-List -Force; $_ }
    Connect-Vcd -AccessToken $access @server
    try { Invoke-VcdRestMethod -Uri "/cloudapi/1.0.0/nothing?key=$env:VCDREST_TEST_QUERY_SECRET" } catch { $_ | Format-List -Force; $_.Exception | Format-List -Force; $_ }
    Get-VcdSession | Disconnect-Vcd
} *>&1 | Out-String -Width 500
$everything += ($Error | Format-List -Property * -Force | Out-String -Width 500)
$everything += ($Error | ForEach-Object { "$_"; $_.ScriptStackTrace; $_.InvocationInfo.Line; $_.TargetObject } | Out-String -Width 500)
$null = Stop-Transcript
$commands = if (Test-Path -Path /proc/self/cmdline) {
    Get-ChildItem -Path /proc -Directory | Where-Object { $_.Name -match '^[0-9]+$' } | ForEach-Object {
        # One may have ended since.
        try { [System.IO.File]::ReadAllText("/proc/$($_.Name)/cmdline") } catch { '' }
    }
} else { [System.Environment]::CommandLine }
[System.IO.File]::WriteAllText((Join-Path -Path $env:VCDREST_TEST_FOLDER -ChildPath 'commands.txt'), ($commands -join "`n"))
[System.IO.File]::WriteAllText((Join-Path -Path $env:VCDREST_TEST_FOLDER -ChildPath 'output.txt'), $everything)
'@
        $folder = (New-Item -Path (Join-Path -Path $TestDrive -ChildPath 'secrets') -ItemType Directory).FullName
        $console = Invoke-Child -Script $script -Environment @{
            VCDREST_TEST_FOLDER = $folder; VCDREST_TEST_QUERY_SECRET = 'querysecret123'
            VCDREST_LOG_FILE = "$folder/log.txt"; VCDREST_LOG_LEVEL = '4'
        }
        # Command lines are everybody's to read; what the module leaves in its home as well.
        $places = @($folder) + @($env:HOME, "$env:LOCALAPPDATA/VcdRest" | Where-Object { $_ -and [System.IO.Directory]::Exists($_) })
        $files = @(Get-ChildItem -LiteralPath $places -Recurse -File -Force | Where-Object { $_.Length -lt 1MB -and $_.Name -notin 'output.txt', 'transcript.txt', 'log.txt' })
        $texts = @{
            commands   = [System.IO.File]::ReadAllText("$folder/commands.txt")
            files      = ($files | ForEach-Object { [System.IO.File]::ReadAllText($_.FullName) }) -join "`n"
            output     = [System.IO.File]::ReadAllText("$folder/output.txt")
            transcript = [System.IO.File]::ReadAllText("$folder/transcript.txt")
            console    = $console -join "`n"
            log        = if (Test-Path -Path "$folder/log.txt") { [System.IO.File]::ReadAllText("$folder/log.txt") } else { '' }
        }
        # Every access token that was given out begins like this; so does everything else that looks like one.
        $secrets = @($env:VCDREST_TEST_TENANT_TOKEN, 'eyJ[A-Za-z0-9_-]{10,}', 'Bearer [A-Za-z0-9]')
        # The same in Base64, at each of the three places where it can begin, without the digits that hang on neighbours;
        # and with each letter escaped. A token has letters and digits only, so that URLs and JSON write it as it is.
        foreach ($before in '', 'x', 'xx') {
            $base64 = [System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($before + $env:VCDREST_TEST_TENANT_TOKEN)).TrimEnd('=')
            $secrets += [regex]::Escape($base64.Substring(4, $base64.Length - 6))
        }
        $secrets += ($env:VCDREST_TEST_TENANT_TOKEN.ToCharArray() | ForEach-Object { '%{0:X2}' -f [int]$_ }) -join ''
        $secrets += ($env:VCDREST_TEST_TENANT_TOKEN.ToCharArray() | ForEach-Object { '\\u{0:x4}' -f [int]$_ }) -join ''
    }

    It 'were looked for in output that has something in it' {
        $texts.output | Should -Match 'VcdAuthenticationFailed'
        $texts.output | Should -Match 'VcdNotFound'
        $texts.output | Should -Match 'VcdTlsError'
        $texts.output | Should -Match 'Tyrell Corporation'
        $texts.output | Should -Match 'GET /cloudapi/1.0.0/orgs: 200'
        $texts.transcript.Length | Should -BeGreaterThan 200
        $texts.commands | Should -Match '\.ps1'
    }

    It 'were really sent' {
        @(Get-Request /oauth | Where-Object { $_.body -match $env:VCDREST_TEST_TENANT_TOKEN }).Count | Should -BeGreaterThan 2
        @(Get-Request '/cloudapi/1.0.0/nothing?key=querysecret123').Count | Should -Be 1
    }

    It 'are not in the <name>' -ForEach @(@{ name = 'output' }, @{ name = 'transcript' }, @{ name = 'console' }, @{ name = 'log' }, @{ name = 'commands' }, @{ name = 'files' }) {
        foreach ($secret in $secrets) {
            $texts[$name] | Should -Not -Match $secret
        }
    }

    It 'are not in verbose, warning and target of a request, where they stand in a query' {
        # The line of the script itself, with the variable's name, is PowerShell's to keep.
        foreach ($line in ($texts.output -split '\r?\n' | Where-Object { $_ -match 'VERBOSE|WARNING|^(TargetObject|Message|CategoryInfo)\b|^GET ' })) {
            $line | Should -Not -Match 'querysecret123'
        }
    }

    It 'are no member of a session' {
        $session = Connect-Tenant
        $members = @($session | Get-Member -Force -MemberType Properties | ForEach-Object { $_.Name })
        $members | Should -Contain 'Server'
        $members | Where-Object { $_ -match 'token|secret|handle|bearer' } | Should -BeNullOrEmpty
        Disconnect-Vcd
    }
}
