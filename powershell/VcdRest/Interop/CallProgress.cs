namespace VcdRest.Abi1
{
    using System;

    /// <content>How far a call is; may be asked at any time.</content>
    public sealed partial class Call
    {
        /// <summary>Bytes of the body sent so far.</summary>
        public long BytesSent
        {
            get { return NumberOr(CallField.BytesSent, 0); }
        }

        /// <summary>Bytes of the answer received so far.</summary>
        public long BytesReceived
        {
            get { return NumberOr(CallField.BytesReceived, 0); }
        }

        /// <summary>Bytes of the answer to expect; -1 where the server does not say.</summary>
        public long BytesExpected
        {
            get { return NumberOr(CallField.BytesExpected, -1); }
        }

        /// <summary>How far the task is that is waited for, in percent; -1 where that is not known.</summary>
        public long TaskProgress
        {
            get { return NumberOr(CallField.TaskProgress, -1); }
        }

        private long NumberOr(int field, long otherwise)
        {
            if (handle == null)
            {
                return otherwise;
            }
            long value;
            IntPtr error;
            int status = Native.vcd_call_get_int(handle.Value, field, out value, out error);
            Native.vcd_error_free(error);
            return status == Status.Ok ? value : otherwise;
        }
    }
}
