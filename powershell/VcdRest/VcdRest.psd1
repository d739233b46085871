@{
    RootModule             = 'VcdRest.psm1'
    ModuleVersion          = '0.1.0'
    GUID                   = '6f1d6c1e-3c0a-4f5e-9a53-7d0b9f2a41c8'
    Author                 = 'The vcdrest authors'
    CompanyName            = 'The vcdrest authors'
    Copyright              = '(c) The vcdrest authors. MIT OR Apache-2.0.'
    Description            = 'Signs in to VMware Cloud Director with an API token and makes authenticated REST calls: Invoke-RestMethod with the sign-in, the API version, paging and errors taken care of.'
    PowerShellVersion      = '5.1'
    CompatiblePSEditions   = @('Desktop', 'Core')
    DotNetFrameworkVersion = '4.7.2'
    FunctionsToExport      = @(
        'Approve-VcdServiceAccount'
        'Connect-Vcd'
        'Disconnect-Vcd'
        'Get-VcdAccessToken'
        'Get-VcdApiToken'
        'Get-VcdApiVersion'
        'Get-VcdOrg'
        'Get-VcdServiceAccount'
        'Get-VcdSession'
        'Invoke-VcdRestMethod'
        'New-VcdApiToken'
        'New-VcdServiceAccount'
        'Remove-VcdApiToken'
        'Remove-VcdServiceAccount'
        'Search-Vcd'
        'Test-VcdSession'
        'Wait-VcdTask'
    )
    CmdletsToExport        = @()
    VariablesToExport      = @()
    AliasesToExport        = @()
    PrivateData            = @{
        PSData = @{
            Tags         = @('PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'VMware', 'VCD', 'CloudDirector', 'vCloud', 'VCF', 'REST', 'PowerCLI')
            ProjectUri   = 'https://github.com/vcdrest/vcdrest'
            LicenseUri   = 'https://github.com/vcdrest/vcdrest/blob/main/LICENSE'
            IconUri      = 'https://raw.githubusercontent.com/vcdrest/vcdrest/main/powershell/icon.png'
            ReleaseNotes = 'https://github.com/vcdrest/vcdrest/blob/main/CHANGELOG.md'
        }
    }
}
