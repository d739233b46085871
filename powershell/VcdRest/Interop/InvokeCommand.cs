namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.IO;
    using System.Management.Automation;
    using System.Runtime.CompilerServices;
    using System.Xml;

    /// <summary>Invoke-VcdRestMethod.</summary>
    internal sealed class InvokeCommand : ListCommand
    {
        /// <summary>The functions that have saved an answer: one runs once for all that comes through its pipeline.</summary>
        private static readonly ConditionalWeakTable<PSCmdlet, Saving> Saved = new ConditionalWeakTable<PSCmdlet, Saving>();

        /// <summary>That it was saved.</summary>
        private sealed class Saving
        {
        }

        internal InvokeCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            Session session = FindSession();
            Request request = Make();
            Tenant tenant = FindTenant(session, true);
            request.TenantContext = tenant.Context;
            string outFile = Text("OutFile");
            bool all = Switch("All");
            bool raw = Switch("Raw");
            bool reads = request.Method == "GET" || request.Method == "HEAD" || request.Method == "OPTIONS";
            if (all && (outFile != null || request.Method != "GET"))
            {
                throw Failure.Argument("-All is for GET, and not for -OutFile.");
            }
            CheckVariable("ResponseHeadersVariable");
            CheckVariable("StatusCodeVariable");
            if (Switch("Resume") && outFile == null)
            {
                throw Failure.Argument("-Resume is for -OutFile: it goes on with what an earlier download has left.");
            }
            outFile = outFile == null ? null : SavedContent.Target(FilePath(outFile, "-OutFile"));
            request.OutputFile = outFile;
            request.Resume = Switch("Resume");
            if (!reads && !Cmdlet.ShouldProcess(session.Server, request.Description))
            {
                yield break;
            }
            if (outFile != null)
            {
                Saving once;
                if (Saved.TryGetValue(Cmdlet, out once))
                {
                    throw Failure.Argument("The file '" + outFile + "' (-OutFile) has the answer for what came through the pipeline before, and another would take its place. Give each its own: ... | ForEach-Object { Invoke-VcdRestMethod ... -OutFile \"$($_.name).json\" }.");
                }
                Saved.Add(Cmdlet, new Saving());
            }
            if (all)
            {
                foreach (Call page in EachPage(session, request))
                {
                    SetVariable("ResponseHeadersVariable", page);
                    SetVariable("StatusCodeVariable", page);
                    object content = raw ? page.ReadText() : page.ReadContent();
                    if (page.Failure != null)
                    {
                        throw page.Failure;
                    }
                    yield return tenant.Note(content);
                }
                yield break;
            }
            using (Call call = session.Start(request))
            {
                AwaitTransfer(call, request);
                SetVariable("ResponseHeadersVariable", call);
                SetVariable("StatusCodeVariable", call);
                object content = call.Failure == null && outFile == null && !raw ? call.ReadContent() : null;
                if (call.Failure != null)
                {
                    throw call.Failure;
                }
                if (outFile != null)
                {
                    // The library saves good answers. With -SkipHttpErrorCheck the others are wanted as well.
                    if (call.StatusCode >= 300 && call.ReadBytes().Length > 0)
                    {
                        SavedContent.Save(call, outFile);
                    }
                    yield break;
                }
                string cutOff = Pages.CutOff(request, call, content);
                if (cutOff != null && session.WarnsOfCutOff())
                {
                    Cmdlet.WriteWarning(cutOff + " (This is said once per session.)");
                }
                yield return tenant.Note(raw ? call.ReadText() : content);
            }
        }

        /// <summary>Waits for a call, and shows how much of a file has gone or come.</summary>
        private void AwaitTransfer(Call call, Request request)
        {
            bool shows = false;
            long size = string.IsNullOrEmpty(request.BodyFile) ? 0 : new FileInfo(request.BodyFile).Length - request.BodyOffset;
            if (size > 0 || !string.IsNullOrEmpty(request.OutputFile))
            {
                while (!call.Wait(100))
                {
                    if (Cmdlet.Stopping)
                    {
                        throw new PipelineStoppedException();
                    }
                    shows = true;
                    bool goes = call.BytesReceived == 0 && size > 0;
                    long done = goes ? call.BytesSent : call.BytesReceived;
                    Transfer(request, done, goes ? size : call.BytesExpected, false);
                }
            }
            Await(call);
            if (shows)
            {
                Transfer(request, 0, 0, true);
            }
        }

        private void Transfer(Request request, long done, long size, bool completed)
        {
            string text = string.Format(CultureInfo.InvariantCulture, "{0:n1} MiB", done / 1048576.0)
                + (size > 0 ? string.Format(CultureInfo.InvariantCulture, " of {0:n1} MiB", size / 1048576.0) : string.Empty);
            ProgressRecord record = new ProgressRecord(0, request.Description, text);
            record.PercentComplete = size > 0 ? (int)Math.Min(100, 100 * done / size) : -1;
            record.RecordType = completed ? ProgressRecordType.Completed : ProgressRecordType.Processing;
            Cmdlet.WriteProgress(record);
        }

        private Request Make()
        {
            // As it was written: a URI object shows itself with some escapes undone.
            Uri uri = (Uri)Given("Uri");
            string method = Text("Method") ?? "GET";
            method = method.Equals("Default", StringComparison.OrdinalIgnoreCase) ? "GET" : method.ToUpperInvariant();
            Request request = new Request(method, uri.OriginalString);
            Target = request.Description;
            request.Headers = (IDictionary)Given("Headers");
            request.ContentType = Text("ContentType");
            request.ApiVersion = Text("ApiVersion");
            request.TimeoutSec = Number("TimeoutSec");
            request.MaximumRetryCount = Number("MaximumRetryCount");
            request.RetryIntervalSec = Number("RetryIntervalSec");
            request.AcceptAnyStatus = Switch("SkipHttpErrorCheck");
            IDictionary query = (IDictionary)Given("Query");
            if (query != null)
            {
                request.Uri = Query.Append(request.Uri, query);
            }
            SetBody(request);
            request.MinimumApiVersion = Text("MinimumApiVersion");
            request.WaitBusy = Switch("WaitBusy");
            request.RequestId = Text("RequestId");
            request.RetryPutDelete = Switch("RetryPutDelete");
            request.AuthContext = Text("AuthContext");
            return request;
        }

        /// <summary>An organization, unless it is the thing that is asked for.</summary>
        protected override bool IsTenant(object item)
        {
            PSObject thing = item as PSObject;
            PSPropertyInfo href = thing == null ? null : thing.Properties["href"];
            bool isTarget = href != null && (href.Value as string) == ((Uri)Given("Uri")).OriginalString;
            return !isTarget && base.IsTenant(item);
        }

        private void SetBody(Request request)
        {
            object body = Given("Body");
            string inFile = Text("InFile");
            if (inFile == null && IsGiven("InFileOffset"))
            {
                throw Failure.Argument("-InFileOffset is for -InFile: it says with which byte of the file to begin.");
            }
            if (inFile != null)
            {
                if (body != null)
                {
                    throw Failure.Argument("-Body and -InFile exclude each other.");
                }
                string path = FilePath(inFile, "-InFile");
                try
                {
                    using (FileStream file = File.OpenRead(path))
                    {
                        request.BodyFile = path;
                        request.BodyOffset = (long)(Given("InFileOffset") ?? 0L);
                        if (request.BodyOffset > file.Length)
                        {
                            throw Failure.Argument(string.Format(
                                CultureInfo.InvariantCulture, "The file '{0}' (-InFile) has {1} bytes; -InFileOffset {2} lies behind its end.", path, file.Length, request.BodyOffset));
                        }
                    }
                }
                catch (Exception exception)
                {
                    if (exception is VcdException)
                    {
                        throw;
                    }
                    throw new VcdException(
                        Status.Argument, "The file '" + path + "' (-InFile) cannot be read: " + exception.Message, exception);
                }
                return;
            }
            if (body != null)
            {
                SetBody(request, body);
            }
        }

        private void SetBody(Request request, object body)
        {
            object bare = Unwrap(body);
            if (!(bare is string || bare is byte[] || bare is XmlNode))
            {
                Unsendable.Refuse(body);
            }
            if (request.Method == "GET" && (bare is IDictionary || bare is PSCustomObject))
            {
                request.Uri = Query.Append(request.Uri, bare as IDictionary ?? Properties(body));
            }
            else if (bare is IDictionary && IsForm(request.ContentType))
            {
                request.Body = Query.Append(string.Empty, (IDictionary)bare).TrimStart('?');
            }
            else if (bare is string || bare is byte[] || bare is XmlNode)
            {
                request.Body = bare;
            }
            else
            {
                request.Body = Json.Write(Cmdlet, body);
            }
        }

        private static bool IsForm(string contentType)
        {
            return contentType != null
                && contentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
        }

        private static IDictionary Properties(object value)
        {
            IDictionary all = new System.Collections.Specialized.OrderedDictionary();
            foreach (PSPropertyInfo property in PSObject.AsPSObject(value).Properties)
            {
                all[property.Name] = property.Value;
            }
            return all;
        }

        /// <summary>Finds out before anything is sent that a variable cannot be written.</summary>
        private void CheckVariable(string parameter)
        {
            string name = Text(parameter);
            PSVariable variable = name == null ? null : Cmdlet.SessionState.PSVariable.Get(name);
            if (variable != null && (variable.Options & (ScopedItemOptions.ReadOnly | ScopedItemOptions.Constant)) != 0)
            {
                throw Failure.Argument("The variable '" + name + "' (-" + parameter + ") cannot be written.");
            }
        }

        private void SetVariable(string parameter, Call call)
        {
            string name = Text(parameter);
            if (name == null)
            {
                return;
            }
            try
            {
                object value = parameter == "StatusCodeVariable" ? (object)call.StatusCode : call.Headers;
                Cmdlet.SessionState.PSVariable.Set(name, value);
            }
            catch (Exception exception)
            {
                throw new VcdException(
                    Status.Argument,
                    string.Format(
                        CultureInfo.InvariantCulture,
                        "The variable '{0}' (-{1}) cannot be written: {2} The request was sent, and its HTTP status is {3}.",
                        name,
                        parameter,
                        exception.Message,
                        call.StatusCode),
                    exception);
            }
        }
    }
}
