# Writes an error that does not end the command, unless the caller wants errors to end it: a module does not see the
# preference of the script that calls it.
function Write-VcdError {
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [System.Management.Automation.ErrorRecord] $Record,

        [Parameter(Mandatory = $true)]
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    # WriteError looks it up from where it is called. -ErrorAction of the command comes before it.
    $ErrorActionPreference = $Cmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference', 'Continue')
    $Cmdlet.WriteError($Record)
}
