// Signs in to Cloud Director with an API token and prints its organizations, as JSON. C# 5 and the library, nothing else:
// .NET Framework 4.7.2, .NET, and Add-Type in PowerShell compile it.
//
//     VCD_API_TOKEN=... orgs vcd.example.com Tyrell [ca.pem]
//
// The library (vcdrest.dll, libvcdrest.so) lies beside the program, or where the system looks for libraries.

using System;
using System.Runtime.InteropServices;
using System.Text;

/// <summary>A handle of the library that is freed once, also when an exception comes between.</summary>
public abstract class VcdHandle : SafeHandle
{
    protected VcdHandle() : base(IntPtr.Zero, true) { }

    public override bool IsInvalid { get { return handle == IntPtr.Zero; } }
}

public sealed class VcdClient : VcdHandle
{
    protected override bool ReleaseHandle() { Native.vcd_client_free(handle); return true; }
}

public sealed class VcdCall : VcdHandle
{
    protected override bool ReleaseHandle() { Native.vcd_call_free(handle); return true; }
}

/// <summary>What failed, why, and what to do, with the library's status.</summary>
public sealed class VcdFailure : Exception
{
    public VcdFailure(int status, string message) : base(message) { Status = status; }

    public int Status { get; private set; }

    /// <summary>Turns a status and its error object into an exception, unless all went well.</summary>
    public static void Check(int status, IntPtr error)
    {
        if (status == 0) // VCD_OK
        {
            return;
        }
        string message = Native.Text(Native.vcd_error_message(error));
        Native.vcd_error_free(error);
        throw new VcdFailure(status, message);
    }
}

/// <summary>What the header declares. size_t is UIntPtr, text is UTF-8 and never ANSI, borrowed text is IntPtr.</summary>
public static class Native
{
    public const uint AbiMajor = 1;
    public const int OptCaFile = 104; // VCD_OPT_CA_FILE
    private const string Library = "vcdrest";
    private const CallingConvention C = CallingConvention.Cdecl;
    private const UnmanagedType Utf8 = (UnmanagedType)48; // LPUTF8Str, which old reference assemblies lack

    [DllImport(Library, CallingConvention = C)] public static extern uint vcd_abi_version();
    [DllImport(Library, CallingConvention = C)] public static extern int vcd_client_new([MarshalAs(Utf8)] string server, out VcdClient client, out IntPtr error);
    [DllImport(Library, CallingConvention = C)] public static extern int vcd_client_set_text(VcdClient client, int option, [MarshalAs(Utf8)] string value, out IntPtr error);
    [DllImport(Library, CallingConvention = C)] public static extern void vcd_client_free(IntPtr client);
    [DllImport(Library, CallingConvention = C)] public static extern int vcd_sign_in(VcdClient client, [MarshalAs(Utf8)] string org, [MarshalAs(Utf8)] string token, out IntPtr error);
    [DllImport(Library, CallingConvention = C)] public static extern int vcd_sign_out(VcdClient client, out IntPtr error);
    [DllImport(Library, CallingConvention = C)] public static extern int vcd_get(VcdClient client, [MarshalAs(Utf8)] string uri, out VcdCall call, out IntPtr error);
    [DllImport(Library, CallingConvention = C)] public static extern int vcd_call_body(VcdCall call, out IntPtr data, out UIntPtr length, out IntPtr error);
    [DllImport(Library, CallingConvention = C)] public static extern void vcd_call_free(IntPtr call);
    [DllImport(Library, CallingConvention = C)] public static extern IntPtr vcd_error_message(IntPtr error);
    [DllImport(Library, CallingConvention = C)] public static extern void vcd_error_free(IntPtr error);

    /// <summary>A text that the library lends.</summary>
    public static string Text(IntPtr text)
    {
        int length = 0;
        while (Marshal.ReadByte(text, length) != 0)
        {
            length++;
        }
        return Text(text, length);
    }

    public static string Text(IntPtr data, int length)
    {
        byte[] bytes = new byte[length];
        Marshal.Copy(data, bytes, 0, length);
        return Encoding.UTF8.GetString(bytes);
    }
}

public static class Orgs
{
    public static int Main(string[] arguments)
    {
        string token = Environment.GetEnvironmentVariable("VCD_API_TOKEN");
        if (string.IsNullOrEmpty(token) || arguments.Length < 2 || arguments.Length > 3)
        {
            Console.Error.WriteLine("usage: VCD_API_TOKEN=... orgs SERVER ORG [CA-FILE]");
            return 2;
        }
        if (Native.vcd_abi_version() >> 16 != Native.AbiMajor)
        {
            Console.Error.WriteLine("the library speaks another ABI than this program");
            return 1;
        }
        try
        {
            Print(arguments[0], arguments[1], token, arguments.Length == 3 ? arguments[2] : null);
            return 0;
        }
        catch (VcdFailure failure)
        {
            Console.Error.WriteLine(failure.Message);
            return 1;
        }
    }

    private static void Print(string server, string org, string token, string caFile)
    {
        IntPtr error;
        VcdClient client;
        VcdFailure.Check(Native.vcd_client_new(server, out client, out error), error);
        using (client)
        {
            if (caFile != null)
            {
                VcdFailure.Check(Native.vcd_client_set_text(client, Native.OptCaFile, caFile, out error), error);
            }
            VcdFailure.Check(Native.vcd_sign_in(client, org, token, out error), error);
            VcdCall call;
            int status = Native.vcd_get(client, "/cloudapi/1.0.0/orgs", out call, out error);
            using (call) // there is one also after an HTTP error
            {
                VcdFailure.Check(status, error);
                IntPtr data;
                UIntPtr length;
                VcdFailure.Check(Native.vcd_call_body(call, out data, out length, out error), error);
                Console.WriteLine(Native.Text(data, checked((int)length.ToUInt64())));
            }
            Native.vcd_sign_out(client, out error); // ends the session on the server
            Native.vcd_error_free(error);
        }
    }
}
