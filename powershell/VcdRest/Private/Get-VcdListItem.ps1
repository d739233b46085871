# The items of a list, one by one and in order, page by page: no more than one page of them is kept. Whoever needs no more
# of them stops the pipeline, and what is under way is cancelled.
function Get-VcdListItem {
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object] $Session,

        [Parameter(Mandatory = $true)]
        [object] $Request,

        # How many pages are asked for at once, where the list has a fixed order.
        [int] $InFlight = 4,

        # What receives Failed = $true when an error was written.
        [hashtable] $Outcome = @{},

        # The command on whose behalf this is done.
        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    $activity = $Cmdlet.MyInvocation.MyCommand.Name
    $showsProgress = $false
    $list = $Session.List($Request, $InFlight)
    try {
        while ($true) {
            # A statement of PowerShell in each turn is what lets Ctrl+C in.
            $turns = 0
            while (-not $list.Wait(100)) {
                $turns++
            }
            $page = $list.Page
            if ($null -eq $page) {
                if ($list.Failure) {
                    $Outcome['Failed'] = $true
                    Write-VcdError -Record $list.ErrorRecord -Cmdlet $Cmdlet
                }
                return
            }
            Write-Verbose -Message $list.Summary
            $notices = $page.TakeNotices()
            if ($notices.Length -gt 0) {
                Write-VcdNotice -Notice $notices
            }
            $items = $null
            if (-not $page.Failure) {
                $items = $list.ReadItems()
            }
            if ($page.Failure) {
                $Outcome['Failed'] = $true
                Write-VcdError -Record $page.ErrorRecord -Cmdlet $Cmdlet
                return
            }
            if ($list.Count -gt 1) {
                $showsProgress = $true
                $percent = [System.Math]::Min(100, 100 * $list.Done / $list.Count)
                Write-Progress -Activity $activity -Status "$($list.Done) of $($list.Count) pages" -PercentComplete $percent
            }
            foreach ($item in $items) {
                $item
            }
        }
    } catch {
        # Within try, an exception ends the loop wherever it comes from.
        throw
    } finally {
        $list.Dispose()
        if ($showsProgress) {
            Write-Progress -Activity $activity -Completed
        }
    }
}
