# As Get-VcdPathProblem, by access control lists.
function Get-VcdWindowsPathProblem {
    [CmdletBinding()]
    [OutputType([string])]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Path
    )

    $isFolder = [System.IO.Directory]::Exists($Path)
    $item = if ($isFolder) { New-Object -TypeName System.IO.DirectoryInfo -ArgumentList $Path } else { New-Object -TypeName System.IO.FileInfo -ArgumentList $Path }
    $list = if ($PSVersionTable.PSEdition -eq 'Desktop') { $item.GetAccessControl() } else { [System.IO.FileSystemAclExtensions]::GetAccessControl($item) }
    $sid = [System.Security.Principal.SecurityIdentifier]
    # This user, SYSTEM, the administrators (who own what an elevated user makes), and two that stand for the owner.
    $trusted = @([System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value, 'S-1-5-18', 'S-1-5-32-544', 'S-1-3-0', 'S-1-3-4')
    if ($trusted -notcontains $list.GetOwner($sid).Value) {
        return "$Path belongs to another user"
    }
    $write = [System.Security.AccessControl.FileSystemRights]'WriteData, AppendData, WriteExtendedAttributes, WriteAttributes, Delete, DeleteSubdirectoriesAndFiles, ChangePermissions, TakeOwnership'
    foreach ($rule in $list.GetAccessRules($true, $true, $sid)) {
        if ($rule.AccessControlType -eq 'Allow' -and ($rule.FileSystemRights -band $write) -and $trusted -notcontains $rule.IdentityReference.Value) {
            return "$Path can be written by $($rule.IdentityReference.Value)"
        }
    }
}
