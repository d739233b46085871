# Waits for a call that is not on the way of every request. The wait is cut into slices, between which Ctrl+C works;
# whoever started the call disposes of it, and so cancels it.
function Complete-VcdCall {
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object] $Call
    )

    $turns = 0
    while (-not $Call.Wait(100)) {
        $turns++
    }
    Write-Verbose -Message $Call.Summary
    Write-VcdNotice -Notice $Call.TakeNotices()
}
