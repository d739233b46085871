# What the tests have in common. Each test file dot-sources it in BeforeAll.

Set-StrictMode -Version Latest

$url = $env:VCDREST_TEST_URL
$plainUrl = $env:VCDREST_TEST_PLAIN_URL
$ca = $env:VCDREST_TEST_CA
$fingerprint = $env:VCDREST_TEST_FINGERPRINT
$module = $env:VCDREST_TEST_MODULE
$powershell = (Get-Process -Id $PID).Path
$orgs = '/cloudapi/1.0.0/orgs'
$tyrellId = '7e5f1fe3-80cc-41e8-bf72-d40caf54418e'

Import-Module -Name $module

# Scripts of users have none of these set; tests that need one set it themselves.
foreach ($name in 'VCD_URL', 'VCD_ORG', 'VCD_SYS_ORG', 'VCD_API_TOKEN', 'VCD_API_TOKEN_FILE', 'VCD_SA_TOKEN_FILE', 'VCD_TOKEN', 'VCD_USER', 'VCD_PASSWORD', 'VCD_ALLOW_UNVERIFIED_SSL') {
    Remove-Item -Path "Env:$name" -ErrorAction Ignore
}

# A control call of the simulator.
function Invoke-Control {
    param ([string] $Call, [hashtable] $Parameter = @{})
    $body = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $Parameter -Compress))
    $answer = Invoke-RestMethod -Method Post -Uri "$env:VCDREST_TEST_CONTROL/$Call" -Body $body -ContentType 'application/json'
    # Of an empty answer Invoke-RestMethod makes an empty text.
    if ($answer) { $answer }
}

# The next answer, or so many, to a path is this.
function Set-Answer {
    param ([string] $Path, [int] $Status = 200, [string] $Body = '', [string] $ContentType = 'application/json', [hashtable] $Headers = @{}, [int] $Times = 1)
    Invoke-Control fault @{ kind = 'status'; path = $Path; status = $Status; body = $Body; contentType = $ContentType; headers = $Headers; times = $Times }
}

function Set-Fault {
    param ([string] $Kind, [string] $Path = '/cloudapi', [hashtable] $Parameter = @{})
    Invoke-Control fault (@{ kind = $Kind; path = $Path } + $Parameter)
}

# The requests that the simulator received, oldest first.
function Get-Request {
    param ([string] $Path = '')
    @(Invoke-RestMethod -Uri "$env:VCDREST_TEST_CONTROL/requests?path=$([uri]::EscapeDataString($Path))" | ForEach-Object { $_ })
}

function Get-Header {
    param ([object] $Request, [string] $Name)
    @($Request.headers | Where-Object { $_.name -eq $Name } | ForEach-Object { $_.value }) -join ', '
}

# Waits until the simulator has seen the request, or its sender go away, and returns 200.
function Wait-Event {
    param ([ValidateSet('request', 'abort')] [string] $Event, [string] $Path)
    (Invoke-WebRequest -UseBasicParsing -Uri "$env:VCDREST_TEST_CONTROL/wait?event=$Event&path=$([uri]::EscapeDataString($Path))&timeoutMs=60000").StatusCode
}

function Get-Stat {
    Invoke-RestMethod -Uri "$env:VCDREST_TEST_CONTROL/stats"
}

