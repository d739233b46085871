# Says what a session or call has to say.
function Write-VcdNotice {
    [CmdletBinding()]
    param (
        [AllowEmptyCollection()]
        [object[]] $Notice
    )

    foreach ($one in $Notice) {
        if ($one.IsWarning) {
            Write-Warning -Message $one.Text
        } else {
            Write-Verbose -Message $one.Text
        }
    }
}
