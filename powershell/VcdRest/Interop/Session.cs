namespace VcdRest.Abi1
{
    using System;
    using System.Globalization;
    using System.Management.Automation;
    using System.Security;
    using System.Threading;

    /// <summary>
    /// One sign-in at one server. It may be used from several runspaces at once. No member shows the token.
    /// </summary>
    public sealed partial class Session
    {
        private const long Day = 86400000;

        private readonly ClientHandle client;
        private VcdException problem;
        private int cutOffWarnings;

        /// <summary>A client for a server; nothing is sent yet. Problem tells whether it could be made.</summary>
        internal Session(string server)
        {
            IntPtr value = IntPtr.Zero;
            Try(() =>
            {
                IntPtr error;
                VcdException.Check(Native.vcd_client_new(Utf8.Bytes(server), out value, out error), error);
            });
            client = new ClientHandle(value);
            CertificateCheck = "System";
            Server = Text(ClientField.Server) ?? server;
        }

        /// <summary>The server's address.</summary>
        public string Server { get; private set; }

        /// <summary>The organization; System is the provider.</summary>
        public string Org { get; private set; }

        /// <summary>The user.</summary>
        public string User { get; private set; }

        /// <summary>The API version in use; null before it is settled.</summary>
        public string ApiVersion
        {
            get { return Text(ClientField.ApiVersion); }
        }

        /// <summary>When the access token ends, in local time. With an API token a new one is then fetched.</summary>
        public DateTime? ExpiresAt
        {
            get
            {
                long seconds;
                return Number(ClientField.ExpiresAt, out seconds)
                    ? new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(seconds).ToLocalTime()
                    : (DateTime?)null;
            }
        }

        /// <summary>The organization's UUID, as the access token says.</summary>
        public string OrgId
        {
            get { return Text(ClientField.OrgId); }
        }

        /// <summary>The site's UUID, as the access token says.</summary>
        public string SiteId
        {
            get { return Text(ClientField.SiteId); }
        }

        /// <summary>Whether the session is the provider's.</summary>
        public bool IsProvider
        {
            get { return string.Equals(Org, "System", StringComparison.OrdinalIgnoreCase); }
        }

        /// <summary>Whether calls can be made.</summary>
        public bool IsConnected
        {
            get
            {
                long value;
                return Number(ClientField.SignedIn, out value) && value == 1;
            }
        }

        /// <summary>What the server's certificate is checked against.</summary>
        public string CertificateCheck { get; private set; }

        /// <summary>Whether commands without -Session use this one, in the runspace that asks.</summary>
        public bool Default
        {
            get { return ReferenceEquals(Sessions.Current, this); }
        }

        /// <summary>Whether it was ended, in whatever runspace.</summary>
        internal bool IsClosed
        {
            get { return client.IsClosed; }
        }

        /// <summary>Whether another session is of the same user at the same server.</summary>
        internal bool IsSameSignIn(Session other)
        {
            return Server == other.Server && Org == other.Org && User == other.User;
        }

        /// <summary>What went wrong first while the session was prepared for its sign-in; null for nothing.</summary>
        internal VcdException Problem()
        {
            return problem;
        }

        /// <summary>Whether the session was opened by this client, and not by whoever gave us its token.</summary>
        internal bool IsOwn()
        {
            long value;
            return Number(ClientField.OwnsSession, out value) && value == 1;
        }

        /// <summary>The organization that the server's address names; null for none.</summary>
        internal string AddressOrg()
        {
            return Text(ClientField.AddressOrg);
        }

        /// <summary>Trusts the certificates in a file, beside the system's.</summary>
        internal void TrustFile(string path)
        {
            Set(ClientOption.CaFile, path);
            CertificateCheck = "CertificateAuthority";
        }

        /// <summary>Trusts exactly the certificate with this fingerprint.</summary>
        internal void TrustFingerprint(string fingerprint)
        {
            Set(ClientOption.ServerFingerprint, fingerprint);
            CertificateCheck = "Fingerprint";
        }

        /// <summary>Accepts any certificate.</summary>
        internal void SkipCertificateCheck()
        {
            Set(ClientOption.SkipCertificateCheck, 1);
            CertificateCheck = "Skipped";
        }

        /// <summary>Trusts the certificates of the files that are given, and not the system's.</summary>
        internal void TrustFilesOnly()
        {
            Set(ClientOption.CaOnly, 1);
        }

        /// <summary>Allows http://.</summary>
        internal void AllowHttp()
        {
            Set(ClientOption.AllowHttp, 1);
        }

        /// <summary>Asks for this API version.</summary>
        internal void UseApiVersion(string version)
        {
            Set(ClientOption.ApiVersion, version);
        }

        /// <summary>Says who is asking.</summary>
        internal void UseAgent(string agent)
        {
            Set(ClientOption.UserAgent, agent);
        }

        /// <summary>Seconds that a call may take; 0 is a day.</summary>
        internal void UseTimeout(long seconds)
        {
            long milliseconds = Milliseconds(seconds);
            Set(ClientOption.TimeoutMs, milliseconds);
            Set(ClientOption.ReadTimeoutMs, ReadMilliseconds(seconds));
        }

        /// <summary>How often what may be repeated is repeated.</summary>
        internal void UseRetries(long count)
        {
            Set(ClientOption.MaxRetries, count);
        }

        /// <summary>Seconds before the first repetition.</summary>
        internal void UseRetryInterval(long seconds)
        {
            Set(ClientOption.RetryIntervalMs, seconds * 1000);
        }

        /// <summary>Enters a session that has signed in into the list of this runspace.</summary>
        internal void Register()
        {
            // A table also where the view of the module has not been loaded: so many columns make one.
            PSPropertySet shown = new PSPropertySet("DefaultDisplayPropertySet", new[] { "Server", "Org", "User", "ExpiresAt" });
            PSObject.AsPSObject(this).Members.Add(new PSMemberSet("PSStandardMembers", new PSMemberInfo[] { shown }), true);
            Org = Text(ClientField.Org);
            User = Text(ClientField.User);
            Sessions.Add(this);
            SeenOrgs.Add(Org, string.Empty);
        }

        /// <summary>Starts to sign out.</summary>
        internal Call SignOut()
        {
            Call.Maker make = (out IntPtr call, out IntPtr error) =>
                Native.vcd_sign_out_new(client.Value, out call, out error);
            return Call.Start(this, "Sign out at " + Server, make, 100);
        }

        /// <summary>Forgets the session and its tokens. It is then in no list, and nowhere the default one.</summary>
        internal void Close()
        {
            client.Dispose();
        }

        /// <summary>Starts a request and waits at most 100 ms for it.</summary>
        internal Call Start(Request request)
        {
            return Call.Start(this, request, 100);
        }

        /// <summary>Starts a request and does not wait.</summary>
        internal Call Begin(Request request)
        {
            return Call.Start(this, request, 0);
        }

        /// <summary>The access token.</summary>
        internal SecureString CopyAccessToken()
        {
            IntPtr error;
            UIntPtr needed;
            int status = Native.vcd_client_copy_text(
                Client, ClientField.AccessToken, null, UIntPtr.Zero, out needed, out error);
            while (true)
            {
                if (status != Status.BufferTooSmall)
                {
                    throw VcdException.Take(status, error);
                }
                Native.vcd_error_free(error);
                int size = checked((int)needed.ToUInt64());
                using (Secret buffer = Secret.OfSize(size))
                {
                    status = Native.vcd_client_copy_text(
                        Client, ClientField.AccessToken, buffer.Bytes, (UIntPtr)(uint)size, out needed, out error);
                    if (status == Status.Ok)
                    {
                        return buffer.ToSecureString(checked((int)needed.ToUInt64()) - 1);
                    }
                }
            }
        }

        /// <summary>Takes the notices that the session has.</summary>
        internal Notice[] TakeNotices()
        {
            return Notice.TakeAll(
                (out int code, byte[] buffer, UIntPtr capacity, out UIntPtr needed, out IntPtr error) =>
                    Native.vcd_client_take_notice(client.Value, out code, buffer, capacity, out needed, out error));
        }

        /// <summary>True once: a result that was cut off is worth one warning.</summary>
        internal bool WarnsOfCutOff()
        {
            return Interlocked.Exchange(ref cutOffWarnings, 1) == 0;
        }

        /// <summary>Who is where; no token.</summary>
        public override string ToString()
        {
            return string.Format(CultureInfo.InvariantCulture, "{0} ({1}, {2})", Server, Org ?? "-", User ?? "-");
        }

        /// <summary>The client, which has to be there.</summary>
        internal IntPtr Client
        {
            get
            {
                IntPtr value = client.Value;
                if (value == IntPtr.Zero)
                {
                    throw new VcdException(
                        Status.NotSignedIn, "This session with " + Server + " has been disconnected. Use Connect-Vcd again.");
                }
                return value;
            }
        }

        /// <summary>
        /// How long nothing may arrive in a call that may take so many seconds: a server that thinks for longer than the
        /// usual idle time is what such a limit is given for.
        /// </summary>
        internal static long ReadMilliseconds(long seconds)
        {
            return seconds < 0 ? -1 : Math.Min(Math.Max(Milliseconds(seconds), 60000), 3600000);
        }

        internal static long Milliseconds(long seconds)
        {
            return seconds < 0 ? -1 : seconds == 0 ? Day : Math.Min(seconds, Day / 1000) * 1000;
        }

        private void Set(int option, long value)
        {
            Try(() =>
            {
                IntPtr error;
                VcdException.Check(Native.vcd_client_set_int(client.Value, option, value, out error), error);
            });
        }

        private void Set(int option, string value)
        {
            Try(() =>
            {
                IntPtr error;
                VcdException.Check(Native.vcd_client_set_text(client.Value, option, Utf8.Bytes(value), out error), error);
            });
        }

        /// <summary>
        /// Does it, unless something went wrong before. An exception that left this class would stand in PowerShell's
        /// list of errors beside the one that is reported.
        /// </summary>
        private void Try(Action action)
        {
            if (problem != null)
            {
                return;
            }
            try
            {
                action();
            }
            catch (VcdException exception)
            {
                problem = exception;
            }
        }

        private bool Number(int field, out long value)
        {
            IntPtr error;
            int status = Native.vcd_client_get_int(client.Value, field, out value, out error);
            Native.vcd_error_free(error);
            return status == Status.Ok;
        }

        private string Text(int field)
        {
            byte[] buffer = new byte[256];
            while (true)
            {
                UIntPtr needed;
                IntPtr error;
                int status = Native.vcd_client_copy_text(
                    client.Value, field, buffer, (UIntPtr)(uint)buffer.Length, out needed, out error);
                Native.vcd_error_free(error);
                if (status == Status.BufferTooSmall)
                {
                    buffer = new byte[checked((int)needed.ToUInt64())];
                    continue;
                }
                return status == Status.Ok ? Utf8.Text(buffer, needed) : null;
            }
        }
    }
}