# The library for this process in a module, which may have others beside it, and in a package also its licences.
function Get-Library {
    param ([string] $Module)
    $architecture = [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture.ToString().ToLowerInvariant()
    $system = switch ([System.Environment]::OSVersion.Platform) { 'Win32NT' { 'win' } default { if (Test-Path -Path /System/Library) { 'osx' } else { 'linux' } } }
    (Get-ChildItem -Path ([System.IO.Path]::Combine($Module, 'native', "$system-$architecture")) -File | Where-Object { $_.Extension -in '.dll', '.so', '.dylib' })[0].FullName
}

# A SecureString, as a user has it from a prompt or a vault.
function New-Secure {
    param ([string] $Text)
    $secure = New-Object -TypeName securestring
    foreach ($letter in $Text.ToCharArray()) { $secure.AppendChar($letter) }
    $secure.MakeReadOnly()
    $secure
}

$tenantToken = New-Secure $env:VCDREST_TEST_TENANT_TOKEN
$providerToken = New-Secure $env:VCDREST_TEST_PROVIDER_TOKEN

function Connect-Tenant {
    param ([hashtable] $With = @{})
    Connect-Vcd -Server $url -Org Tyrell -ApiToken $tenantToken -CertificateAuthority $ca @With
}

function Connect-Provider {
    param ([hashtable] $With = @{})
    Connect-Vcd -Server $url -Org System -ApiToken $providerToken -CertificateAuthority $ca @With
}

# The error record that a block ends with. A block that goes well is a failure.
function Get-Failure {
    param ([scriptblock] $Block)
    try {
        $null = & $Block
    } catch {
        return $_
    }
    throw "No error came from: $Block"
}

function Assert-Failure {
    param ([object] $Record, [string] $Id, [string] $Category, [string] $Code, [string[]] $Match = @())
    ($Record.FullyQualifiedErrorId -split ',')[0] | Should -BeExactly $Id
    "$($Record.CategoryInfo.Category)" | Should -BeExactly $Category
    if ($Code) {
        $Record.Exception.Code | Should -BeExactly $Code
    }
    foreach ($pattern in $Match) {
        $Record.Exception.Message | Should -Match $pattern
    }
}

# Whether two values are the same in every respect that a script can see.
function Get-Difference {
    param ([object] $Expected, [object] $Actual, [string] $Path = '$')
    if ($null -eq $Expected -or $null -eq $Actual) {
        if ($null -ne $Expected -or $null -ne $Actual) { "${Path}: '$Expected' or '$Actual'" }
        return
    }
    if ($Expected.GetType() -ne $Actual.GetType()) {
        "${Path}: $($Expected.GetType()) or $($Actual.GetType())"
        return
    }
    if ($Expected -is [array]) {
        if ($Expected.Count -ne $Actual.Count) { "${Path}: $($Expected.Count) or $($Actual.Count) items"; return }
        for ($i = 0; $i -lt $Expected.Count; $i++) { Get-Difference $Expected[$i] $Actual[$i] "$Path[$i]" }
    } elseif ($Expected -is [System.Management.Automation.PSCustomObject]) {
        $names = @($Expected.PSObject.Properties | ForEach-Object { $_.Name })
        $others = @($Actual.PSObject.Properties | ForEach-Object { $_.Name })
        if (($names -join '|') -cne ($others -join '|')) { "${Path}: properties $names or $others"; return }
        if (($Expected.PSObject.TypeNames -join '|') -cne ($Actual.PSObject.TypeNames -join '|')) { "${Path}: type names" }
        foreach ($name in $names) { Get-Difference $Expected.$name $Actual.$name "$Path.$name" }
    } elseif ($Expected -is [datetime]) {
        if ($Expected -ne $Actual -or $Expected.Kind -ne $Actual.Kind) { "${Path}: $Expected $($Expected.Kind) or $Actual $($Actual.Kind)" }
    } elseif ($Expected -is [System.Xml.XmlDocument]) {
        if ($Expected.OuterXml -cne $Actual.OuterXml) { "${Path}: $($Expected.OuterXml) or $($Actual.OuterXml)" }
    } elseif ($Expected -cne $Actual) {
        "${Path}: $Expected or $Actual"
    }
}

# Runs a script in a PowerShell of its own and returns its output, line by line. The environment goes with it.
function Invoke-Child {
    param ([string] $Script, [hashtable] $Environment = @{}, [switch] $AllowFailure)
    $file = Join-Path -Path $TestDrive -ChildPath "$([guid]::NewGuid().ToString('N')).ps1"
    [System.IO.File]::WriteAllText($file, $Script)
    # On Unix, https_proxy and HTTPS_PROXY are two variables.
    $before = New-Object -TypeName hashtable -ArgumentList ([System.StringComparer]::Ordinal)
    foreach ($name in $Environment.Keys) {
        $before[$name] = [System.Environment]::GetEnvironmentVariable($name)
        [System.Environment]::SetEnvironmentVariable($name, $Environment[$name])
    }
    try {
        $output = @(& $powershell -NoLogo -NoProfile -NonInteractive -File $file 2>&1 | ForEach-Object { "$_" -replace '\e\[[0-9;]*m', '' })
        $code = $LASTEXITCODE
    } finally {
        foreach ($name in $before.Keys) {
            [System.Environment]::SetEnvironmentVariable($name, $before[$name])
        }
    }
    if ($code -ne 0 -and -not $AllowFailure) {
        throw "The script ended with $code and said: $($output -join "`n")"
    }
    $output
}
