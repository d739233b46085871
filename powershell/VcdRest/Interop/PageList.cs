namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Diagnostics;
    using System.Management.Automation;

    /// <summary>
    /// The pages of a list, in order, one in memory at a time. Wait, look at Page, use it, dispose of it, and wait for the
    /// next one. Nothing here throws for what can go wrong on the way: Failure tells.
    /// </summary>
    internal sealed class PageList : IDisposable
    {
        /// <summary>What lists are called: of /cloudapi, and of the query service.</summary>
        private static readonly string[] Names = { "values", "record", "reference" };
        private static readonly object[] None = new object[0];

        private readonly Session session;
        private readonly string description;
        private readonly int most;
        private int inFlight;
        private bool goesAhead;
        private Stopwatch clock = Stopwatch.StartNew();
        private PagesHandle handle;

        /// <summary>At first so many pages are asked for at once, and more when they are waited for.</summary>
        internal PageList(Session session, Request request, int inFlight, int most)
        {
            this.session = session;
            description = request.Description;
            this.inFlight = inFlight;
            this.most = most;
            try
            {
                using (Call template = Call.Prepared(session, request))
                {
                    IntPtr pages;
                    IntPtr error;
                    VcdException.Check(Native.vcd_pages_new(template.NativeHandle, out pages, out error), error);
                    handle = new PagesHandle(pages);
                    GC.KeepAlive(template);
                }
            }
            catch (VcdException exception)
            {
                Failure = exception;
            }
        }

        /// <summary>Why there are no more pages, where the list has not come to its end; else null.</summary>
        public VcdException Failure { get; private set; }

        /// <summary>The failure as PowerShell shows it.</summary>
        public ErrorRecord ErrorRecord
        {
            get { return Abi1.Failure.Record(Failure, description); }
        }

        /// <summary>
        /// The page that Wait has brought, a finished call, which may have failed; null at the end, and after a Failure.
        /// </summary>
        public Call Page { get; private set; }

        /// <summary>How many items there are; -1 where that is not known.</summary>
        public long Total
        {
            get { return Number(PagesField.Total); }
        }

        /// <summary>How many pages there are; -1 where that is not known.</summary>
        public long Count
        {
            get { return Number(PagesField.Count); }
        }

        /// <summary>How many pages have come.</summary>
        public long Done
        {
            get { return Number(PagesField.Done); }
        }

        /// <summary>
        /// Waits at most so long for the next page, and returns whether the waiting is over. The page before is disposed
        /// of.
        /// </summary>
        public bool Wait(int milliseconds)
        {
            if (Page != null)
            {
                Release();
                clock = Stopwatch.StartNew();
                // Not before somebody wants more than the first page: whoever takes a few items asks for one page.
                goesAhead = true;
                Ask(inFlight);
            }
            if (Failure != null || handle == null)
            {
                return true;
            }
            IntPtr call;
            IntPtr error;
            int status = Native.vcd_pages_next(handle.Value, 0, out call, out error);
            if (status == Status.Pending)
            {
                if (goesAhead && inFlight < most)
                {
                    // What is done with a page takes less time than the server needs.
                    inFlight = most;
                    Ask(inFlight);
                }
                status = Native.vcd_pages_next(handle.Value, (uint)milliseconds, out call, out error);
            }
            if (status == Status.Pending)
            {
                return false;
            }
            if (call != IntPtr.Zero)
            {
                Page = Call.Finished(session, description, clock, call, status, error);
            }
            else if (status != Status.Ok && status != Status.End)
            {
                Failure = VcdException.Take(status, error);
            }
            return true;
        }

        /// <summary>The items of a page. Where it has none that can be read, its Failure tells.</summary>
        internal static IList ReadItems(Call page)
        {
            PSObject content = page.ReadContent() as PSObject;
            foreach (string name in Names)
            {
                PSPropertyInfo property = content == null ? null : content.Properties[name];
                IList items = property == null ? null : Command.Unwrap(property.Value) as IList;
                if (items != null)
                {
                    return items;
                }
            }
            if (page.Failure == null)
            {
                page.Refuse("The answer is no list: it has no 'values' and no 'record'. Invoke-VcdRestMethod shows what the server sent.");
            }
            return None;
        }

        /// <summary>Cancels what is under way, and frees it.</summary>
        public void Dispose()
        {
            Release();
            if (handle != null)
            {
                handle.Dispose();
            }
        }

        private void Ask(int pages)
        {
            IntPtr refused;
            Native.vcd_pages_set_int(handle.Value, PagesOption.InFlight, pages, out refused);
            Native.vcd_error_free(refused);
        }

        private void Release()
        {
            if (Page != null)
            {
                Page.Dispose();
                Page = null;
            }
        }

        private long Number(int field)
        {
            if (handle == null)
            {
                return -1;
            }
            long value;
            IntPtr error;
            int status = Native.vcd_pages_get_int(handle.Value, field, out value, out error);
            Native.vcd_error_free(error);
            return status == Status.Ok ? value : -1;
        }
    }

    /// <summary>A vcd_pages; what is under way is cancelled.</summary>
    internal sealed class PagesHandle : Handle
    {
        internal PagesHandle(IntPtr value)
            : base(value)
        {
        }

        protected override bool ReleaseHandle()
        {
            Native.vcd_pages_free(handle);
            return true;
        }
    }

    /// <content>Lists.</content>
    public sealed partial class Session
    {
        /// <summary>
        /// The list that a request gives; so many pages at once, where its order is fixed, and more when they are waited for.
        /// </summary>
        internal PageList List(Request request, int inFlight, int most)
        {
            return new PageList(this, request, inFlight, most);
        }
    }

    /// <content>Calls that pages are made of.</content>
    public sealed partial class Call
    {
        internal IntPtr NativeHandle
        {
            get { return handle.Value; }
        }

        /// <summary>A call that has not been started, and will not be.</summary>
        internal static Call Prepared(Session session, Request request)
        {
            Call call = new Call(session, request.Description);
            try
            {
                call.Prepare(request);
            }
            catch (VcdException)
            {
                call.Dispose();
                throw;
            }
            return call;
        }

        /// <summary>A call that the library has finished, and how it ended.</summary>
        internal static Call Finished(
            Session session, string description, Stopwatch clock, IntPtr value, int status, IntPtr error)
        {
            Call call = new Call(session, description);
            call.clock = clock;
            clock.Stop();
            call.handle = new CallHandle(value);
            call.finished = true;
            call.End(status, error);
            return call;
        }

        /// <summary>Makes a failure of a good answer that is not what was asked for.</summary>
        internal void Refuse(string message)
        {
            Failure = new VcdException(Status.Content, message).With(
                new VcdResponse(StatusCode, Text(CallField.Reason), Headers, ReadText()));
        }
    }
}
