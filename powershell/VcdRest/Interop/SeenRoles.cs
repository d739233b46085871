namespace VcdRest.Abi1
{
    using System;
    using System.Collections.Generic;

    /// <summary>The roles that this process has seen, for completion.</summary>
    internal static class SeenRoles
    {
        private const int Limit = 1000;

        /// <summary>At first the ones that every server has.</summary>
        private static readonly SortedSet<string> Seen = new SortedSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            "Catalog Author", "Console Access Only", "Organization Administrator", "System Administrator", "vApp Author", "vApp User",
        };

        internal static string[] All
        {
            get
            {
                lock (Seen)
                {
                    string[] all = new string[Seen.Count];
                    Seen.CopyTo(all);
                    return all;
                }
            }
        }

        internal static void Add(string role)
        {
            lock (Seen)
            {
                if (!string.IsNullOrEmpty(role) && Seen.Count < Limit)
                {
                    Seen.Add(role);
                }
            }
        }
    }
}
