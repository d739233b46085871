namespace VcdRest.Abi1
{
    using System;
    using System.Globalization;
    using System.Management.Automation;
    using System.Runtime.InteropServices;

    /// <summary>
    /// The environment variables of PowerShell that are the library's affair. On Unix, .NET has a copy of the environment, so
    /// that the library does not see what a script has set in $env:, and is told.
    /// </summary>
    internal static class HostEnvironment
    {
        private const int UsualLevel = 3;
        private const int MostLevel = 4;

        private static readonly object Gate = new object();
        private static string log;

        private static bool HasCopy
        {
            get { return !RuntimeInformation.IsOSPlatform(OSPlatform.Windows); }
        }

        /// <summary>
        /// Goes to a server as the proxy variables say, unless the system's own settings count; returns what there is to say
        /// about it, or null.
        /// </summary>
        internal static string UseProxy(Session session)
        {
            if (!HasCopy || session.Problem() != null)
            {
                return null;
            }
            string name;
            string proxy = session.Server.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
                ? First(out name, "http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy")
                : First(out name, "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy");
            if (proxy == null)
            {
                // One that the script has taken away is still there for the library. Other systems have settings beside it.
                if (RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
                {
                    session.UseNoProxy();
                }
                return null;
            }
            session.UseProxy(proxy, null, null);
            VcdException problem = session.Problem();
            if (problem != null)
            {
                throw new VcdException(
                    problem.Status, "The environment variable " + name + " names no proxy that can be used; -NoProxy goes without: " + problem.Message, problem);
            }
            string exceptName;
            string except = First(out exceptName, "NO_PROXY", "no_proxy");
            if (except != null)
            {
                session.GoStraightTo(except);
            }
            return "The proxy comes from the environment variable " + name
                + (except == null ? "." : ", and the hosts that are reached without it from " + exceptName + ".");
        }

        /// <summary>Has the library write the log that VCDREST_LOG_FILE names, where that has changed.</summary>
        internal static void UseLog(PSCmdlet cmdlet)
        {
            if (!HasCopy)
            {
                return;
            }
            string path = Value("VCDREST_LOG_FILE");
            int level;
            string given = (Environment.GetEnvironmentVariable("VCDREST_LOG_LEVEL") ?? string.Empty).Trim();
            if (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out level) || level < 1 || level > MostLevel)
            {
                level = UsualLevel;
            }
            VcdException problem = null;
            lock (Gate)
            {
                string wanted = path == null ? null : level.ToString(CultureInfo.InvariantCulture) + path;
                if (wanted == log)
                {
                    return;
                }
                log = wanted;
                IntPtr error;
                int status = Native.vcd_log_to_file(Utf8.Bytes(path), level, out error);
                problem = status == Status.Ok ? null : VcdException.Take(status, error);
            }
            if (problem != null)
            {
                cmdlet.WriteWarning("There is no log (environment variable VCDREST_LOG_FILE): " + problem.Message);
            }
        }

        private static string First(out string found, params string[] names)
        {
            foreach (string name in names)
            {
                string value = Value(name);
                if (value != null)
                {
                    found = name;
                    return value;
                }
            }
            found = null;
            return null;
        }

        private static string Value(string name)
        {
            string value = Environment.GetEnvironmentVariable(name);
            return string.IsNullOrEmpty(value) ? null : value;
        }
    }
}
