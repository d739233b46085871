# Notes on an object where its new token is: in a file, or in the property ApiToken.
function Add-VcdNewSecret {
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [psobject] $InputObject,

        [AllowNull()]
        [securestring] $Secret,

        [AllowEmptyString()]
        [string] $TokenFile,

        [switch] $AsPlainText
    )

    if ($TokenFile) {
        $InputObject | Add-Member -MemberType NoteProperty -Name TokenFile -Value $TokenFile
    } elseif ($AsPlainText) {
        $credential = New-Object -TypeName System.Net.NetworkCredential -ArgumentList '', $Secret
        $InputObject | Add-Member -MemberType NoteProperty -Name ApiToken -Value $credential.Password
    } else {
        $InputObject | Add-Member -MemberType NoteProperty -Name ApiToken -Value $Secret
    }
}
