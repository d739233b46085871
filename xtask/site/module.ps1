# The reference of the module's commands as Markdown: what PlatyPS makes of their help, made readable. Its parameters come
# as YAML, its examples as text, its inputs and outputs torn at commas; those are put right here.

param (
    # The folder of the module.
    [Parameter(Mandatory = $true)] [string] $Module,
    # Where the pages go.
    [Parameter(Mandatory = $true)] [string] $Destination
)

$ErrorActionPreference = 'Stop'
Import-Module -Name $Module
Import-Module -Name Microsoft.PowerShell.PlatyPS

# What a parameter is like, in a line.
function ConvertTo-Fact {
    param ([string] $Yaml)
    $value = @{}
    foreach ($line in $Yaml -split '\n') {
        if ($line -match '^\s*(?:- )?(\w+): *(.*)$') { $value[$Matches[1]] = $Matches[2].Trim("'") }
    }
    $type = ($value.Type -split '\.')[-1] -replace 'SwitchParameter', 'Switch'
    $facts = @("``$type``")
    if ($value.IsRequired -eq 'true') { $facts += 'required' }
    if ($value.Position -ne 'Named') { $facts += "position $($value.Position)" }
    if ($value.ValueFromPipeline -eq 'true') { $facts += 'from the pipeline' }
    if ($value.ValueFromPipelineByPropertyName -eq 'true') { $facts += 'from the pipeline by property name' }
    if ($value.SupportsWildcards -eq 'true') { $facts += 'wildcards' }
    $facts -join ', '
}

# Types with what is said about them, as they stand in the help. A typed parameter would strip what Get-Help has put on them.
function ConvertTo-List {
    param ($Entry)
    foreach ($one in $Entry) {
        $type, $text = ("$($one.type.name)" -replace '\r').Trim() -split '\n', 2
        "- ``$type``$(if ($text) { ': ' + (($text.Trim() -replace '\s+', ' ')) })"
    }
}

foreach ($command in Get-Command -Module VcdRest) {
    $name = $command.Name
    $raw = New-MarkdownCommandHelp -CommandInfo $command -OutputFolder $Destination -Force
    $text = [System.IO.File]::ReadAllText($raw.FullName) -replace '\r'
    $help = Get-Help -Name $name -Full
    $text = $text -replace '(?s)^---\n.*?\n---\n+'
    $text = $text -replace '(?s)## ALIASES\n.*?(?=\n## )'
    $text = $text -replace '(?m)^### __AllParameterSets\n+'
    $text = $text -replace '(?m)(?<=^## SYNTAX\n\n(?:(?!^## )[\s\S])*?)^```\n(?=\w+-)', "``````powershell`n"
    $text = [regex]::Replace($text, '(?ms)^### EXAMPLE (\d+)\n\n(.*?)\n\n(?=\S)', {
            "### Example $($args[0].Groups[1].Value)`n`n``````powershell`n$($args[0].Groups[2].Value)`n```````n`n"
        })
    $text = [regex]::Replace($text, '(?ms)^(### -\w+\n\n)(.*?)\n\n```yaml\n(.*?)^```\n', {
            "$($args[0].Groups[1].Value)$(ConvertTo-Fact $args[0].Groups[3].Value)`n`n$($args[0].Groups[2].Value)`n"
        })
    $inputs = (ConvertTo-List $help.inputTypes.inputType) -join "`n"
    $outputs = (ConvertTo-List $help.returnValues.returnValue) -join "`n"
    $text = [regex]::Replace($text, '(?s)## INPUTS\n.*?(?=\n## NOTES)', { "## INPUTS`n`n$inputs`n`n## OUTPUTS`n`n$outputs`n" })
    $text = $text -replace '(?s)\n## NOTES\n+(?=## )', "`n"
    $text = [regex]::Replace($text, '(?m)^- \[([\w-]+)\]\(\)', { "- [$($args[0].Groups[1].Value)]($($args[0].Groups[1].Value).md)" })
    foreach ($heading in 'SYNOPSIS', 'SYNTAX', 'DESCRIPTION', 'EXAMPLES', 'PARAMETERS', 'INPUTS', 'OUTPUTS', 'RELATED LINKS') {
        $text = $text -creplace "(?m)^## $heading$", "## $($heading[0])$($heading.Substring(1).ToLowerInvariant())"
    }
    $text = $text -replace '(?m)^### CommonParameters', '### Common parameters' -replace '(?m)^## Synopsis\n+'
    if ($text -match '\{\{') { throw "The help of $name lacks something: PlatyPS asks to fill in a part of it." }
    [System.IO.File]::WriteAllText("$Destination/$name.md", $text)
    Remove-Item -Path $raw.FullName
}

# A list of the commands, and the pages about the whole.
$list = foreach ($command in Get-Command -Module VcdRest) {
    "- [$($command.Name)]($($command.Name).md): $((Get-Help -Name $command.Name).Synopsis)"
}
$topics = foreach ($file in Get-ChildItem -Path "$Module/en-US/about_*.help.txt") {
    $topic = $file.Name -replace '\.help\.txt$'
    $about = [System.IO.File]::ReadAllText($file.FullName) -replace '\r'
    [System.IO.File]::WriteAllText("$Destination/$topic.md", "# $topic`n`n``````text`n$($about.Trim())`n```````n")
    "- [$topic]($topic.md): $(($about -split 'SHORT DESCRIPTION\n')[1].Split("`n")[0].Trim())"
}
[System.IO.File]::WriteAllText("$Destination/index.md", "# PowerShell reference`n`n$($list -join "`n")`n`n## About`n`n$($topics -join "`n")`n")
