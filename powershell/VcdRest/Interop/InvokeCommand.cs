namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.IO;
    using System.Management.Automation;
    using System.Xml;

    /// <summary>Invoke-VcdRestMethod.</summary>
    internal sealed class InvokeCommand : Command
    {
        internal InvokeCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            Session session = Sessions.Resolve(Given("Session"));
            Request request = Make();
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
            outFile = outFile == null ? null : SavedContent.Target(FilePath(outFile, "-OutFile"));
            if (!reads && !Cmdlet.ShouldProcess(session.Server, request.Description))
            {
                yield break;
            }

            // A server whose pages lead back to one that was there already would never end.
            Dictionary<string, bool> asked = all ? new Dictionary<string, bool>(StringComparer.Ordinal) : null;
            int pages = 0;
            string next = request.Uri;
            while (next != null)
            {
                request.Uri = next;
                next = null;
                using (Call call = session.Start(request))
                {
                    Await(call);
                    SetVariable("ResponseHeadersVariable", call);
                    SetVariable("StatusCodeVariable", call);
                    object content = null;
                    if (call.Failure == null && outFile == null && (!raw || all))
                    {
                        content = call.ReadContent();
                    }
                    if (call.Failure != null)
                    {
                        throw call.Failure;
                    }
                    if (outFile != null)
                    {
                        SavedContent.Save(call, outFile);
                        yield break;
                    }
                    if (all)
                    {
                        asked[request.Uri] = true;
                        pages++;
                        next = Pages.Next(session, request, call, content);
                        if (next != null && asked.ContainsKey(next))
                        {
                            next = null;
                        }
                        Progress(request, pages, Pages.PageCount(content), next == null);
                    }
                    else
                    {
                        string cutOff = Pages.CutOff(request, call, content);
                        if (cutOff != null && session.WarnsOfCutOff())
                        {
                            Cmdlet.WriteWarning(cutOff + " (This is said once per session.)");
                        }
                    }
                    yield return raw ? call.ReadText() : content;
                }
            }
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
            object tenant = Given("TenantContext");
            if (tenant != null)
            {
                request.TenantContext = Tenant.Id(tenant);
                if (request.TenantContext == null)
                {
                    throw Failure.Argument("-TenantContext has to be the id of an organization (a UUID, or urn:vcloud:org:UUID), or an object that has one. Get-VcdOrg finds it by name.");
                }
            }
            return request;
        }

        private void SetBody(Request request)
        {
            object body = Given("Body");
            string inFile = Text("InFile");
            if (inFile != null)
            {
                if (body != null)
                {
                    throw Failure.Argument("-Body and -InFile exclude each other.");
                }
                string path = FilePath(inFile, "-InFile");
                try
                {
                    request.Body = File.ReadAllBytes(path);
                }
                catch (Exception exception)
                {
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
            if (request.Method == "GET" && (bare is IDictionary || bare is PSCustomObject))
            {
                request.Uri = Query.Append(request.Uri, bare as IDictionary ?? Properties(body));
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
            catch (RuntimeException exception)
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

        private void Progress(Request request, int pages, long count, bool completed)
        {
            if (count > 1)
            {
                ProgressRecord record = new ProgressRecord(
                    0,
                    request.Description,
                    string.Format(CultureInfo.InvariantCulture, "{0} of {1} pages", pages, count));
                record.PercentComplete = (int)Math.Min(100, 100 * (long)pages / count);
                record.RecordType = completed ? ProgressRecordType.Completed : ProgressRecordType.Processing;
                Cmdlet.WriteProgress(record);
            }
        }
    }
}
