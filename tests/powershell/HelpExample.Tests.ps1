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
        . "$PSScriptRoot/Stage.ps1"
        $server = ([uri]$url).Authority
    }

    AfterAll {
        $env:PSModulePath = $modulePath
    }

    BeforeEach {
        $null = Enter-Stage
    }

    AfterEach {
        Pop-Location
        Get-VcdSession | Disconnect-Vcd
        Invoke-Control reset
        Remove-Item -Path Env:VCD_API_TOKEN -ErrorAction Ignore
    }

    It 'of <command> has example <number>, which runs' -ForEach @($examples | Where-Object { $PSVersionTable.PSVersion.Major -ge 7 -or $_.code -notmatch '-Parallel' }) {
        $PSDefaultParameterValues = $quiet + @{ 'Connect-Vcd:CertificateAuthority' = $ca }
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
            [System.IO.File]::WriteAllText("$PWD/servers.csv", "Server,Org,ApiToken`n$url,Tyrell,$env:VCDREST_TEST_TENANT_TOKEN`n$url,System,$env:VCDREST_TEST_PROVIDER_TOKEN`n")
        }
        if ($code -match 'accounts\.csv') {
            [System.IO.File]::WriteAllText("$PWD/accounts.csv", "Name,Role,TokenFile`none,vApp Author,one.json`ntwo,vApp User,two.json`n")
        }
        if ($code -match 'Connect-Vcd.*TokenFile' -and $command -eq 'Connect-Vcd') {
            Move-Item -Path (New-TokenFile $env:VCDREST_TEST_TENANT_TOKEN) -Destination ./backup.json
        }
        Copy-Item -Path $ca -Destination ./cell-ca.pem
        $userCode = $null
        if ($code -match 'BCDF-GHJK') {
            $userCode = New-UserCode $session
            if ($code -notmatch 'TenantContext') { $session = Connect-Administrator Tyrell }
        }
        $other = if ($code -match '-NoGrant') { Start-OtherAdministrator $session }
        $code = $code -replace 'vcd\.example\.com', $server -replace '\*\.example\.com', '*' -replace 'BCDF-GHJK', $userCode
        Invoke-Control settings @{ log = 'on' }
        try {
            $ErrorActionPreference = 'Stop'
            if ($other) {
                $null = . ([scriptblock]::Create($code)) 6>&1 | Read-UserCode $other
            } else {
                $null = . ([scriptblock]::Create($code))
            }
        } finally {
            if ($other) { Complete-OtherAdministrator $other }
        }
    }
}
