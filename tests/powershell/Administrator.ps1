# What tests of tokens and accounts have in common, beside Support.ps1: users who sign in with a password.

# The name and password of the first user of an organization.
function Get-TestCredential {
    param ([string] $Org = 'System')
    $users = (Invoke-RestMethod -Uri "$env:VCDREST_TEST_CONTROL/info").users
    $user = @($users | Where-Object { $_.organization -eq $Org })[0]
    New-Object -TypeName pscredential -ArgumentList $user.user, (New-Secure $user.password)
}

function Connect-Administrator {
    param ([string] $Org = 'System', [hashtable] $With = @{})
    Connect-Vcd -Server $url -Org $Org -Credential (Get-TestCredential $Org) -CertificateAuthority $ca @With
}

# A file with a token in it that nobody else can read.
function New-TokenFile {
    param ([string] $Token, [string] $Name = "$([guid]::NewGuid().ToString('N')).json")
    $path = Join-Path -Path $TestDrive -ChildPath $Name
    [System.IO.File]::WriteAllText($path, (ConvertTo-Json -InputObject @{ refresh_token = $Token }))
    if ([System.Environment]::OSVersion.Platform -ne 'Win32NT') { & chmod 600 $path }
    $path
}

function Get-Plain {
    param ([securestring] $Secret)
    (New-Object -TypeName System.Net.NetworkCredential -ArgumentList '', $Secret).Password
}

# The text that a block writes to -Verbose, and nothing of what it returns.
function Get-Verbose {
    param ([scriptblock] $Block)
    @(& $Block 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }) -join "`n"
}
