# Compiles the interop: into a file, or in memory, and then the assembly is returned.
function Add-VcdInteropType {
    [CmdletBinding()]
    [OutputType([System.Reflection.Assembly])]
    param (
        [Parameter(Mandatory = $true)]
        [string] $Source,

        [string] $OutputAssembly
    )

    $arguments = @{
        TypeDefinition = $Source
        Language       = 'CSharp'
        ErrorAction    = 'Stop'
    }
    if ($PSVersionTable.PSEdition -eq 'Desktop') {
        # PowerShell 7 refers to everything by itself, and to nothing else once something is named.
        $arguments['ReferencedAssemblies'] = 'System.Core', 'System.Xml'
    }
    if ($OutputAssembly) {
        Add-Type @arguments -OutputAssembly $OutputAssembly -OutputType Library
    } else {
        return (Add-Type @arguments -PassThru)[0].Assembly
    }
}
