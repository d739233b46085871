namespace VcdRest.Abi1
{
    using System;
    using System.Collections.Generic;
    using System.Collections.ObjectModel;
    using System.Globalization;
    using System.Management.Automation;

    /// <summary>A command that gives out the items of lists, page by page.</summary>
    internal abstract class ListCommand : Command
    {
        /// <summary>What is asked of the server at once, where the order is fixed.</summary>
        private const int InFlight = 4;

        /// <summary>The same, when pages come more slowly than they are used.</summary>
        private const int MostInFlight = 8;

        internal ListCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        /// <summary>Whether the last list has ended with an error, which was reported.</summary>
        protected bool HasFailed { get; private set; }

        /// <summary>
        /// The organization to act in: what was given, a script block's value for what came through the pipeline, or an
        /// organization that came through it.
        /// </summary>
        protected Tenant FindTenant(Session session, bool always)
        {
            object given = Given("TenantContext");
            object item = Given("InputObject");
            ScriptBlock block = given == null ? null : Unwrap(given) as ScriptBlock;
            if (block != null)
            {
                List<PSVariable> variables = new List<PSVariable> { new PSVariable("_", item) };
                Collection<PSObject> values = block.InvokeWithContext(null, variables);
                given = values.Count == 0 ? string.Empty : values[0];
                return item == null ? Tenant.Of(given, session, always) : Tenant.From(given, session, always);
            }
            return given == null && IsTenant(item) ? Tenant.From(item, session, always) : Tenant.Of(given, session, always);
        }

        /// <summary>Whether what came through the pipeline is an organization to act in.</summary>
        protected virtual bool IsTenant(object item)
        {
            return Tenant.IsOrg(item);
        }

        /// <summary>Refuses what came through the pipeline and means nothing here.</summary>
        protected void CheckInput(string others)
        {
            object item = Given("InputObject");
            if (IsGiven("InputObject") && !IsTenant(item) && !(Unwrap(Given("TenantContext")) is ScriptBlock))
            {
                string found = item == null ? "null" : "a " + PSObject.AsPSObject(item).TypeNames[0];
                throw Failure.Argument("What comes through the pipeline has to be an organization to act in, as Get-VcdOrg returns it" + others + ", and this is " + found + ".");
            }
        }

        /// <summary>
        /// The items of a list, one by one and in order: one page of them is kept. Whoever needs no more of them goes away,
        /// and what is under way is cancelled. An error ends them and is reported.
        /// </summary>
        protected IEnumerable<object> Items(Session session, Request request)
        {
            HasFailed = false;
            foreach (Call page in EachPage(session, request, true))
            {
                foreach (object item in PageList.ReadItems(page))
                {
                    yield return item;
                }
                if (page.Failure != null)
                {
                    HasFailed = true;
                    Cmdlet.WriteError(page.ErrorRecord);
                    yield break;
                }
            }
        }

        /// <summary>The pages of a list, in order. An error ends them and the command.</summary>
        protected IEnumerable<Call> EachPage(Session session, Request request)
        {
            return EachPage(session, request, false);
        }

        private IEnumerable<Call> EachPage(Session session, Request request, bool reports)
        {
            bool showsProgress = false;
            PageList list = session.List(request, InFlight, MostInFlight);
            try
            {
                while (true)
                {
                    while (!list.Wait(100))
                    {
                        if (Cmdlet.Stopping)
                        {
                            throw new PipelineStoppedException();
                        }
                    }
                    Call page = list.Page;
                    if (page != null)
                    {
                        Await(page);
                    }
                    VcdException failure = page == null ? list.Failure : page.Failure;
                    if (failure != null)
                    {
                        if (!reports)
                        {
                            throw failure;
                        }
                        HasFailed = true;
                        Cmdlet.WriteError(page == null ? list.ErrorRecord : page.ErrorRecord);
                    }
                    if (page == null || failure != null)
                    {
                        yield break;
                    }
                    if (list.Count > 1)
                    {
                        showsProgress = true;
                        Progress(list.Done, list.Count);
                    }
                    yield return page;
                }
            }
            finally
            {
                list.Dispose();
                if (showsProgress && !Cmdlet.Stopping)
                {
                    Progress(-1, 0);
                }
            }
        }

        private void Progress(long done, long count)
        {
            string text = string.Format(CultureInfo.InvariantCulture, "{0} of {1} pages", Math.Max(done, 0), count);
            ProgressRecord record = new ProgressRecord(0, Cmdlet.MyInvocation.MyCommand.Name, text);
            record.RecordType = done < 0 ? ProgressRecordType.Completed : ProgressRecordType.Processing;
            record.PercentComplete = done < 0 ? -1 : (int)Math.Min(100, 100 * done / count);
            Cmdlet.WriteProgress(record);
        }
    }
}
