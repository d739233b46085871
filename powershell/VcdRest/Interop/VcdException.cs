namespace VcdRest.Abi1
{
    using System;
    using System.Net;
    using System.Runtime.InteropServices;
    using System.Text.RegularExpressions;

    /// <summary>What is known about a failure. It never holds a secret.</summary>
    public sealed class VcdException : Exception
    {
        private const long MaxMilliseconds = long.MaxValue / TimeSpan.TicksPerMillisecond;

        internal VcdException(int status, string message)
            : base(message)
        {
            Status = status;
        }

        internal VcdException(int status, string message, Exception inner)
            : base(message, inner)
        {
            Status = status;
        }

        /// <summary>The vcd_status, such as 33.</summary>
        public int Status { get; private set; }

        /// <summary>Its name, such as VCD_ERR_TIMEOUT.</summary>
        public string Code
        {
            get { return Utf8.Text(Native.vcd_status_name(Status)); }
        }

        /// <summary>The HTTP status, where the server answered.</summary>
        public HttpStatusCode? StatusCode { get; private set; }

        /// <summary>The server's own code, such as ACCESS_TO_RESOURCE_IS_FORBIDDEN.</summary>
        public string MinorErrorCode { get; private set; }

        /// <summary>The server's own message.</summary>
        public string ServerMessage { get; private set; }

        /// <summary>The server's id of the request, to give to its operators.</summary>
        public string RequestId { get; private set; }

        /// <summary>The body of the answer, its first 64 KiB.</summary>
        public string ResponseBody { get; private set; }

        /// <summary>After how long the server asks to try again.</summary>
        public TimeSpan? RetryAfter { get; private set; }

        /// <summary>SHA-256 of the certificate that was refused.</summary>
        public string ServerFingerprint { get; private set; }

        /// <summary>The answer, as catch blocks written for Invoke-RestMethod read it; null where there was none.</summary>
        public VcdResponse Response { get; private set; }

        /// <summary>Takes over an error object of the library and frees it. Zero is an error that it did not explain.</summary>
        internal static VcdException Take(int status, IntPtr error)
        {
            if (error == IntPtr.Zero)
            {
                return new VcdException(status, "The library reports " + Utf8.Text(Native.vcd_status_name(status)) + ".");
            }
            try
            {
                VcdException exception = new VcdException(status, ForPowerShell(Utf8.Text(Native.vcd_error_message(error))));
                exception.MinorErrorCode = Text(error, ErrorField.ServerCode);
                exception.ServerMessage = Text(error, ErrorField.ServerMessage);
                exception.RequestId = Text(error, ErrorField.RequestId);
                exception.ResponseBody = Text(error, ErrorField.Body);
                exception.ServerFingerprint = Text(error, ErrorField.Fingerprint);
                long value;
                if (Native.vcd_error_get_int(error, ErrorField.HttpStatus, out value) == Abi1.Status.Ok && value != 0)
                {
                    exception.StatusCode = (HttpStatusCode)(int)value;
                }
                if (Native.vcd_error_get_int(error, ErrorField.RetryAfterMs, out value) == Abi1.Status.Ok)
                {
                    // A server may name any number; a TimeSpan ends at 29,000 years.
                    exception.RetryAfter = TimeSpan.FromTicks(Math.Max(0, Math.Min(value, MaxMilliseconds)) * TimeSpan.TicksPerMillisecond);
                }
                return exception;
            }
            finally
            {
                Native.vcd_error_free(error);
            }
        }

        /// <summary>The library's words without what is for programs in C.</summary>
        private static string ForPowerShell(string message)
        {
            return message.IndexOf("VCD_", StringComparison.Ordinal) < 0
                ? message
                : OfC.Replace(message.Replace("raise the limit (VCD_OPT_MAX_BODY_BYTES in C), ", string.Empty), string.Empty)
                    .Replace(" in PowerShell)", ")")
                    .Replace(" ()", string.Empty);
        }

        private static readonly Regex OfC = new Regex(
            "VCD_[A-Z_]+(?: and VCD_[A-Z_]+)* in C, |, VCD_[A-Z_]+(?: and VCD_[A-Z_]+)* in C(?=\\))|VCD_[A-Z_]+ in C(?=\\))", RegexOptions.CultureInvariant);

        /// <summary>Throws unless the status is VCD_OK.</summary>
        internal static void Check(int status, IntPtr error)
        {
            if (status != Abi1.Status.Ok)
            {
                throw Take(status, error);
            }
        }

        /// <summary>An exception as one of ours; what is none comes from a fault of this module.</summary>
        internal static VcdException Of(Exception exception)
        {
            return exception as VcdException
                ?? new VcdException(Abi1.Status.Internal, "VcdRest has a fault: " + exception.Message, exception);
        }

        /// <summary>The same answer, judged otherwise.</summary>
        internal VcdException As(int status, string message)
        {
            VcdException other = new VcdException(status, message);
            other.StatusCode = StatusCode;
            other.MinorErrorCode = MinorErrorCode;
            other.ServerMessage = ServerMessage;
            other.RetryAfter = RetryAfter;
            other.RequestId = RequestId;
            other.ResponseBody = ResponseBody;
            return other;
        }

        /// <summary>Adds the answer of the call that failed.</summary>
        internal VcdException With(VcdResponse response)
        {
            Response = response;
            return this;
        }

        private static string Text(IntPtr error, int field)
        {
            IntPtr text;
            UIntPtr length;
            return Native.vcd_error_get_text(error, field, out text, out length) == Abi1.Status.Ok
                ? Utf8.Text(text, length)
                : null;
        }
    }
}
