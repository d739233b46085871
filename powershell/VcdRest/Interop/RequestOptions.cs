namespace VcdRest.Abi1
{
    /// <content>What few requests need.</content>
    internal sealed partial class Request
    {
        /// <summary>Whether no token is sent.</summary>
        public bool Anonymous { get; set; }

        /// <summary>The least API version with which the request makes sense; empty for any.</summary>
        public string MinimumApiVersion { get; set; }

        /// <summary>Whether it is repeated while the thing is busy.</summary>
        public bool WaitBusy { get; set; }

        /// <summary>The id by which server and client know the request; empty for a new one.</summary>
        public string RequestId { get; set; }

        /// <summary>A file that receives the body of the answer; empty for none.</summary>
        public string OutputFile { get; set; }

        /// <summary>Whether a download goes on where an earlier one ended.</summary>
        public bool Resume { get; set; }

        /// <summary>A file that is the body; empty for none.</summary>
        public string BodyFile { get; set; }

        /// <summary>The first byte of that file to send.</summary>
        public long BodyOffset { get; set; }

        /// <summary>Whether PUT and DELETE are repeated as well.</summary>
        public bool RetryPutDelete { get; set; }

        /// <summary>The organization against which the token is checked on joined sites; empty for none.</summary>
        public string AuthContext { get; set; }
    }

    /// <content>What few requests need.</content>
    public sealed partial class Call
    {
        private void PrepareRest(Request request)
        {
            SetText(CallOption.TenantContext, request.TenantContext);
            SetNumber(CallOption.Anonymous, request.Anonymous ? 1 : -1);
            SetText(CallOption.MinApiVersion, request.MinimumApiVersion);
            SetNumber(CallOption.WaitBusy, request.WaitBusy ? 1 : -1);
            SetText(CallOption.RequestId, request.RequestId);
            if (!string.IsNullOrEmpty(request.OutputFile))
            {
                SetText(CallOption.OutputFile, request.OutputFile);
                SetNumber(CallOption.Resume, request.Resume ? 1 : -1);
            }
            SetText(CallOption.BodyFile, request.BodyFile);
            SetNumber(CallOption.BodyOffset, request.BodyOffset > 0 ? request.BodyOffset : -1);
            SetNumber(CallOption.RetryPutDelete, request.RetryPutDelete ? 1 : -1);
            SetText(CallOption.AuthContext, request.AuthContext);
        }
    }
}
