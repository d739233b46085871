namespace VcdRest.Abi1
{
    using System.Text;

    /// <summary>PowerShell's wildcards in the server's filter language.</summary>
    internal static class Filter
    {
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
