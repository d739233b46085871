# What stands around the examples of the help and the blocks of the guides, so that they can be run as they are: what
# belongs to other modules, and the other administrator. Dot-sourced after Support.ps1 and Administrator.ps1.

# Where the tests' own scripts and other runspaces find the module by its name.
$modulePath = $env:PSModulePath
$env:PSModulePath = (Split-Path -Path $module) + [System.IO.Path]::PathSeparator + $modulePath

function Get-Secret { param ($Name) if ($Name -eq 'vcd-provider') { $providerToken } else { $tenantToken } }
function Set-Secret { param ($Name, $SecureStringSecret) $null = $Name; if ($SecureStringSecret -isnot [securestring]) { throw 'no secret' } }
function Connect-CIServer { param ($Server, $SessionId) $null = $Server; if ($SessionId -notmatch '^Bearer eyJ') { throw 'no token' } }
function Disconnect-CIServer { param ($Server, [switch] $Confirm) $null = $Server, $Confirm }
function Get-Credential { param ($Credential) Get-TestCredential $(if ($Credential -eq 'roy') { 'Tyrell' } else { 'System' }) }

# Nobody is asked, and nobody waits longer than the simulator takes.
$quiet = @{
    'Remove-Vcd*:Confirm' = $false; 'Invoke-VcdRestMethod:Confirm' = $false; 'Wait-VcdTask:PollIntervalSec' = 0.05
}

# An empty folder and a simulator as it starts, which belong to one example or block; returns the folder.
function Enter-Stage {
    Invoke-Control reset
    Get-VcdSession | Disconnect-Vcd
    $folder = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid().ToString('N'))
    $null = New-Item -Path $folder -ItemType Directory
    Push-Location -Path $folder
    $folder
}

# The code with which a service account of Tyrell waits for its grant.
function New-UserCode {
    param ([object] $Session)
    $account = @{ client_name = 'x'; software_id = [guid]::NewGuid(); scope = 'urn:vcloud:role:vApp%20Author' }
    $registered = Invoke-VcdRestMethod -Method Post -Uri /oauth/tenant/Tyrell/register -Body $account -TenantContext Tyrell -Session $Session -Confirm:$false
    $form = "client_id=$($registered.client_id)"
    (Invoke-VcdRestMethod -Method Post -Uri /oauth/tenant/Tyrell/device_authorization -Body $form -ContentType application/x-www-form-urlencoded -Session $Session -Confirm:$false).user_code
}

# The other administrator, who has a session of the provider: grants the service account of New-VcdServiceAccount -NoGrant
# as soon as Read-UserCode has seen the code.
function Start-OtherAdministrator {
    param ([object] $Session)
    Invoke-Control settings @{ deviceIntervalSeconds = 1 }
    $shared = [hashtable]::Synchronized(@{ Session = $Session; Code = $null })
    $shell = [powershell]::Create()
    $null = $shell.AddScript({
            param ($shared, $control)
            Import-Module -Name $env:VCDREST_TEST_MODULE
            $null = Invoke-WebRequest -UseBasicParsing -Uri "$control/wait?event=request&path=/oauth/tenant/Tyrell/token&timeoutMs=60000"
            foreach ($turn in 1..100) {
                if ($shared.Code) { break }
                Start-Sleep -Milliseconds 50
            }
            Approve-VcdServiceAccount -UserCode $shared.Code -TenantContext Tyrell -Session $shared.Session
        })
    $null = $shell.AddArgument($shared).AddArgument($env:VCDREST_TEST_CONTROL)
    @{ Shell = $shell; Run = $shell.BeginInvoke(); Shared = $shared }
}

# Looks for the code where the first administrator is shown it.
filter Read-UserCode {
    param ([hashtable] $Other)
    if ("$_" -match '-UserCode (\S+),') { $Other.Shared.Code = $Matches[1] }
}

function Complete-OtherAdministrator {
    param ([hashtable] $Other)
    try {
        $null = $Other.Shell.EndInvoke($Other.Run)
    } finally {
        $Other.Shell.Dispose()
    }
}
