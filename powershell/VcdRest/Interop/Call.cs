namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Diagnostics;
    using System.Globalization;
    using System.Management.Automation;
    using System.Runtime.InteropServices;

    /// <summary>
    /// One exchange with the server. Starting it, waiting for it and reading its content throw nothing: Failure tells,
    /// when Wait has returned true. Dispose cancels what still runs.
    /// </summary>
    public sealed partial class Call : IDisposable
    {
        private const int KeptSize = 1048576;

        [ThreadStatic]
        private static byte[] buffer;

        private readonly Session session;
        private Stopwatch clock = Stopwatch.StartNew();
        private CallHandle handle;
        private bool finished;
        private Dictionary<string, IEnumerable<string>> headers;

        private Call(Session session, string description)
        {
            this.session = session;
            Description = description;
        }

        /// <summary>What an error is about.</summary>
        public string Description { get; private set; }

        /// <summary>Why the call failed; null while it runs, and when it went well.</summary>
        public VcdException Failure { get; private set; }

        /// <summary>The HTTP status, 0 where there is none.</summary>
        public int StatusCode
        {
            get { return (int)Number(CallField.HttpStatus); }
        }

        /// <summary>The headers of the answer, of the type and with the look-up that Invoke-RestMethod gives them.</summary>
        public Dictionary<string, IEnumerable<string>> Headers
        {
            get { return headers ?? (headers = ReadHeaders()); }
        }

        /// <summary>Whether the answer has a header of this name. Spares reading them all.</summary>
        internal bool HasHeader(string name)
        {
            IntPtr value;
            UIntPtr length;
            IntPtr error;
            int status = Native.vcd_call_find_header(handle.Value, Utf8.Bytes(name), out value, out length, out error);
            Native.vcd_error_free(error);
            GC.KeepAlive(handle);
            return status == Status.Ok;
        }

        /// <summary>A line for -Verbose.</summary>
        public string Summary
        {
            get
            {
                int status = StatusCode;
                string id = Text(CallField.RequestId);
                return string.Format(
                    CultureInfo.InvariantCulture,
                    "{0}: {1}, {2:0} ms{3}",
                    Description,
                    status == 0 ? (Failure == null ? "done" : Failure.Code) : status.ToString(CultureInfo.InvariantCulture),
                    clock.Elapsed.TotalMilliseconds,
                    id == null ? string.Empty : ", request id " + id);
            }
        }

        /// <summary>Sends a request and waits at most so long.</summary>
        internal static Call Start(Session session, Request request, int waitMs)
        {
            Call call = new Call(session, request.Description);
            call.Run(() => call.Prepare(request), waitMs);
            return call;
        }

        /// <summary>Signs in, or out, with a call that `make` makes.</summary>
        internal static Call Start(Session session, string description, Maker make, int waitMs)
        {
            Call call = new Call(session, description);
            call.Run(() => call.Adopt(make), waitMs);
            return call;
        }

        internal delegate int Maker(out IntPtr call, out IntPtr error);

        private void Run(Action prepare, int waitMs)
        {
            try
            {
                prepare();
                IntPtr error;
                VcdException.Check(Native.vcd_call_start(handle.Value, out error), error);
            }
            catch (Exception exception)
            {
                Failure = VcdException.Of(exception);
                finished = true;
                return;
            }
            if (waitMs > 0)
            {
                Wait(waitMs);
            }
        }

        private void Adopt(Maker make)
        {
            IntPtr value;
            IntPtr error;
            VcdException.Check(make(out value, out error), error);
            handle = new CallHandle(value);
        }

        private void Prepare(Request request)
        {
            IntPtr client = session.Client;
            byte[] method = Utf8.Bytes(request.Method);
            byte[] uri = Utf8.Bytes(request.Uri);
            Adopt((out IntPtr call, out IntPtr error) => Native.vcd_call_new(client, method, uri, out call, out error));
            GC.KeepAlive(session);
            string contentType = request.ContentType;
            if (request.Headers != null)
            {
                foreach (DictionaryEntry header in request.Headers)
                {
                    string name = Convert.ToString(header.Key, CultureInfo.InvariantCulture);
                    string value = HeaderValue(header.Value);
                    if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                    {
                        contentType = string.IsNullOrEmpty(contentType) ? value : contentType;
                    }
                    else
                    {
                        SetHeader(name, value);
                    }
                }
            }
            if (request.Body != null)
            {
                SetBody(request.Body, contentType);
            }
            else if (!string.IsNullOrEmpty(request.BodyFile))
            {
                SetText(CallOption.ContentType, string.IsNullOrEmpty(contentType) ? Content.TypeOfFile(request.Uri, session.Server) : contentType);
            }
            SetText(CallOption.ApiVersion, request.ApiVersion);
            SetNumber(CallOption.TimeoutMs, Session.Milliseconds(request.TimeoutSec));
            SetNumber(CallOption.ReadTimeoutMs, Session.ReadMilliseconds(request.TimeoutSec));
            SetNumber(CallOption.MaxRetries, request.MaximumRetryCount);
            SetNumber(CallOption.RetryIntervalMs, request.RetryIntervalSec < 0 ? -1 : request.RetryIntervalSec * 1000);
            SetNumber(CallOption.AcceptAnyStatus, request.AcceptAnyStatus ? 1 : -1);
            PrepareRest(request);
        }

        private static string HeaderValue(object value)
        {
            PSObject wrapped = value as PSObject;
            value = wrapped == null ? value : wrapped.BaseObject;
            IEnumerable several = value is string ? null : value as IEnumerable;
            if (several == null)
            {
                return Convert.ToString(value, CultureInfo.InvariantCulture);
            }
            List<string> parts = new List<string>();
            foreach (object part in several)
            {
                parts.Add(HeaderValue(part));
            }
            return string.Join(", ", parts.ToArray());
        }

        private void SetHeader(string name, string value)
        {
            IntPtr error;
            VcdException.Check(
                Native.vcd_call_set_header(handle.Value, Utf8.Bytes(name), Utf8.Bytes(value), out error), error);
        }

        private void SetBody(object body, string contentType)
        {
            contentType = string.IsNullOrEmpty(contentType) ? Content.TypeOf(body) : contentType;
            byte[] bytes = Content.Bytes(body, contentType);
            IntPtr error;
            VcdException.Check(
                Native.vcd_call_set_body(handle.Value, bytes, (UIntPtr)(uint)bytes.Length, out error), error);
            SetText(CallOption.ContentType, contentType);
        }

        private void SetText(int option, string value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                IntPtr error;
                VcdException.Check(Native.vcd_call_set_text(handle.Value, option, Utf8.Bytes(value), out error), error);
            }
        }

        private void SetNumber(int option, long value)
        {
            if (value >= 0)
            {
                IntPtr error;
                VcdException.Check(Native.vcd_call_set_int(handle.Value, option, value, out error), error);
            }
        }

        /// <summary>Waits at most so long and returns whether the call has finished.</summary>
        public bool Wait(int milliseconds)
        {
            if (finished)
            {
                return true;
            }
            try
            {
                IntPtr error;
                int status = Native.vcd_call_wait(handle.Value, (uint)milliseconds, out error);
                GC.KeepAlive(handle);
                if (status == Status.Pending)
                {
                    return false;
                }
                End(status, error);
            }
            catch (Exception exception)
            {
                Failure = VcdException.Of(exception);
            }
            finished = true;
            clock.Stop();
            return true;
        }

        private void End(int status, IntPtr error)
        {
            if (status != Status.Ok)
            {
                Failure = Judge(VcdException.Take(status, error));
            }
        }

        /// <summary>Adds the answer to a failure, where there was one.</summary>
        private VcdException Judge(VcdException failure)
        {
            if (failure.Status == Status.Truncated && Json.EndsEarly(ReadText()))
            {
                failure = failure.As(
                    Status.Json, "The answer is no valid JSON: something follows its end. Use -Raw with -SkipHttpErrorCheck to look at it.");
            }
            int code = StatusCode;
            if (code != 0)
            {
                return failure.With(new VcdResponse(code, Text(CallField.Reason), Headers, failure.ResponseBody));
            }
            return failure.StatusCode.HasValue
                ? failure.With(new VcdResponse((int)failure.StatusCode.Value, null, Headers, failure.ResponseBody))
                : failure;
        }

        /// <summary>The failure as PowerShell shows it.</summary>
        public ErrorRecord ErrorRecord
        {
            get { return Abi1.Failure.Record(Failure, Description); }
        }

        /// <summary>The body as objects, as a document, or as text. Where that cannot be done, Failure tells.</summary>
        public object ReadContent()
        {
            try
            {
                string type = Text(CallField.ContentType);
                object value;
                if (Content.IsJson(type) && TryReadJson(out value))
                {
                    return value;
                }
                string text = ReadText();
                return text.Length > 0 && Content.IsJson(type) ? Json.Read(text) : Content.Read(text, type);
            }
            catch (Exception exception)
            {
                Failure = VcdException.Of(exception).With(
                    new VcdResponse(StatusCode, Text(CallField.Reason), Headers, ReadText()));
                return null;
            }
        }

        /// <summary>The body as the objects that it stands for, where all of it is JSON of the plain kind.</summary>
        private bool TryReadJson(out object value)
        {
            IntPtr data;
            UIntPtr length;
            value = null;
            if (!Body(out data, out length) || length == UIntPtr.Zero)
            {
                return false;
            }
            int size = checked((int)length.ToUInt64());
            // One array serves all that a thread reads, but for what is so large that it should not be kept.
            byte[] bytes = size > KeptSize ? new byte[size] : buffer != null && buffer.Length >= size ? buffer : (buffer = new byte[size]);
            Marshal.Copy(data, bytes, 0, size);
            GC.KeepAlive(handle);
            return Json.TryRead(bytes, size, out value);
        }

        /// <summary>The body as text.</summary>
        public string ReadText()
        {
            IntPtr data;
            UIntPtr length;
            if (!Body(out data, out length))
            {
                return string.Empty;
            }
            string type = Text(CallField.ContentType);
            string text = Content.HasOtherCharset(type)
                ? Content.Decode(Utf8.Copy(data, length), type)
                : Utf8.Text(data, length);
            // The bytes are the call's.
            GC.KeepAlive(handle);
            return text;
        }

        /// <summary>The body as it came, decompressed.</summary>
        public byte[] ReadBytes()
        {
            IntPtr data;
            UIntPtr length;
            byte[] bytes = Body(out data, out length) ? Utf8.Copy(data, length) : new byte[0];
            GC.KeepAlive(handle);
            return bytes;
        }

        /// <summary>Takes the notices that the call and its session have.</summary>
        public Notice[] TakeNotices()
        {
            Notice[] ofSession = session.TakeNotices();
            if (handle == null)
            {
                return ofSession;
            }
            IntPtr call = handle.Value;
            Notice[] ofCall = Notice.TakeAll(
                (out int code, byte[] buffer, UIntPtr capacity, out UIntPtr needed, out IntPtr error) =>
                    Native.vcd_call_take_notice(call, out code, buffer, capacity, out needed, out error));
            GC.KeepAlive(handle);
            if (ofSession.Length == 0)
            {
                return ofCall;
            }
            List<Notice> all = new List<Notice>(ofSession);
            all.AddRange(ofCall);
            return all.ToArray();
        }

        /// <summary>Cancels the call if it runs, and frees it.</summary>
        public void Dispose()
        {
            if (handle != null)
            {
                handle.Dispose();
            }
        }

        private bool Body(out IntPtr data, out UIntPtr length)
        {
            data = IntPtr.Zero;
            length = UIntPtr.Zero;
            if (handle == null)
            {
                return false;
            }
            IntPtr error;
            int status = Native.vcd_call_body(handle.Value, out data, out length, out error);
            Native.vcd_error_free(error);
            return status == Status.Ok;
        }

        private long Number(int field)
        {
            if (handle == null)
            {
                return 0;
            }
            long value;
            IntPtr error;
            int status = Native.vcd_call_get_int(handle.Value, field, out value, out error);
            Native.vcd_error_free(error);
            GC.KeepAlive(handle);
            return status == Status.Ok ? value : 0;
        }

        private string Text(int field)
        {
            if (handle == null)
            {
                return null;
            }
            IntPtr text;
            UIntPtr length;
            IntPtr error;
            int status = Native.vcd_call_get_text(handle.Value, field, out text, out length, out error);
            Native.vcd_error_free(error);
            string copy = status == Status.Ok ? Utf8.Text(text, length) : null;
            // Until here the text was the call's.
            GC.KeepAlive(handle);
            return copy;
        }

        private Dictionary<string, IEnumerable<string>> ReadHeaders()
        {
            Dictionary<string, IEnumerable<string>> all =
                new Dictionary<string, IEnumerable<string>>(StringComparer.OrdinalIgnoreCase);
            long count = Number(CallField.HeaderCount);
            for (long index = 0; index < count; index++)
            {
                IntPtr name;
                UIntPtr nameLength;
                IntPtr value;
                UIntPtr valueLength;
                IntPtr error;
                int status = Native.vcd_call_header_at(
                    handle.Value, (UIntPtr)(ulong)index, out name, out nameLength, out value, out valueLength, out error);
                Native.vcd_error_free(error);
                if (status != Status.Ok)
                {
                    break;
                }
                string key = Utf8.Text(name, nameLength);
                IEnumerable<string> earlier;
                List<string> values = all.TryGetValue(key, out earlier) ? new List<string>(earlier) : new List<string>();
                values.Add(Utf8.Text(value, valueLength));
                all[key] = values.ToArray();
            }
            GC.KeepAlive(handle);
            return all;
        }
    }
}
