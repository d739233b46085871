namespace VcdRest.Abi1
{
    /// <summary>The status numbers of the header that are told apart here.</summary>
    internal static class Status
    {
        internal const int Ok = 0;
        internal const int Pending = 1;
        internal const int Argument = 12;
        internal const int NotFound = 16;
        internal const int BufferTooSmall = 17;
        internal const int Address = 19;
        internal const int NotSignedIn = 20;
        internal const int Trust = 23;
        internal const int Dns = 30;
        internal const int Connect = 31;
        internal const int Tls = 32;
        internal const int Timeout = 33;
        internal const int Cancelled = 34;
        internal const int ConnectionLost = 35;
        internal const int Proxy = 36;
        internal const int Http = 50;
        internal const int Auth = 51;
        internal const int Protocol = 52;
        internal const int Content = 53;
        internal const int Empty = 54;
        internal const int Truncated = 55;
        internal const int Json = 56;
        internal const int TooLarge = 57;
        internal const int Redirect = 58;
        internal const int Decode = 59;
        internal const int ApiVersion = 60;
        internal const int Panic = 90;
        internal const int Internal = 99;
        internal const int End = 2;
        internal const int TokenFile = 24;
        internal const int TokenNotSaved = 25;
        internal const int File = 26;
        internal const int Task = 61;
    }

    /// <summary>VCD_OPT_: what is set on a client.</summary>
    internal static class ClientOption
    {
        internal const int ReadTimeoutMs = 2;
        internal const int TimeoutMs = 3;
        internal const int MaxRetries = 4;
        internal const int RetryIntervalMs = 5;
        internal const int SkipCertificateCheck = 6;
        internal const int AllowHttp = 7;
        internal const int CaOnly = 9;
        internal const int ApiVersion = 101;
        internal const int UserAgent = 102;
        internal const int CaFile = 104;
        internal const int ServerFingerprint = 105;
        internal const int NoProxy = 11;
        internal const int Proxy = 106;
        internal const int ProxyUser = 107;
        internal const int ProxyPassword = 108;
        internal const int ProxyExcept = 109;
    }

    /// <summary>VCD_CLIENT_: what a client says about itself.</summary>
    internal static class ClientField
    {
        internal const int SignedIn = 1;
        internal const int ExpiresAt = 2;
        internal const int OwnsSession = 5;
        internal const int Server = 101;
        internal const int Org = 102;
        internal const int User = 103;
        internal const int ApiVersion = 104;
        internal const int AccessToken = 105;
        internal const int AddressOrg = 106;
        internal const int OrgId = 107;
        internal const int SiteId = 108;
        internal const int ApiToken = 109;
    }

    /// <summary>VCD_CALL_OPT_: what is set on a call.</summary>
    internal static class CallOption
    {
        internal const int TimeoutMs = 1;
        internal const int MaxRetries = 2;
        internal const int RetryIntervalMs = 3;
        internal const int AcceptAnyStatus = 4;
        internal const int ReadTimeoutMs = 7;
        internal const int ApiVersion = 101;
        internal const int ContentType = 102;
        internal const int Anonymous = 5;
        internal const int WaitBusy = 8;
        internal const int Resume = 9;
        internal const int PollIntervalMs = 11;
        internal const int CancelTask = 12;
        internal const int RequestId = 103;
        internal const int TenantContext = 104;
        internal const int MinApiVersion = 105;
        internal const int OutputFile = 106;
        internal const int BodyFile = 107;
        internal const int Name = 108;
        internal const int Id = 109;
        internal const int TokenFile = 110;
        internal const int Role = 111;
        internal const int SoftwareId = 112;
        internal const int SoftwareVersion = 113;
        internal const int ClientUri = 114;
        internal const int DeviceCode = 115;
        internal const int AuthContext = 116;
        internal const int RetryPutDelete = 6;
        internal const int BodyOffset = 10;
    }

    /// <summary>VCD_CALL_: what a call says about itself.</summary>
    internal static class CallField
    {
        internal const int HttpStatus = 1;
        internal const int HeaderCount = 7;
        internal const int Reason = 101;
        internal const int RequestId = 102;
        internal const int ContentType = 103;
        internal const int BytesSent = 3;
        internal const int BytesReceived = 4;
        internal const int BytesExpected = 5;
        internal const int TaskProgress = 8;
    }

    /// <summary>VCD_ERROR_: what an error says.</summary>
    internal static class ErrorField
    {
        internal const int HttpStatus = 2;
        internal const int RetryAfterMs = 3;
        internal const int ServerCode = 102;
        internal const int ServerMessage = 103;
        internal const int RequestId = 104;
        internal const int Body = 105;
        internal const int Fingerprint = 106;
    }

    /// <summary>VCD_GRANT_: what a client signs in with.</summary>
    internal static class Grant
    {
        internal const int ApiToken = 1;
        internal const int AccessToken = 2;
        internal const int Password = 3;
        internal const int TokenFile = 4;
    }

    /// <summary>VCD_NOTICE_: the notices that a person should see without asking.</summary>
    internal static class NoticeCode
    {
        internal const int TokenLooksLikeAccessToken = 1;
        internal const int CertificateCheckSkipped = 2;
        internal const int PlainHttp = 3;
        internal const int ApiVersionDeprecated = 4;
        internal const int ApiVersionDefault = 5;
        internal const int TokenRotated = 6;
        internal const int TokenTrimmed = 7;
        internal const int TokenUnchecked = 9;
        internal const int TokenFileReadable = 10;
        internal const int ApiVersionUnknown = 11;
        internal const int ApiVersionChanged = 12;
        internal const int ListChanged = 14;
        internal const int ForeignLink = 15;
        internal const int OtherOrg = 16;
    }

    /// <summary>VCD_OP_: what takes several requests.</summary>
    internal static class OperationNumber
    {
        internal const int CreateApiToken = 1;
        internal const int CreateServiceAccount = 2;
        internal const int AuthorizeServiceAccount = 3;
        internal const int ActivateServiceAccount = 4;
        internal const int WaitTask = 5;
    }

    /// <summary>VCD_PAGES_OPT_: what is set on a list.</summary>
    internal static class PagesOption
    {
        internal const int InFlight = 1;
    }

    /// <summary>VCD_PAGES_: what a list says about itself.</summary>
    internal static class PagesField
    {
        internal const int Total = 1;
        internal const int Count = 2;
        internal const int Done = 3;
    }
}
