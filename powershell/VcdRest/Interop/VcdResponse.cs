namespace VcdRest.Abi1
{
    using System.Collections.Generic;
    using System.IO;
    using System.Net;
    using System.Text;

    /// <summary>
    /// The answer that belongs to an error. It has the members that catch blocks written for Invoke-RestMethod use, in
    /// Windows PowerShell and in PowerShell 7.
    /// </summary>
    public sealed class VcdResponse
    {
        private readonly string body;

        internal VcdResponse(int status, string reason, IDictionary<string, IEnumerable<string>> headers, string body)
        {
            StatusCode = (HttpStatusCode)status;
            ReasonPhrase = reason;
            Headers = headers;
            this.body = body;
        }

        /// <summary>The HTTP status.</summary>
        public HttpStatusCode StatusCode { get; private set; }

        /// <summary>The phrase that belongs to it (PowerShell 7).</summary>
        public string ReasonPhrase { get; private set; }

        /// <summary>The same (Windows PowerShell).</summary>
        public string StatusDescription
        {
            get { return ReasonPhrase; }
        }

        /// <summary>Whether the status is one of success.</summary>
        public bool IsSuccessStatusCode
        {
            get { return (int)StatusCode >= 200 && (int)StatusCode <= 299; }
        }

        /// <summary>The headers, by name in any case.</summary>
        public IDictionary<string, IEnumerable<string>> Headers { get; private set; }

        /// <summary>The body (Windows PowerShell), its first 64 KiB.</summary>
        public Stream GetResponseStream()
        {
            return new MemoryStream(Encoding.UTF8.GetBytes(body ?? string.Empty), false);
        }
    }
}
