namespace VcdRest.Abi1
{
    using System;

    /// <summary>A kind of thing that /cloudapi lists, and that has ids and names.</summary>
    internal sealed class Kind
    {
        internal static readonly Kind ApiToken = new Kind
        {
            Path = "/cloudapi/1.0.0/tokens",
            Noun = "API token",
            Article = "an",
            Word = "token",
            TypeName = "VcdRest.ApiToken",
            Removal = "Revoke the API token",
            PageSize = 128,
        };

        internal static readonly Kind ServiceAccount = new Kind
        {
            Path = "/cloudapi/1.0.0/serviceAccounts",
            Noun = "service account",
            Article = "a",
            Word = "serviceAccount",
            TypeName = "VcdRest.ServiceAccount",
            Removal = "Delete the service account",
            PageSize = 32,
        };

        private Kind()
        {
        }

        /// <summary>The path of the list.</summary>
        internal string Path { get; private set; }

        /// <summary>What a person calls one.</summary>
        internal string Noun { get; private set; }

        /// <summary>The largest page that the server gives.</summary>
        internal int PageSize { get; private set; }

        /// <summary>What removing one is called.</summary>
        internal string Removal { get; private set; }

        /// <summary>The type name for its view.</summary>
        internal string TypeName { get; private set; }

        /// <summary>"a" or "an".</summary>
        internal string Article { get; private set; }

        private string Word { get; set; }

        /// <summary>An id as the server has it, from that or from the bare UUID.</summary>
        internal string Urn(string id)
        {
            string prefix = "urn:vcloud:" + Word + ":";
            string bare = (id ?? string.Empty).Trim();
            if (bare.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                bare = bare.Substring(prefix.Length);
            }
            Guid guid;
            if (!Guid.TryParse(bare, out guid))
            {
                throw Failure.Argument(
                    "'" + id + "' cannot be the id of " + Article + " " + Noun + ", which is a UUID or " + prefix + "UUID.");
            }
            return prefix + guid.ToString();
        }
    }
}
