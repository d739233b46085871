namespace VcdRest.Abi1
{
    using System;
    using System.Runtime.InteropServices;

    /// <summary>
    /// The functions of include/vcdrest.h, one to a line, less those that call back: native threads never call managed
    /// code. Texts are UTF-8 with a NUL at the end (see Utf8), lengths are UIntPtr, handles are IntPtr. The library is
    /// found by Library.Bind, never by its name.
    /// </summary>
    internal static class Native
    {
        /// <summary>VCD_ABI_MAJOR of the header that this table was written from.</summary>
        internal const int AbiMajor = 1;

        private const string Name = "vcdrest";
        private const CallingConvention C = CallingConvention.Cdecl;

        // library
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern uint vcd_abi_version();
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern IntPtr vcd_version();
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern IntPtr vcd_status_name(int status);

        // error
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_error_code(IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern IntPtr vcd_error_message(IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_error_get_int(IntPtr error, int field, out long value);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_error_get_text(IntPtr error, int field, out IntPtr text, out UIntPtr length);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern void vcd_error_free(IntPtr error);

        // client
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_client_new(byte[] server, out IntPtr client, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern void vcd_client_free(IntPtr client);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_client_set_int(IntPtr client, int option, long value, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_client_set_text(IntPtr client, int option, byte[] value, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_client_get_int(IntPtr client, int field, out long value, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_client_copy_text(IntPtr client, int field, byte[] buffer, UIntPtr capacity, out UIntPtr needed, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_client_take_notice(IntPtr client, out int code, byte[] buffer, UIntPtr capacity, out UIntPtr needed, out IntPtr error);

        // call
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_new(IntPtr client, byte[] method, byte[] uri, out IntPtr call, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_sign_in_new(IntPtr client, int grant, byte[] org, byte[] user, byte[] secret, out IntPtr call, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_sign_out_new(IntPtr client, out IntPtr call, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_operation_new(IntPtr client, int operation, out IntPtr call, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_set_header(IntPtr call, byte[] name, byte[] value, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_set_body(IntPtr call, byte[] data, UIntPtr length, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_set_int(IntPtr call, int option, long value, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_set_text(IntPtr call, int option, byte[] value, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_start(IntPtr call, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_wait(IntPtr call, uint timeoutMs, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_wait_any(IntPtr[] calls, UIntPtr count, uint timeoutMs, out UIntPtr index, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_cancel(IntPtr call);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_get_int(IntPtr call, int field, out long value, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_get_text(IntPtr call, int field, out IntPtr text, out UIntPtr length, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_find_header(IntPtr call, byte[] name, out IntPtr value, out UIntPtr length, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_header_at(IntPtr call, UIntPtr index, out IntPtr name, out UIntPtr nameLength, out IntPtr value, out UIntPtr valueLength, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_body(IntPtr call, out IntPtr data, out UIntPtr length, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_call_take_notice(IntPtr call, out int code, byte[] buffer, UIntPtr capacity, out UIntPtr needed, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern void vcd_call_free(IntPtr call);

        // pages
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_pages_new(IntPtr call, out IntPtr pages, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_pages_set_int(IntPtr pages, int option, long value, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_pages_next(IntPtr pages, uint timeoutMs, out IntPtr call, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_pages_get_int(IntPtr pages, int field, out long value, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern void vcd_pages_free(IntPtr pages);

        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_log_to_file(byte[] path, int maxLevel, out IntPtr error);

        // everyday calls, which block: here for completeness, the module waits in slices instead
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_sign_in(IntPtr client, byte[] org, byte[] apiToken, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_sign_out(IntPtr client, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_get(IntPtr client, byte[] uri, out IntPtr call, out IntPtr error);
        [DllImport(Name, CallingConvention = C, ExactSpelling = true)] internal static extern int vcd_request(IntPtr client, byte[] method, byte[] uri, byte[] contentType, byte[] body, UIntPtr bodyLength, out IntPtr call, out IntPtr error);
    }
}
