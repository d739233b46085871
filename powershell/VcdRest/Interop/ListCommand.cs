namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;

    /// <summary>A command that gives out the items of lists, page by page.</summary>
    internal abstract class ListCommand : Command
    {
        /// <summary>What is asked of the server at once, where the order is fixed.</summary>
        private const int InFlight = 4;

        internal ListCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        /// <summary>Whether the last list has ended with an error, which was reported.</summary>
        protected bool HasFailed { get; private set; }

        /// <summary>
        /// The items of a list, one by one and in order: one page of them is kept. Whoever needs no more of them goes away,
        /// and what is under way is cancelled.
        /// </summary>
        protected IEnumerable<object> Items(Session session, Request request)
        {
            HasFailed = false;
            bool showsProgress = false;
            PageList list = session.List(request, InFlight);
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
                    if (page == null)
                    {
                        if (list.Failure != null)
                        {
                            HasFailed = true;
                            Cmdlet.WriteError(list.ErrorRecord);
                        }
                        yield break;
                    }
                    Await(page);
                    IList items = page.Failure == null ? list.ReadItems() : null;
                    if (page.Failure != null)
                    {
                        HasFailed = true;
                        Cmdlet.WriteError(page.ErrorRecord);
                        yield break;
                    }
                    if (list.Count > 1)
                    {
                        showsProgress = true;
                        Progress(list.Done, list.Count);
                    }
                    foreach (object item in items)
                    {
                        yield return item;
                    }
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
