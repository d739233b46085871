namespace VcdRest.Abi1
{
    using System;
    using System.Collections.Generic;
    using System.Management.Automation;

    /// <summary>The organizations that this process has seen, for completion, with their ids where those are known.</summary>
    public static class SeenOrgs
    {
        /// <summary>More are no help to whoever presses Tab.</summary>
        private const int Limit = 5000;

        private static readonly SortedDictionary<string, string> Seen =
            new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);

        /// <summary>Names and ids. The id is empty where it is not known.</summary>
        public static KeyValuePair<string, string>[] All
        {
            get
            {
                lock (Seen)
                {
                    KeyValuePair<string, string>[] all = new KeyValuePair<string, string>[Seen.Count];
                    Seen.CopyTo(all, 0);
                    return all;
                }
            }
        }

        /// <summary>Remembers an organization as the server describes it.</summary>
        internal static void Add(object org)
        {
            string name = NameOf(org);
            if (name.Length > 0)
            {
                Add(name, Text(org, "id"));
            }
        }

        /// <summary>Remembers an organization.</summary>
        internal static void Add(string name, string id)
        {
            if (string.IsNullOrEmpty(name))
            {
                return;
            }
            lock (Seen)
            {
                if (Seen.Count < Limit && (id.Length > 0 || !Seen.ContainsKey(name)))
                {
                    Seen[name] = id;
                }
            }
        }

        /// <summary>The name of an organization as the server describes it; empty where it has none.</summary>
        internal static string NameOf(object org)
        {
            return Text(org, "name");
        }

        private static string Text(object org, string name)
        {
            PSObject item = org as PSObject;
            PSPropertyInfo property = item == null ? null : item.Properties[name];
            return property == null ? string.Empty : property.Value as string ?? string.Empty;
        }
    }
}
