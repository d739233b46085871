namespace VcdRest.Abi1
{
    using System.Text.RegularExpressions;

    /// <summary>The header Link of an answer (RFC 8288).</summary>
    internal static class LinkHeader
    {
        private static readonly Regex Link = new Regex("<([^>]*)>([^,<]*(?:\"[^\"]*\"[^,<]*)*)", RegexOptions.CultureInvariant);
        private static readonly Regex NextPage =
            new Regex("\\brel\\s*=\\s*(?:\"[^\"]*\\bnextPage\\b[^\"]*\"|nextPage\\b)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

        /// <summary>Where the next page is; null where the header does not say.</summary>
        internal static string Next(string value)
        {
            foreach (Match match in Link.Matches(value))
            {
                if (NextPage.IsMatch(match.Groups[2].Value))
                {
                    return match.Groups[1].Value;
                }
            }
            return null;
        }
    }
}
