function Search-Vcd {
    <#
    .SYNOPSIS
    Finds things with the query service.

    .DESCRIPTION
    Asks the query service (/api/query), which finds virtual machines, vApps, tasks, users and much else across the whole
    organization, or for the provider across all. Every page is fetched and the records are given out one by one as they
    come, one page in memory at a time; Select-Object -First ends the fetching. With -SortAsc or -SortDesc four pages are
    fetched at once, and eight where the server is slower than what is done with them.

    .PARAMETER Type
    What to look for, such as vm, vApp, orgVdc, task, user, catalogItem. What begins with admin, such as adminVM, is for
    administrators.

    .PARAMETER Filter
    Which of them: name==web*, status==POWERED_ON, several with ; (and) or , (or). It is escaped for the address; a
    parenthesis, comma, semicolon or backslash within a value needs a backslash before it. A hashtable such as
    @{ name = 'web*'; status = 'POWERED_ON' } means that all are equal, and gets the backslashes by itself; of a list of
    values, any.

    .PARAMETER SortAsc
    The field to sort by, ascending.

    .PARAMETER SortDesc
    The field to sort by, descending.

    .PARAMETER Fields
    The fields that are wanted. Default: all.

    .PARAMETER Format
    What comes back: records, idrecords (with ids beside the addresses) or references (name and address only).

    .PARAMETER PageSize
    How many come with each request, 1 to 128.

    .PARAMETER TenantContext
    The organization to search in, for administrators of the provider: its name, its id, or an object that has them, such
    as Get-VcdOrg returns. System means the provider's own: records that name another organization (org) are then left out.
    A script block is evaluated for each object from the pipeline, which is $_ in it. Organizations from the pipeline
    (Get-VcdOrg) are taken without further ado, and each record then has the organization's name in a property
    TenantContext.

    .PARAMETER InputObject
    What comes through the pipeline: an organization to act in.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .INPUTS
    System.Object
    Organizations.

    .OUTPUTS
    System.Object
    Records, with the properties that the server gives them.

    .EXAMPLE
    Search-Vcd -Type vm -Filter 'status==POWERED_ON;name==web*' -SortAsc name | Format-Table name, containerName, memoryMB

    Lists the running virtual machines whose names begin with web.

    .EXAMPLE
    Get-VcdOrg -Name T* | Search-Vcd vm | Format-Table TenantContext, name, status

    Lists the virtual machines of several organizations, as the provider.

    .EXAMPLE
    Search-Vcd -Type task -SortDesc startDate | Select-Object -First 10

    Shows the ten newest tasks, and fetches no more than it takes.

    .EXAMPLE
    Search-Vcd task | Select-Object -First 5 | Invoke-VcdRestMethod

    Gets five tasks by the addresses (href) in their records.

    .LINK
    Invoke-VcdRestMethod

    .LINK
    Wait-VcdTask
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param (
        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $Type,

        [Parameter(Position = 1)]
        [System.Object] $Filter,

        [string] $SortAsc,

        [string] $SortDesc,

        [string[]] $Fields,

        [ValidateSet('records', 'idrecords', 'references')]
        [string] $Format = 'records',

        [ValidateRange(1, 128)]
        [int] $PageSize = 128,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $TenantContext,

        [Parameter(ValueFromPipeline = $true)]
        [System.Object] $InputObject,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $Session
    )

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        $command = $script:Commands::Search($PSCmdlet, $PSBoundParameters)
        $preferences = $command.Preferences
        if ($null -ne $preferences) {
            $ErrorActionPreference, $WarningPreference, $VerbosePreference, $ProgressPreference, $WhatIfPreference, $ConfirmPreference = $preferences
        }
        try {
            while ($command.Next()) {
                $command.Output
            }
        } finally {
            $command.Dispose()
        }
        if ($null -ne $command.Error) {
            $PSCmdlet.ThrowTerminatingError($command.Error)
        }
    }
}
