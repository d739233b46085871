namespace VcdRest.Abi1
{
    using System;
    using System.Collections.Generic;

    /// <summary>Something that is not an error and that a person should know.</summary>
    public sealed class Notice
    {
        internal delegate int Taker(out int code, byte[] buffer, UIntPtr capacity, out UIntPtr needed, out IntPtr error);

        private Notice(int code, string text)
        {
            Text = text;
            IsWarning = code == NoticeCode.ApiVersionDeprecated
                || code == NoticeCode.OtherOrg
                || code == NoticeCode.TokenLooksLikeAccessToken
                || code == NoticeCode.CertificateCheckSkipped
                || code == NoticeCode.PlainHttp
                || code == NoticeCode.TokenRotated
                || code == NoticeCode.TokenUnchecked
                || code == NoticeCode.TokenFileReadable
                || code == NoticeCode.ApiVersionUnknown
                || code == NoticeCode.ListChanged
                || code == NoticeCode.TokenTrimmed
                || code == NoticeCode.ApiVersionDefault
                || code == NoticeCode.ApiVersionChanged
                || code == NoticeCode.ForeignLink;
        }

        /// <summary>What it says.</summary>
        public string Text { get; private set; }

        /// <summary>Whether it is shown without being asked for.</summary>
        public bool IsWarning { get; private set; }

        /// <summary>Takes all notices that there are.</summary>
        internal static Notice[] TakeAll(Taker take)
        {
            List<Notice> notices = null;
            byte[] buffer = null;
            while (true)
            {
                int code;
                UIntPtr needed;
                IntPtr error;
                UIntPtr capacity = (UIntPtr)(uint)(buffer == null ? 0 : buffer.Length);
                int status = take(out code, buffer, capacity, out needed, out error);
                Native.vcd_error_free(error);
                if (status == Status.BufferTooSmall)
                {
                    buffer = new byte[checked((int)needed.ToUInt64())];
                    continue;
                }
                if (status != Status.Ok || code == 0)
                {
                    return notices == null ? None : notices.ToArray();
                }
                notices = notices ?? new List<Notice>();
                notices.Add(new Notice(code, Utf8.Text(buffer, needed)));
            }
        }

        private static readonly Notice[] None = new Notice[0];
    }
}
