# What Connect-Vcd signs in with: what was given as a parameter, or else the first credential in the environment, in the
# order of VMware's Terraform provider. Grant is empty where there is none.
function Resolve-VcdCredential {
    [CmdletBinding()]
    param (
        # The parameter that was given: ApiToken, TokenFile, AccessToken, Credential, or nothing.
        [AllowEmptyString()]
        [string] $Given,

        [AllowNull()]
        [object] $Value,

        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    $found = [pscustomobject]@{ Name = "-$Given"; Grant = $Given; User = $null; Secret = $Value; Problem = $null }
    $get = { param ($name) [System.Environment]::GetEnvironmentVariable($name) }
    $present = @('VCD_SA_TOKEN_FILE', 'VCD_API_TOKEN_FILE', 'VCD_API_TOKEN', 'VCD_TOKEN' | Where-Object -FilterScript { & $get $_ })
    # Terraform's examples have "none" for both beside a token.
    if ((& $get 'VCD_USER') -and (& $get 'VCD_PASSWORD') -and (& $get 'VCD_USER') -ne 'none') {
        $present += 'VCD_PASSWORD'
    }

    if ($Given) {
        if ($present) {
            Write-Verbose "A credential was given as a parameter; $($present -join ' and ') of the environment is not used."
        }
    } elseif ($present) {
        $name = $present[0]
        $found.Name = $name
        $found.Secret = & $get $name
        switch ($name) {
            'VCD_API_TOKEN' { $found.Grant = 'ApiToken' }
            'VCD_TOKEN' { $found.Grant = 'AccessToken' }
            'VCD_PASSWORD' {
                $found.Grant = 'Password'
                $found.User = & $get 'VCD_USER'
            }
            default { $found.Grant = 'TokenFile' }
        }
        $also = if ($present.Count -gt 1) { "; $($present[1..($present.Count - 1)] -join ' and ') of the environment is not used" }
        Write-Verbose "The credential comes from the environment variable $name$also."
    }

    if ($found.Secret -is [psobject]) {
        $found.Secret = $found.Secret.PSObject.BaseObject
    }
    if ($found.Grant -eq 'Credential') {
        $found.Grant = 'Password'
        $found.User = $found.Secret.UserName
        $found.Secret = $found.Secret.Password
    }
    if ($found.Grant -eq 'TokenFile') {
        $path = Resolve-VcdFilePath -Path $found.Secret -Name $found.Name -Cmdlet $Cmdlet
        $found.Secret = $path.Path
        $found.Problem = $path.Problem
    }
    $found
}
