# Waits for a task, shows how far it is, and returns it. One that failed is an error with the server's own words.
function Complete-VcdTask {
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object] $Session,

        # Its id, path or URL.
        [Parameter(Mandatory = $true)]
        [string] $Task,

        [int] $TimeoutSec = -1,

        [double] $PollIntervalSec = -1,

        [switch] $Cancel,

        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    $options = @{
        Id             = $Task
        TimeoutMs      = if ($TimeoutSec -eq 0) { 86400000 } else { $TimeoutSec * 1000 }
        PollIntervalMs = [int]($PollIntervalSec * 1000)
        CancelTask     = if ($Cancel) { 1 } else { -1 }
    }
    $activity = $Cmdlet.MyInvocation.MyCommand.Name
    $shown = -1
    $call = $Session.Operate('WaitTask', "Task $Task", $options)
    try {
        while (-not $call.Wait(100)) {
            $progress = $call.TaskProgress
            if ($progress -ge 0 -and $progress -ne $shown) {
                $shown = $progress
                Write-Progress -Activity $activity -Status $Task -PercentComplete ([System.Math]::Min(100, $progress))
            }
        }
        Write-Verbose -Message $call.Summary
        Write-VcdNotice -Notice $call.TakeNotices()
        $content = if (-not $call.Failure) { $call.ReadContent() }
        if ($call.Failure) {
            Write-VcdError -Record $call.ErrorRecord -Cmdlet $Cmdlet
            return
        }
        $content.PSObject.TypeNames.Insert(0, 'VcdRest.Task')
        $content
    } catch {
        throw
    } finally {
        # This cancels the wait where it is interrupted, and the task where that was asked for.
        $call.Dispose()
        if ($shown -ge 0) {
            Write-Progress -Activity $activity -Completed
        }
    }
}
