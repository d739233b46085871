namespace VcdRest.Abi1
{
    using System;
    using System.Runtime.InteropServices;
    using System.Security;
    using System.Text;

    /// <summary>
    /// A secret as NUL-terminated UTF-8 that the garbage collector does not copy about, wiped when it is disposed of.
    /// </summary>
    internal sealed class Secret : IDisposable
    {
        private readonly GCHandle pin;

        private Secret(int length)
        {
            Bytes = new byte[length];
            pin = GCHandle.Alloc(Bytes, GCHandleType.Pinned);
        }

        internal byte[] Bytes { get; private set; }

        /// <summary>Takes a SecureString, or a string where the caller has nothing better.</summary>
        internal static Secret From(object value)
        {
            SecureString secure = value as SecureString;
            if (secure == null)
            {
                return From(((string)value).ToCharArray());
            }
            char[] letters = new char[secure.Length];
            GCHandle pinned = GCHandle.Alloc(letters, GCHandleType.Pinned);
            IntPtr plain = Marshal.SecureStringToGlobalAllocUnicode(secure);
            try
            {
                Marshal.Copy(plain, letters, 0, letters.Length);
                return From(letters);
            }
            finally
            {
                Marshal.ZeroFreeGlobalAllocUnicode(plain);
                Array.Clear(letters, 0, letters.Length);
                pinned.Free();
            }
        }

        /// <summary>An empty buffer that the library is to fill.</summary>
        internal static Secret OfSize(int length)
        {
            return new Secret(length);
        }

        private static Secret From(char[] letters)
        {
            if (Array.IndexOf(letters, '\0') >= 0)
            {
                throw new VcdException(Status.Argument, "The token has the character U+0000 in it. Copy it again.");
            }
            Secret secret = new Secret(Encoding.UTF8.GetByteCount(letters) + 1);
            Encoding.UTF8.GetBytes(letters, 0, letters.Length, secret.Bytes, 0);
            return secret;
        }

        /// <summary>The first bytes as a SecureString.</summary>
        internal SecureString ToSecureString(int length)
        {
            char[] letters = new char[Encoding.UTF8.GetCharCount(Bytes, 0, length)];
            GCHandle pinned = GCHandle.Alloc(letters, GCHandleType.Pinned);
            try
            {
                Encoding.UTF8.GetChars(Bytes, 0, length, letters, 0);
                SecureString secure = new SecureString();
                foreach (char letter in letters)
                {
                    secure.AppendChar(letter);
                }
                secure.MakeReadOnly();
                return secure;
            }
            finally
            {
                Array.Clear(letters, 0, letters.Length);
                pinned.Free();
            }
        }

        public void Dispose()
        {
            if (Bytes != null)
            {
                Array.Clear(Bytes, 0, Bytes.Length);
                Bytes = null;
                pin.Free();
            }
        }
    }
}
