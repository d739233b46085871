namespace VcdRest.Abi1
{
    using System;
    using System.Collections.Generic;
    using System.Security;

    /// <content>What a session is opened with, and the way to its server.</content>
    public sealed partial class Session
    {
        private static readonly Dictionary<string, int> Grants = new Dictionary<string, int>
        {
            { "ApiToken", Grant.ApiToken },
            { "AccessToken", Grant.AccessToken },
            { "Password", Grant.Password },
            { "TokenFile", Grant.TokenFile },
        };

        /// <summary>
        /// Starts to sign in. The secret is a SecureString or a string: a token or a password; for a token file, its path.
        /// </summary>
        internal Call SignIn(string org, string grant, string user, object secret)
        {
            byte[] orgBytes = string.IsNullOrEmpty(org) ? null : Utf8.Bytes(org);
            byte[] userBytes = string.IsNullOrEmpty(user) ? null : Utf8.Bytes(user);
            Call.Maker make = delegate(out IntPtr call, out IntPtr error)
            {
                using (Secret bytes = Secret.From(secret))
                {
                    return Native.vcd_sign_in_new(
                        client.Value, Grants[grant], orgBytes, userBytes, bytes.Bytes, out call, out error);
                }
            };
            return Call.Start(this, "Sign in at " + Server, make, 100);
        }

        /// <summary>Goes through this proxy, as this user; user and password may be null.</summary>
        internal void UseProxy(string address, string user, SecureString password)
        {
            Set(ClientOption.Proxy, address);
            if (!string.IsNullOrEmpty(user))
            {
                Set(ClientOption.ProxyUser, user);
                Try(() =>
                {
                    using (Secret bytes = Secret.From(password))
                    {
                        IntPtr error;
                        VcdException.Check(
                            Native.vcd_client_set_text(client.Value, ClientOption.ProxyPassword, bytes.Bytes, out error), error);
                    }
                });
            }
        }

        /// <summary>Reaches these hosts without the proxy, named as in the environment variable NO_PROXY.</summary>
        internal void GoStraightTo(string hosts)
        {
            Set(ClientOption.ProxyExcept, hosts);
        }

        /// <summary>Goes straight to the server.</summary>
        internal void UseNoProxy()
        {
            Set(ClientOption.NoProxy, 1);
        }

        /// <summary>
        /// The API token that the server gave in place of the one of the sign-in and that could be saved nowhere; null
        /// where there is none.
        /// </summary>
        public SecureString CopyApiToken()
        {
            IntPtr error;
            UIntPtr needed;
            int status = Native.vcd_client_copy_text(client.Value, ClientField.ApiToken, null, UIntPtr.Zero, out needed, out error);
            Native.vcd_error_free(error);
            if (status != Status.BufferTooSmall)
            {
                return null;
            }
            int size = checked((int)needed.ToUInt64());
            using (Secret buffer = Secret.OfSize(size))
            {
                status = Native.vcd_client_copy_text(
                    client.Value, ClientField.ApiToken, buffer.Bytes, (UIntPtr)(uint)size, out needed, out error);
                Native.vcd_error_free(error);
                return status == Status.Ok ? buffer.ToSecureString(checked((int)needed.ToUInt64()) - 1) : null;
            }
        }
    }
}
