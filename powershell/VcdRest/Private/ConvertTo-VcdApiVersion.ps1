# The versions in an answer of /api/versions, JSON or XML, oldest first.
function ConvertTo-VcdApiVersion {
    [CmdletBinding()]
    param (
        [AllowNull()]
        [object] $Content,

        [AllowEmptyString()]
        [string] $InUse
    )

    $found = if ($Content -is [xml]) {
        foreach ($element in $Content.DocumentElement.ChildNodes) {
            if ($element.LocalName -eq 'VersionInfo' -or $element.LocalName -eq 'AlphaVersion') {
                $version = @($element.GetElementsByTagName('Version'))[0].InnerText
                [pscustomobject]@{ Version = $version; Deprecated = $element.GetAttribute('deprecated') -eq 'true'; Alpha = $element.LocalName -eq 'AlphaVersion' }
            }
        }
    } else {
        foreach ($name in 'versionInfo', 'alphaVersion') {
            $entries = if ($Content -is [psobject] -and $Content.PSObject.Properties[$name]) { $Content.$name }
            foreach ($entry in @($entries)) {
                if ($entry) {
                    [pscustomobject]@{ Version = [string]$entry.version; Deprecated = [bool]$entry.deprecated; Alpha = $name -eq 'alphaVersion' }
                }
            }
        }
    }
    # By number: 5.10 is later than 5.9. Previews come last. In the year-like numbering of the successor, 9.1.0 is later
    # than 40.0, which is what three numbers say.
    $number = { ($_.Version -replace '-.*' -split '\.' | ForEach-Object -Process { "$_".PadLeft(6, '0') }) -join '.' }
    $family = { ($_.Version -replace '-.*' -split '\.').Count }
    @($found | Sort-Object -Property @{ Expression = { $_.Alpha } }, @{ Expression = $family }, @{ Expression = $number }) | ForEach-Object -Process {
        [pscustomobject]@{ PSTypeName = 'VcdRest.ApiVersion'; Version = $_.Version; Deprecated = $_.Deprecated; Alpha = $_.Alpha; InUse = $_.Version -eq $InUse }
    }
}
