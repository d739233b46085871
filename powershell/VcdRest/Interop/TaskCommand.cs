namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;

    /// <summary>A command that waits for tasks.</summary>
    internal abstract class TaskCommand : Command
    {
        internal TaskCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        /// <summary>
        /// Waits for a task, shows how far it is, and returns it; null when it failed, which is reported. An interruption
        /// cancels the wait, and the task where that is asked for.
        /// </summary>
        protected PSObject WaitFor(Session session, string task, long timeoutMs, long pollMs, bool cancels)
        {
            Hashtable options = new Hashtable();
            options["Id"] = task;
            options["TimeoutMs"] = timeoutMs;
            options["PollIntervalMs"] = pollMs;
            options["CancelTask"] = cancels ? 1 : -1;
            long shown = -1;
            using (Call call = session.Operate("WaitTask", "Task " + task, options))
            {
                try
                {
                    while (!call.Wait(100))
                    {
                        if (Cmdlet.Stopping)
                        {
                            throw new PipelineStoppedException();
                        }
                        long now = call.TaskProgress;
                        if (now >= 0 && now != shown)
                        {
                            shown = now;
                            Progress(task, now);
                        }
                    }
                    Await(call);
                    object content = call.Failure == null ? call.ReadContent() : null;
                    if (call.Failure != null)
                    {
                        Cmdlet.WriteError(call.ErrorRecord);
                        return null;
                    }
                    PSObject item = PSObject.AsPSObject(content);
                    item.TypeNames.Insert(0, "VcdRest.Task");
                    return item;
                }
                finally
                {
                    if (shown >= 0 && !Cmdlet.Stopping)
                    {
                        Progress(task, -1);
                    }
                }
            }
        }

        private void Progress(string task, long percent)
        {
            ProgressRecord record = new ProgressRecord(0, Cmdlet.MyInvocation.MyCommand.Name, task);
            record.RecordType = percent < 0 ? ProgressRecordType.Completed : ProgressRecordType.Processing;
            record.PercentComplete = (int)Math.Min(100, percent);
            Cmdlet.WriteProgress(record);
        }
    }

    /// <summary>Wait-VcdTask.</summary>
    internal sealed class WaitTaskCommand : TaskCommand
    {
        private static bool IsNothing(object task)
        {
            string text = task == null ? string.Empty : Unwrap(task) as string;
            return text != null && text.Trim().Length == 0;
        }

        internal WaitTaskCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            Session session = FindSession();
            object poll = Given("PollIntervalSec");
            long pollMs = poll == null ? -1 : Math.Max(1, (long)(1000 * Convert.ToDouble(poll, CultureInfo.InvariantCulture)));
            foreach (object one in (object[])Given("Task") ?? new object[] { null })
            {
                if (IsNothing(one))
                {
                    Cmdlet.WriteError(Failure.Record(
                        Failure.Argument("There is no task in an answer without a body, which is what HTTP 202 brings: the task's address stands in the answer's header Location. Keep the headers and wait for them: Invoke-VcdRestMethod ... -ResponseHeadersVariable h; Wait-VcdTask $h."),
                        one));
                    continue;
                }
                List<string> tasks = TaskReference.Find(one);
                if (tasks.Count == 0)
                {
                    Cmdlet.WriteError(Failure.Record(
                        Failure.Argument("This is no task: it has no address with /task/ in it, no id urn:vcloud:task:UUID, and no header Location."),
                        one));
                }
                foreach (string task in tasks)
                {
                    Target = task;
                    PSObject ended = WaitFor(session, task, Session.Milliseconds(Number("TimeoutSec")), pollMs, Switch("CancelOnTimeout"));
                    if (ended != null)
                    {
                        yield return ended;
                    }
                }
            }
        }
    }
}
