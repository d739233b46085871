namespace VcdRest.Abi1
{
    using System.Collections;
    using System.Management.Automation;

    /// <summary>What a caller asks for. Numbers that are negative were not given.</summary>
    internal sealed partial class Request
    {
        private object body;

        /// <summary>A request without a body.</summary>
        public Request(string method, string uri)
        {
            Method = method;
            Uri = uri;
            TimeoutSec = -1;
            MaximumRetryCount = -1;
            RetryIntervalSec = -1;
        }

        /// <summary>The HTTP method, in any case.</summary>
        public string Method { get; set; }

        /// <summary>A path on the server, or a URL of it.</summary>
        public string Uri { get; set; }

        /// <summary>Headers by name; may be null.</summary>
        public IDictionary Headers { get; set; }

        /// <summary>A string, bytes or XML; may be null.</summary>
        public object Body
        {
            get
            {
                return body;
            }

            set
            {
                PSObject wrapped = value as PSObject;
                body = wrapped == null ? value : wrapped.BaseObject;
            }
        }

        /// <summary>The type of the body; empty for the usual one.</summary>
        public string ContentType { get; set; }

        /// <summary>The API version; empty for the session's.</summary>
        public string ApiVersion { get; set; }

        /// <summary>The bare id of the organization to act in; empty for none.</summary>
        public string TenantContext { get; set; }

        /// <summary>Seconds that all of it may take; 0 is a day.</summary>
        public long TimeoutSec { get; set; }

        /// <summary>How often it may be repeated.</summary>
        public long MaximumRetryCount { get; set; }

        /// <summary>Seconds before the first repetition.</summary>
        public long RetryIntervalSec { get; set; }

        /// <summary>Whether every HTTP status is a success.</summary>
        public bool AcceptAnyStatus { get; set; }

        /// <summary>What an error is about: the method and the path, without the query, which may hold secrets.</summary>
        public string Description
        {
            get { return Method.ToUpperInvariant() + " " + WithoutQuery(Uri); }
        }

        private static string WithoutQuery(string uri)
        {
            int end = uri.IndexOfAny(new[] { '?', '#' });
            string path = end < 0 ? uri : uri.Substring(0, end);
            // What stands before an '@' may be a password.
            int scheme = path.IndexOf("://", System.StringComparison.Ordinal);
            int at = scheme < 0 ? -1 : path.IndexOf('@');
            return at < 0 ? path : path.Substring(0, scheme + 3) + path.Substring(at + 1);
        }
    }
}
