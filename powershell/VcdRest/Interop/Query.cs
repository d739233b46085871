namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;

    /// <summary>Query strings made of dictionaries.</summary>
    internal static class Query
    {
        /// <summary>Adds the entries to a path or URL. Several values give a name several times; null gives it none.</summary>
        internal static string Append(string uri, IDictionary query)
        {
            List<string> pairs = new List<string>();
            foreach (DictionaryEntry entry in query)
            {
                Add(pairs, Uri.EscapeDataString(Text(entry.Key)), Unwrap(entry.Value));
            }
            if (pairs.Count == 0)
            {
                return uri;
            }
            string separator = uri.IndexOf('?') < 0 ? "?" : uri.EndsWith("?", StringComparison.Ordinal) || uri.EndsWith("&", StringComparison.Ordinal) ? string.Empty : "&";
            return uri + separator + string.Join("&", pairs.ToArray());
        }

        private static void Add(List<string> pairs, string name, object value)
        {
            IEnumerable several = value is string ? null : value as IEnumerable;
            if (several != null)
            {
                foreach (object one in several)
                {
                    Add(pairs, name, Unwrap(one));
                }
            }
            else if (value != null)
            {
                pairs.Add(name + "=" + Uri.EscapeDataString(Text(value)));
            }
        }

        private static object Unwrap(object value)
        {
            PSObject wrapped = value as PSObject;
            return wrapped == null ? value : wrapped.BaseObject;
        }

        /// <summary>A value as the server reads it.</summary>
        internal static string Text(object value)
        {
            if (value is bool)
            {
                return (bool)value ? "true" : "false";
            }
            if (value is DateTime || value is DateTimeOffset)
            {
                return ((IFormattable)value).ToString("o", CultureInfo.InvariantCulture);
            }
            return Convert.ToString(value, CultureInfo.InvariantCulture);
        }
    }
}
