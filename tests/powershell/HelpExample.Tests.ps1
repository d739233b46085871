# Every example of the help is run as it stands, against the simulator: the server's name and a user code are put in, and
# what belongs to other modules is played.

BeforeDiscovery {
    $examples = foreach ($file in (Get-ChildItem -Path "$PSScriptRoot/../../powershell/VcdRest/Public/*.ps1")) {
        $number = 0
        $text = [System.IO.File]::ReadAllText($file.FullName) -replace '\r'
        $help = $text.Substring(0, $text.IndexOf('#>'))
        foreach ($part in @($help -split '(?m)^ *\.EXAMPLE *\n' | Select-Object -Skip 1)) {
            $number++
            $body = ($part -split '(?m)^ *\.[A-Z]+')[0]
            @{ command = $file.BaseName; number = $number; code = (($body -split '\n *\n')[0] -replace '(?m)^    ') }
        }
    }
}

Describe 'The help' {
    BeforeAll {
        . "$PSScriptRoot/Support.ps1"
        . "$PSScriptRoot/Administrator.ps1"
        $server = ([uri]$url).Authority
        # Where ForEach-Object -Parallel finds the module.
        $modulePath = $env:PSModulePath
        $env:PSModulePath = (Split-Path -Path $module) + [System.IO.Path]::PathSeparator + $modulePath
    }

    AfterAll {
        $env:PSModulePath = $modulePath
    }

    BeforeEach {
        Invoke-Control reset
        Get-VcdSession | Disconnect-Vcd
        $folder = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid().ToString('N'))
        $null = New-Item -Path $folder -ItemType Directory
        Push-Location -Path $folder
    }

    AfterEach {
        Pop-Location
        Get-VcdSession | Disconnect-Vcd
        Invoke-Control reset
        Remove-Item -Path Env:VCD_API_TOKEN -ErrorAction Ignore
    }

    It 'of <command> has example <number>, which runs' -ForEach @($examples | Where-Object { $PSVersionTable.PSVersion.Major -ge 7 -or $_.code -notmatch '-Parallel' }) {
        # What other modules have.
        function Get-Secret { param ($Name) $null = $Name; $tenantToken }
        function Set-Secret { param ($Name, $SecureStringSecret) $null = $Name; if ($SecureStringSecret -isnot [securestring]) { throw 'no secret' } }
        function Connect-CIServer { param ($Server, $SessionId) $null = $Server; if ($SessionId -notmatch '^Bearer eyJ') { throw 'no token' } }
        function Get-Credential { Get-TestCredential System }
        $PSDefaultParameterValues = @{
            'Connect-Vcd:CertificateAuthority' = $ca; 'Remove-Vcd*:Confirm' = $false
            'Invoke-VcdRestMethod:Confirm' = $false; 'Wait-VcdTask:PollIntervalSec' = 0.05
        }
        if ($code -match 'Get-VcdApiVersion -Server') {
            $PSDefaultParameterValues['Get-VcdApiVersion:CertificateAuthority'] = $ca
        }
        # What scripts around the example have.
        $isProvider = $code -match 'TenantContext|Get-VcdOrg|-Org System' -or $command -match 'ApiToken|ServiceAccount|Search|Task'
        $needsPassword = $command -match 'ApiToken|ServiceAccount' -or $code -match 'serviceAccounts'
        $place = if ($isProvider -and $code -notmatch 'New-VcdServiceAccount|TokenFile') { 'System' } else { 'Tyrell' }
        $session = if ($needsPassword) { Connect-Administrator $place } elseif ($place -eq 'System') { Connect-Provider } else { Connect-Tenant }
        if ($code -match '-NoGrant|TenantContext Tyrell') {
            $session = Connect-Administrator System
        }
        $token = if ($code -match '-Org System') { $providerToken } else { $tenantToken }
        $env:VCD_API_TOKEN = $env:VCDREST_TEST_TENANT_TOKEN
        $org = [pscustomobject]@{ id = "urn:vcloud:org:$tyrellId"; name = 'Tyrell' }
        $ids = @("urn:vcloud:org:$tyrellId")
        $id = (Invoke-Control task @{ outcome = 'success'; polls = 2 }).href
        $link = (Invoke-Control transfer @{ size = 100000 }).href
        if ($command -in 'Get-VcdApiToken', 'Remove-VcdApiToken') {
            foreach ($name in 'backup', 'old-1') { $null = New-VcdApiToken -Name $name }
        }
        if ($command -match '^(Get|Remove)-VcdServiceAccount' -or $code -match '\$account') {
            $account = New-VcdServiceAccount -Name backup -Role 'System Administrator'
        }
        if ($command -eq 'New-VcdServiceAccount' -and $code -match 'Get-VcdServiceAccount') {
            $null = New-VcdServiceAccount -Name backup -Role 'vApp Author'
        }
        if ($code -match 'servers\.csv') {
            [System.IO.File]::WriteAllText("$folder/servers.csv", "Server,Org,ApiToken`n$url,Tyrell,$env:VCDREST_TEST_TENANT_TOKEN`n$url,System,$env:VCDREST_TEST_PROVIDER_TOKEN`n")
        }
        if ($code -match 'accounts\.csv') {
            [System.IO.File]::WriteAllText("$folder/accounts.csv", "Name,Role,TokenFile`none,vApp Author,one.json`ntwo,vApp User,two.json`n")
        }
        if ($code -match 'Connect-Vcd.*TokenFile' -and $command -eq 'Connect-Vcd') {
            Move-Item -Path (New-TokenFile $env:VCDREST_TEST_TENANT_TOKEN) -Destination ./backup.json
        }
        Copy-Item -Path $ca -Destination ./cell-ca.pem
        $userCode = $null
        if ($code -match 'BCDF-GHJK') {
            $registered = Invoke-VcdRestMethod -Method Post -Uri /oauth/tenant/Tyrell/register -Body @{ client_name = 'x'; software_id = [guid]::NewGuid(); scope = 'urn:vcloud:role:vApp%20Author' } -TenantContext Tyrell
            $form = "client_id=$($registered.client_id)"
            $userCode = (Invoke-VcdRestMethod -Method Post -Uri /oauth/tenant/Tyrell/device_authorization -Body $form -ContentType application/x-www-form-urlencoded).user_code
            if ($code -notmatch 'TenantContext') { $session = Connect-Administrator Tyrell }
        }
        $shell = $null
        if ($code -match '-NoGrant') {
            Invoke-Control settings @{ deviceIntervalSeconds = 1 }
            # The other administrator, who looks for the code where the first one is shown it.
            $shell = [powershell]::Create()
            $null = $shell.AddScript({
                    param ($session, $control)
                    Import-Module -Name $env:VCDREST_TEST_MODULE
                    $null = Invoke-WebRequest -UseBasicParsing -Uri "$control/wait?event=request&path=/oauth/tenant/Tyrell/token&timeoutMs=60000"
                    foreach ($turn in 1..100) {
                        if ($session.Code) { break }
                        Start-Sleep -Milliseconds 50
                    }
                    Approve-VcdServiceAccount -UserCode $session.Code -TenantContext Tyrell -Session $session.Session
                })
            $shared = [hashtable]::Synchronized(@{ Session = $session; Code = $null })
            $null = $shell.AddArgument($shared).AddArgument($env:VCDREST_TEST_CONTROL)
            $run = $shell.BeginInvoke()
        }
        $code = $code -replace 'vcd\.example\.com', $server -replace '\*\.example\.com', '*' -replace 'BCDF-GHJK', $userCode
        Invoke-Control settings @{ log = 'on' }
        try {
            $ErrorActionPreference = 'Stop'
            if ($shell) {
                $null = . ([scriptblock]::Create($code)) 6>&1 | ForEach-Object { if ("$_" -match '-UserCode (\S+),') { $shared.Code = $Matches[1] } }
            } else {
                $null = . ([scriptblock]::Create($code))
            }
        } finally {
            if ($shell) {
                $null = $shell.EndInvoke($run)
                $shell.Dispose()
            }
        }
    }
}
