namespace VcdRest.Abi1
{
    using System;
    using System.Runtime.InteropServices;

    /// <summary>
    /// A handle of the library, freed when nobody has it any more. The library looks handles up, so that one that was
    /// freed meanwhile is an error there and nothing worse: its value may be used without counting references. What the
    /// library lends of it is another matter: who reads that keeps the handle alive until it is read.
    /// </summary>
    internal abstract class Handle : SafeHandle
    {
        protected Handle(IntPtr value)
            : base(IntPtr.Zero, true)
        {
            SetHandle(value);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        /// <summary>The number to hand to the library; zero when it was freed.</summary>
        internal IntPtr Value
        {
            get { return IsClosed ? IntPtr.Zero : handle; }
        }
    }

    /// <summary>A vcd_client.</summary>
    internal sealed class ClientHandle : Handle
    {
        internal ClientHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.vcd_client_free(handle);
            return true;
        }
    }

    /// <summary>A vcd_call; what runs is cancelled.</summary>
    internal sealed class CallHandle : Handle
    {
        internal CallHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.vcd_call_free(handle);
            return true;
        }
    }
}
