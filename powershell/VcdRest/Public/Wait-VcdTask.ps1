function Wait-VcdTask {
    <#
    .SYNOPSIS
    Waits for tasks to end.

    .DESCRIPTION
    Waits until a task has ended, shows its progress, and returns it. A task that failed, was cancelled or was aborted is
    an error (VcdTaskFailed) with the server's own words. Ctrl+C ends the wait, and the task goes on, unless
    -CancelOnTimeout is given.

    Requests that take their time answer with HTTP 202 and mostly without a body: the task's address stands in the header
    Location, which -ResponseHeadersVariable of Invoke-VcdRestMethod keeps.

    .PARAMETER Task
    The task: the object, its id (a UUID or urn:vcloud:task:UUID), its address, an object of the legacy API that has tasks
    in it, or the headers of an answer with HTTP 202.

    .PARAMETER TimeoutSec
    Seconds to wait for each task. 0 is a day. Default: an hour. A wait that is over is an error; the task goes on.

    .PARAMETER PollIntervalSec
    Seconds between two looks at the task. Default: half a second at first, growing to five seconds.

    .PARAMETER CancelOnTimeout
    Cancels the task when the time is over or the wait is interrupted.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session.

    .INPUTS
    System.Object
    Tasks, ids, addresses, or response headers.

    .OUTPUTS
    VcdRest.Task
    The task as it ended: status, operation, owner, and so on.

    .EXAMPLE
    Invoke-VcdRestMethod -Method Delete -Uri "/cloudapi/1.0.0/serviceAccounts/$($account.id)" -ResponseHeadersVariable answer
    Wait-VcdTask -Task $answer

    Waits for what a request has begun.

    .EXAMPLE
    Search-Vcd -Type task -Filter 'status==running' | Wait-VcdTask -TimeoutSec 600

    Waits for everything that is being done, ten minutes for each task.

    .EXAMPLE
    $task = Wait-VcdTask -Task $id -TimeoutSec 60 -CancelOnTimeout -ErrorAction Stop
    $task.owner.id

    Gives a task a minute, and cancels it if it takes longer.

    .LINK
    Invoke-VcdRestMethod

    .LINK
    Search-Vcd
    #>
    [CmdletBinding()]
    [OutputType('VcdRest.Task')]
    param (
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)]
        # The interop says what is missing then.
        [AllowNull()]
        [AllowEmptyString()]
        [System.Object[]] $Task,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSec = -1,

        [ValidateRange(0.001, 600)]
        [double] $PollIntervalSec = -1,

        [switch] $CancelOnTimeout,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $Session
    )

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        if (-not $script:HasFormat) {
            Import-VcdFormat
        }
        $command = $script:Commands::WaitTask($PSCmdlet, $PSBoundParameters)
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
