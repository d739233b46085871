# The organizations without the module: PowerShell and the native library. Works in Windows PowerShell 5.1 and in 7.
param ([string] $Library = './libvcdrest.so', [string] $Server = $env:VCD_URL, [string] $Org = $env:VCD_ORG, [string] $CaFile)
$ErrorActionPreference = 'Stop'
$path = (Resolve-Path -LiteralPath $Library).ProviderPath
$type = Add-Type -PassThru -Namespace Demo -Name Vcd -MemberDefinition (@'
[DllImport("PATH")] public static extern uint vcd_abi_version();
[DllImport("PATH")] public static extern int vcd_client_new(byte[] server, out IntPtr client, out IntPtr error);
[DllImport("PATH")] public static extern int vcd_client_set_text(IntPtr client, int option, byte[] value, out IntPtr error);
[DllImport("PATH")] public static extern int vcd_sign_in(IntPtr client, byte[] org, byte[] token, out IntPtr error);
[DllImport("PATH")] public static extern int vcd_get(IntPtr client, byte[] uri, out IntPtr call, out IntPtr error);
[DllImport("PATH")] public static extern int vcd_call_body(IntPtr call, out IntPtr data, out UIntPtr length, out IntPtr error);
[DllImport("PATH")] public static extern int vcd_sign_out(IntPtr client, out IntPtr error);
[DllImport("PATH")] public static extern IntPtr vcd_error_message(IntPtr error);
[DllImport("PATH")] public static extern void vcd_error_free(IntPtr error);
[DllImport("PATH")] public static extern void vcd_call_free(IntPtr call);
[DllImport("PATH")] public static extern void vcd_client_free(IntPtr client);
'@.Replace('PATH', $path.Replace('\', '\\')).Replace('")]', '", CallingConvention = CallingConvention.Cdecl)]'))

function Bytes([string] $Text) { , [Text.Encoding]::UTF8.GetBytes("$Text`0") }
function Text([IntPtr] $At, [long] $Length) {
    if (-not $Length) { while ([Runtime.InteropServices.Marshal]::ReadByte($At, $Length)) { $Length++ } }
    $bytes = New-Object -TypeName byte[] -ArgumentList $Length
    [Runtime.InteropServices.Marshal]::Copy($At, $bytes, 0, $Length)
    [Text.Encoding]::UTF8.GetString($bytes)
}
function Check([int] $Status) { if ($Status) { throw (Text $type::vcd_error_message($failure)) } }
$client = $call = $failure = $data = [IntPtr]::Zero
$size = [UIntPtr]::Zero
if ($type::vcd_abi_version() -shr 16 -ne 1) { throw "$path speaks another ABI than this script" }
try {
    Check $type::vcd_client_new((Bytes $Server), [ref]$client, [ref]$failure)
    if ($CaFile) { Check $type::vcd_client_set_text($client, 104, (Bytes $CaFile), [ref]$failure) } # VCD_OPT_CA_FILE
    Check $type::vcd_sign_in($client, (Bytes $Org), (Bytes $env:VCD_API_TOKEN), [ref]$failure)
    Check $type::vcd_get($client, (Bytes '/cloudapi/1.0.0/orgs'), [ref]$call, [ref]$failure)
    Check $type::vcd_call_body($call, [ref]$data, [ref]$size, [ref]$failure)
    (Text $data $size.ToUInt64() | ConvertFrom-Json).values
    Check $type::vcd_sign_out($client, [ref]$failure)
} finally { $type::vcd_error_free($failure); $type::vcd_call_free($call); $type::vcd_client_free($client) }
