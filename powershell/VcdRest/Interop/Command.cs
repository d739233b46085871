namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Management.Automation;

    /// <summary>
    /// What a command of the module does, step by step. The function in PowerShell has the parameters and writes the
    /// output; the work is here, because PowerShell compiles what it runs at its first use, each member access anew.
    /// Next throws nothing but what ends the pipeline: Error tells what went wrong, and the function throws it.
    /// </summary>
    public abstract class Command : IDisposable
    {
        private readonly IDictionary<string, object> bound;
        private IEnumerator<object> steps;
        private bool? verbose;

        internal Command(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            Cmdlet = cmdlet;
            this.bound = bound;
        }

        /// <summary>What the last step has to give to the pipeline.</summary>
        public object Output { get; private set; }

        /// <summary>What ended the command; null where nothing did.</summary>
        public ErrorRecord Error { get; private set; }

        /// <summary>The function's side of PowerShell.</summary>
        internal PSCmdlet Cmdlet { get; private set; }

        /// <summary>What errors are about.</summary>
        protected object Target { get; set; }

        /// <summary>
        /// The caller's preferences for errors, warnings, verbose messages, progress, -WhatIf and -Confirm, in this
        /// order; null where they are those that the function has anyway. A module does not see the preferences that a
        /// script has set for itself, as compiled cmdlets do; what was given as a parameter stays.
        /// </summary>
        public object[] Preferences
        {
            get
            {
                bool differ = false;
                object[] all =
                {
                    Preference("ErrorActionPreference", "ErrorAction", ref differ),
                    Preference("WarningPreference", "WarningAction", ref differ),
                    Preference("VerbosePreference", "Verbose", ref differ),
                    Preference("ProgressPreference", "ProgressAction", ref differ),
                    Preference("WhatIfPreference", "WhatIf", ref differ),
                    Preference("ConfirmPreference", "Confirm", ref differ),
                };
                return differ ? all : null;
            }
        }

        private object Preference(string variable, string parameter, ref bool differ)
        {
            object given = Given(parameter);
            if (given == null)
            {
                PSVariableIntrinsics caller = Cmdlet.SessionState.PSVariable;
                object value = caller.GetValue(variable);
                differ = differ || !Equals(value, caller.GetValue("global:" + variable));
                return value;
            }
            if (given is SwitchParameter)
            {
                bool on = (SwitchParameter)given;
                return variable == "WhatIfPreference" ? on
                    : variable == "ConfirmPreference" ? (on ? ConfirmImpact.Low : ConfirmImpact.None)
                    : (object)(on ? ActionPreference.Continue : ActionPreference.SilentlyContinue);
            }
            return given;
        }

        /// <summary>Does the next step; whether there is output.</summary>
        public bool Next()
        {
            try
            {
                steps = steps ?? Run().GetEnumerator();
                if (Error == null && steps.MoveNext())
                {
                    Output = steps.Current;
                    return true;
                }
            }
            catch (PipelineStoppedException)
            {
                throw;
            }
            catch (Exception exception)
            {
                // Also what a warning or an error becomes where the caller's preference is Stop.
                IContainsErrorRecord stopped = exception as ActionPreferenceStopException;
                Error = stopped == null ? Failure.Record(exception, Target) : stopped.ErrorRecord;
            }
            Output = null;
            return false;
        }

        /// <summary>Cancels what still runs.</summary>
        public void Dispose()
        {
            if (steps != null)
            {
                steps.Dispose();
            }
        }

        /// <summary>
        /// Takes the values of this object from the pipeline out of the function's parameters: all but those that the
        /// command line gave. PowerShell leaves them there, and the next object may have no such values.
        /// </summary>
        public void Forget(object[] given)
        {
            foreach (string name in new List<string>(bound.Keys))
            {
                if (Array.IndexOf(given, name) < 0)
                {
                    bound.Remove(name);
                }
            }
        }

        /// <summary>The steps, each with its output.</summary>
        protected abstract IEnumerable<object> Run();

        /// <summary>The value of a parameter; null where it was not given.</summary>
        protected object Given(string parameter)
        {
            object value;
            bound.TryGetValue(parameter, out value);
            return value;
        }

        /// <summary>Whether a parameter was given, be it as null.</summary>
        protected bool IsGiven(string parameter)
        {
            return bound.ContainsKey(parameter);
        }

        /// <summary>The text of a parameter; null where it was not given or is empty.</summary>
        protected string Text(string parameter)
        {
            string text = Given(parameter) as string;
            return string.IsNullOrEmpty(text) ? null : text;
        }

        /// <summary>The number of a parameter; -1 where it was not given.</summary>
        protected int Number(string parameter)
        {
            object value = Given(parameter);
            return value is int ? (int)value : -1;
        }

        /// <summary>Whether a switch was given and is on.</summary>
        protected bool Switch(string parameter)
        {
            object value = Given(parameter);
            return value is SwitchParameter && ((SwitchParameter)value).IsPresent;
        }

        /// <summary>The session of -Session, or where that was not given the default one.</summary>
        protected Session FindSession()
        {
            return IsGiven("Session") ? Sessions.Resolve(Given("Session")) : Sessions.ResolveDefault();
        }

        /// <summary>Has the environment count, where no parameter says which proxy is used, and for the log.</summary>
        protected void UseEnvironment(Session session, string proxy)
        {
            HostEnvironment.UseLog(Cmdlet);
            string said = proxy == null && !Switch("NoProxy") ? HostEnvironment.UseProxy(session) : null;
            if (said != null)
            {
                Say(said);
            }
        }

        /// <summary>The path of a file, from a path as PowerShell has them.</summary>
        protected string FilePath(string path, string parameter)
        {
            try
            {
                ProviderInfo provider;
                PSDriveInfo drive;
                string found = Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out drive);
                if (provider.Name == "FileSystem")
                {
                    return found;
                }
            }
            catch (Exception exception)
            {
                throw new VcdException(
                    Status.Argument, "'" + path + "' (" + parameter + ") is no path of a file: " + exception.Message, exception);
            }
            throw Failure.Argument("'" + path + "' (" + parameter + ") is no path of a file.");
        }

        /// <summary>Waits for a call, and says what it has to say. Ctrl+C is noticed every 100 ms.</summary>
        protected void Await(Call call)
        {
            while (!call.Wait(100))
            {
                if (Cmdlet.Stopping)
                {
                    throw new PipelineStoppedException();
                }
            }
            if (IsVerbose)
            {
                Cmdlet.WriteVerbose(call.Summary);
            }
            foreach (Notice notice in call.TakeNotices())
            {
                if (notice.IsWarning)
                {
                    Cmdlet.WriteWarning(notice.Text);
                }
                else
                {
                    Say(notice.Text);
                }
            }
        }

        /// <summary>Who is asking, for the server's logs.</summary>
        protected string Agent
        {
            get
            {
                PSModuleInfo module = Cmdlet.MyInvocation.MyCommand.Module;
                IDictionary versions = Cmdlet.SessionState.PSVariable.GetValue("PSVersionTable") as IDictionary;
                return "VcdRest/" + (module == null ? Library.Version : module.Version.ToString())
                    + " PowerShell/" + (versions == null ? null : versions["PSVersion"]);
            }
        }

        /// <summary>Says something that only -Verbose shows.</summary>
        protected void Say(string text)
        {
            if (IsVerbose)
            {
                Cmdlet.WriteVerbose(text);
            }
        }

        private bool IsVerbose
        {
            get
            {
                if (!verbose.HasValue)
                {
                    object given = Given("Verbose");
                    object value = given ?? Cmdlet.SessionState.PSVariable.GetValue("VerbosePreference");
                    verbose = given != null
                        ? Switch("Verbose")
                        : value == null || value.ToString() != "SilentlyContinue";
                }
                return verbose.Value;
            }
        }

        /// <summary>What PowerShell has wrapped.</summary>
        internal static object Unwrap(object value)
        {
            PSObject wrapped = value as PSObject;
            return wrapped == null ? value : wrapped.BaseObject;
        }
    }
}
