namespace VcdRest.Abi1
{
    using System;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;
    using System.Management.Automation.Runspaces;
    using System.Runtime.CompilerServices;

    /// <summary>The sessions that a runspace knows, and its default one.</summary>
    public static class Sessions
    {
        private static readonly ConditionalWeakTable<Runspace, List<Session>> Lists =
            new ConditionalWeakTable<Runspace, List<Session>>();

        private static readonly ConditionalWeakTable<Runspace, Session[]> Defaults =
            new ConditionalWeakTable<Runspace, Session[]>();

        /// <summary>The default session of this runspace; null for none.</summary>
        public static Session Current
        {
            get
            {
                Session[] holder;
                Runspace runspace = Runspace.DefaultRunspace;
                if (runspace == null || !Defaults.TryGetValue(runspace, out holder))
                {
                    return null;
                }
                // Another runspace may have ended it.
                if (holder[0] != null && holder[0].IsClosed)
                {
                    holder[0] = null;
                }
                return holder[0];
            }

            set
            {
                Defaults.GetValue(Runspace.DefaultRunspace, key => new Session[1])[0] = value;
            }
        }

        /// <summary>The sessions of this runspace that were not ended, in this one or another; oldest first.</summary>
        public static Session[] All
        {
            get
            {
                List<Session> list = Lists.GetValue(Runspace.DefaultRunspace, key => new List<Session>());
                list.RemoveAll(session => session.IsClosed);
                return list.ToArray();
            }
        }

        /// <summary>
        /// Enters a session. It takes the place of an earlier one of the same user at the same server, unless that is the
        /// default one: a script that signs in again and again would fill the list. The earlier one goes on working for
        /// whoever has it.
        /// </summary>
        internal static void Add(Session session)
        {
            List<Session> list = Lists.GetValue(Runspace.DefaultRunspace, key => new List<Session>());
            Session current = Current;
            list.RemoveAll(other => other.IsClosed || (!ReferenceEquals(other, current) && other.IsSameSignIn(session)));
            list.Add(session);
        }

        /// <summary>
        /// The sessions with a server, which is given as a URL, as a name with or without its port, or with wildcards.
        /// </summary>
        internal static List<Session> Find(string server)
        {
            List<Session> found = new List<Session>();
            Session[] all = All;
            try
            {
                WildcardPattern pattern = new WildcardPattern(server.TrimEnd('/'), WildcardOptions.IgnoreCase);
                foreach (Session session in all)
                {
                    Uri address = new Uri(session.Server);
                    if (pattern.IsMatch(session.Server) || pattern.IsMatch(address.Authority) || pattern.IsMatch(address.Host)
                        || pattern.IsMatch(address.Authority + address.AbsolutePath.TrimEnd('/')))
                    {
                        found.Add(session);
                    }
                }
            }
            catch (WildcardPatternException exception)
            {
                throw new VcdException(Status.Argument, "'" + server + "' is no name of a server: " + exception.Message, exception);
            }
            return found;
        }

        /// <summary>The default session, which has to be there.</summary>
        internal static Session ResolveDefault()
        {
            Session current = Current;
            if (current == null)
            {
                throw new VcdException(
                    Status.NotSignedIn,
                    "There is no session. Use Connect-Vcd first, or give one with -Session; in ForEach-Object -Parallel that is -Session $using:session.");
            }
            return current;
        }

        /// <summary>
        /// The session that a command was given, itself or by its server's name. Null is no session, and never the default
        /// one: a script that goes on after a sign-in that failed is not to reach another server.
        /// </summary>
        internal static Session Resolve(object given)
        {
            if (given == null)
            {
                throw new VcdException(
                    Status.NotSignedIn,
                    "-Session is null, so that there is no session to use. What was to make it has failed, or its variable is misspelt: look at the error of Connect-Vcd. Without -Session the default session is used.");
            }
            object bare = Command.Unwrap(given);
            Session session = bare as Session;
            if (session != null)
            {
                return session;
            }
            string name = bare as string;
            if (name != null)
            {
                return ByName(name);
            }
            string kind = PSObject.AsPSObject(given).TypeNames[0];
            if (kind.StartsWith("Deserialized.VcdRest.", StringComparison.Ordinal) && kind.EndsWith(".Session", StringComparison.Ordinal))
            {
                throw Failure.Argument("This session comes from another process (Start-Job, remoting, Import-Clixml), and what it was connected with stayed there. Use Connect-Vcd in this process; Start-ThreadJob and ForEach-Object -Parallel can use a session as it is ($using:session).");
            }
            if (kind.StartsWith("VcdRest.", StringComparison.Ordinal) && kind.EndsWith(".Session", StringComparison.Ordinal))
            {
                throw Failure.Argument("This session was made by another version of the module. Start a new PowerShell, and use Connect-Vcd again.");
            }
            throw Failure.Argument("A session or the name of its server is needed for -Session, and this is a " + kind + ".");
        }

        private static Session ByName(string name)
        {
            List<Session> found = Find(name);
            if (found.Count > 1)
            {
                foreach (Session session in found)
                {
                    if (session.Default)
                    {
                        return session;
                    }
                }
            }
            if (found.Count == 1)
            {
                return found[0];
            }
            throw new VcdException(
                Status.NotSignedIn,
                found.Count == 0
                    ? "There is no session with '" + name + "' in this runspace. Get-VcdSession lists those that there are; Connect-Vcd makes one."
                    : string.Format(
                        CultureInfo.InvariantCulture,
                        "There are {0} sessions with '{1}'. Give the session itself: Get-VcdSession lists them, Connect-Vcd returned them.",
                        found.Count,
                        name));
        }
    }
}
