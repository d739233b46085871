namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Text;

    /// <summary>PowerShell's wildcards in the server's filter language.</summary>
    internal static class Filter
    {
        /// <summary>
        /// A filter from what a caller has: a text as it is; of a table, all its names with their values, and of several values
        /// any. Null for none.
        /// </summary>
        internal static string Of(object given)
        {
            IDictionary table = given as IDictionary;
            if (given == null || given is string)
            {
                return (string)given;
            }
            if (table == null)
            {
                throw Failure.Argument("-Filter has to be a text such as 'name==web*', or a table such as @{ name = 'web*' }, and is a " + given.GetType().FullName + ".");
            }
            List<string> parts = new List<string>();
            foreach (DictionaryEntry entry in table)
            {
                object value = Command.Unwrap(entry.Value);
                string name = Query.Text(entry.Key);
                IEnumerable several = value is string ? null : value as IEnumerable;
                List<string> any = new List<string>();
                foreach (object one in several ?? new[] { value })
                {
                    object bare = Command.Unwrap(one);
                    if (!(bare is string || bare is IFormattable || bare is bool || bare is Uri))
                    {
                        throw Failure.Argument("-Filter cannot compare '" + name + "' with " + (bare == null ? "null" : "a " + bare.GetType().FullName) + ". Give a text, a number, a date, true, false, or a list of those.");
                    }
                    any.Add(name + "==" + Literal(Query.Text(bare)));
                }
                if (any.Count == 0)
                {
                    throw Failure.Argument("-Filter has an empty list for '" + name + "', which nothing can be equal to.");
                }
                parts.Add(any.Count == 1 ? any[0] : "(" + string.Join(",", any.ToArray()) + ")");
            }
            return string.Join(";", parts.ToArray());
        }

        /// <summary>A text for a filter, escaped.</summary>
        internal static string Literal(string text)
        {
            StringBuilder value = new StringBuilder();
            foreach (char letter in text)
            {
                if ("(),;\\".IndexOf(letter) >= 0)
                {
                    value.Append('\\');
                }
                value.Append(letter);
            }
            return value.ToString();
        }

        /// <summary>
        /// A value for a filter that finds at least what the pattern matches, escaped; null when it would find
        /// everything. The server knows the wildcard '*' alone.
        /// </summary>
        internal static string Value(string pattern)
        {
            StringBuilder value = new StringBuilder();
            bool wild = false;
            for (int index = 0; index < pattern.Length; index++)
            {
                char letter = pattern[index];
                if (letter == '*' || letter == '?')
                {
                    wild = true;
                    continue;
                }
                if (letter == '[')
                {
                    int end = pattern.IndexOf(']', index + 1);
                    if (end > 0)
                    {
                        wild = true;
                        index = end;
                        continue;
                    }
                }
                if (letter == '`' && index + 1 < pattern.Length)
                {
                    letter = pattern[++index];
                    if (letter == '*')
                    {
                        wild = true;
                        continue;
                    }
                }
                if (wild)
                {
                    value.Append('*');
                    wild = false;
                }
                if ("(),;\\".IndexOf(letter) >= 0)
                {
                    value.Append('\\');
                }
                value.Append(letter);
            }
            if (value.Length == 0)
            {
                return null;
            }
            return wild ? value.Append('*').ToString() : value.ToString();
        }
    }
}
