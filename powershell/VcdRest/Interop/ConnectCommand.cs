namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.IO;
    using System.Management.Automation;
    using System.Security;

    /// <summary>Connect-Vcd.</summary>
    internal sealed class ConnectCommand : Command
    {
        private Session session;
        private object secret;
        private string secretName;
        private string grant;
        private string user;

        internal ConnectCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
            Target = "Connect-Vcd";
        }

        protected override IEnumerable<object> Run()
        {
            // Before anything can fail: a script that goes on after an error is not to reach yesterday's server.
            if (!Switch("NotDefault"))
            {
                Sessions.Current = null;
            }
            CheckRange("TimeoutSec", 0, 86400);
            CheckRange("MaximumRetryCount", 0, 20);
            CheckRange("RetryIntervalSec", 1, 600);
            yield return SignIn();
        }

        private Session SignIn()
        {
            string server = Text("Server");
            bool explicitServer = server != null;
            server = server ?? Variable("VCD_URL", "The server comes from");
            if (server == null)
            {
                throw Failure.Argument("Which server? Give its name or address with -Server, or in the environment variable VCD_URL.");
            }
            FindCredential();
            session = new Session(server);
            bool connected = false;
            try
            {
                Check();
                string addressOrg = session.AddressOrg();
                string org = Text("Org");
                if (org == null && !(explicitServer && addressOrg != null))
                {
                    org = Variable("VCD_SYS_ORG", "The organization comes from") ?? Variable("VCD_ORG", "The organization comes from");
                }
                int at = user == null ? -1 : user.LastIndexOf('@');
                if (org == null && addressOrg == null && at > 0 && at < user.Length - 1)
                {
                    org = user.Substring(at + 1);
                    Say("The organization comes from the user's name.");
                }
                if (grant != "AccessToken" && org == null && addressOrg == null)
                {
                    throw Failure.Argument("Which organization? Give its short name with -Org (it stands after /tenant/ in the address of the user interface; System is the provider), or in the environment variable VCD_ORG.");
                }
                Configure();
                Check();
                AskForCredential(org ?? addressOrg);
                using (Call call = session.SignIn(org, grant, user, secret))
                {
                    Target = call.Description;
                    Await(call);
                    // When the new token of a service account could not be saved, this session is all that has it.
                    if (call.Failure != null && !session.IsConnected)
                    {
                        throw Advise(call.Failure);
                    }
                    session.Register();
                    if (!Switch("NotDefault"))
                    {
                        Sessions.Current = session;
                    }
                    connected = true;
                    if (call.Failure != null)
                    {
                        Cmdlet.WriteError(call.ErrorRecord);
                    }
                }
                return session;
            }
            finally
            {
                if (!connected)
                {
                    // A warning that the caller made an error, or Ctrl+C: what stands open on the server is ended.
                    if (session.IsOwn())
                    {
                        using (Call end = session.SignOut())
                        {
                            end.Wait(2000);
                        }
                    }
                    session.Close();
                }
            }
        }

        /// <summary>The same failure, with the command that does what it advises.</summary>
        private VcdException Advise(VcdException failure)
        {
            return grant == "TokenFile" && failure.Message.Contains(NewServiceAccountCommand.Anew)
                ? failure.As(failure.Status, failure.Message.TrimEnd('.') + ". New-VcdServiceAccount -Id does that.").With(failure.Response)
                : failure;
        }

        private void Check()
        {
            VcdException problem = session.Problem();
            if (problem != null)
            {
                throw problem;
            }
        }

        private void CheckRange(string parameter, int least, int most)
        {
            object value = Given(parameter);
            if (value is int && ((int)value < least || (int)value > most))
            {
                throw Failure.Argument(string.Format(
                    CultureInfo.InvariantCulture, "-{0} has to be between {1} and {2}, and not {3}.", parameter, least, most, value));
            }
        }

        private string Variable(string name, string meaning)
        {
            string value = Environment.GetEnvironmentVariable(name);
            if (string.IsNullOrEmpty(value))
            {
                return null;
            }
            Say(meaning + " the environment variable " + name + ".");
            return value;
        }

        /// <summary>
        /// What was given as a parameter, or else the first credential in the environment, in the order of VMware's
        /// Terraform provider.
        /// </summary>
        private void FindCredential()
        {
            List<string> present = new List<string>();
            foreach (string name in new[] { "VCD_SA_TOKEN_FILE", "VCD_API_TOKEN_FILE", "VCD_API_TOKEN", "VCD_TOKEN", "VCD_PASSWORD" })
            {
                // Terraform's examples have "none" for user and password beside a token.
                string needed = name == "VCD_PASSWORD" ? Environment.GetEnvironmentVariable("VCD_USER") : "needed";
                if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)) && !string.IsNullOrEmpty(needed) && needed != "none")
                {
                    present.Add(name);
                }
            }
            string given = Array.Find(new[] { "ApiToken", "TokenFile", "AccessToken", "Credential" }, IsGiven);
            if (given != null)
            {
                secretName = "-" + given;
                grant = given;
                // An empty one is an error, and no reason to ask for another.
                secret = Unwrap(Given(given)) ?? string.Empty;
                if (present.Count > 0)
                {
                    Say("A credential was given as a parameter; " + NotUsed(present));
                }
            }
            else if (present.Count > 0)
            {
                secretName = present[0];
                grant = secretName == "VCD_API_TOKEN" ? "ApiToken"
                    : secretName == "VCD_TOKEN" ? "AccessToken"
                    : secretName == "VCD_PASSWORD" ? "Password" : "TokenFile";
                user = grant == "Password" ? Environment.GetEnvironmentVariable("VCD_USER") : null;
                secret = Variable(secretName, "The credential comes from");
                if (present.Count > 1)
                {
                    Say(NotUsed(present.GetRange(1, present.Count - 1)));
                }
            }
            else
            {
                secretName = "-ApiToken";
                grant = "ApiToken";
            }
            PSCredential credential = secret as PSCredential;
            if (credential != null)
            {
                grant = "Password";
                user = credential.UserName;
                secret = credential.Password;
            }
            if (grant == "TokenFile" && ((string)secret).Length > 0)
            {
                secret = FilePath((string)secret, secretName);
            }
        }

        private static string NotUsed(List<string> names)
        {
            return string.Join(" and ", names.ToArray()) + " of the environment " + (names.Count > 1 ? "are" : "is") + " not used.";
        }

        /// <summary>Which half of a user's name and password the environment lacks, for the error about no credential.</summary>
        private static string HalfOfPair()
        {
            bool hasUser = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("VCD_USER"));
            bool hasPassword = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("VCD_PASSWORD"));
            return hasUser == hasPassword ? string.Empty
                : hasUser ? " VCD_USER is there, and VCD_PASSWORD is not: one is of no use without the other."
                : " VCD_PASSWORD is there, and VCD_USER is not: one is of no use without the other.";
        }

        /// <summary>Finds out that a token is what people give in its place: a token file, or the path of one.</summary>
        private void CheckToken(SecureString secure, string text)
        {
            if (grant != "ApiToken" && grant != "AccessToken")
            {
                return;
            }
            bool isJson;
            using (Secret bytes = Secret.From((object)secure ?? text))
            {
                isJson = Array.Find(bytes.Bytes, one => one > ' ') == '{';
            }
            if (isJson)
            {
                throw Failure.Argument(secretName + " is JSON, as a token file has it: give the path of the file with -TokenFile (VCD_API_TOKEN_FILE, VCD_SA_TOKEN_FILE), or the refresh_token of it alone.");
            }
            if (text != null && IsFile(text))
            {
                throw Failure.Argument(secretName + " is the path of a file. Give it with -TokenFile (VCD_API_TOKEN_FILE, VCD_SA_TOKEN_FILE).");
            }
        }

        private bool IsFile(string text)
        {
            try
            {
                return text.Length < 1000 && File.Exists(Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(text));
            }
            catch (Exception exception)
            {
                if (exception is PipelineStoppedException)
                {
                    throw;
                }
                // No path at all.
                return false;
            }
        }

        private void AskForCredential(string org)
        {
            secret = secret ?? Ask("API token for " + org + " at " + session.Server + ": ");
            if (secret == null)
            {
                throw Failure.Argument("There is no credential, and nobody to ask for one. Give an API token with -ApiToken, or in the environment variable VCD_API_TOKEN." + HalfOfPair());
            }
            string text = secret as string;
            SecureString secure = secret as SecureString;
            if (text != null ? text.Length == 0 : secure == null || secure.Length == 0)
            {
                throw Failure.Argument(secretName + " has to be a SecureString or a string, and not an empty one.");
            }
            CheckToken(secure, text);
        }

        /// <summary>Asks without showing what is typed; null where nobody can be asked.</summary>
        private SecureString Ask(string prompt)
        {
            // A console whose input is a file or a pipe has nobody in front of it.
            if (Cmdlet.Host.Name == "ConsoleHost" && Console.IsInputRedirected)
            {
                return null;
            }
            try
            {
                Cmdlet.Host.UI.Write(prompt);
                SecureString typed = Cmdlet.Host.UI.ReadLineAsSecureString();
                return typed == null || typed.Length == 0 ? null : typed;
            }
            catch (PipelineStoppedException)
            {
                throw;
            }
            catch (Exception exception)
            {
                // PowerShell was started with -NonInteractive, or the host cannot ask.
                Say(exception.Message);
                return null;
            }
        }

        private void Configure()
        {
            string[] files = Given("CertificateAuthority") as string[];
            string fingerprint = Text("ServerFingerprint");
            bool skip = Switch("SkipCertificateCheck");
            if (skip && (fingerprint != null || HasText(files)))
            {
                throw Failure.Argument(
                    "-SkipCertificateCheck and " + (fingerprint != null ? "-ServerFingerprint" : "-CertificateAuthority")
                    + " exclude each other: the one trusts everybody, the other says whom to trust.");
            }
            if (Switch("CertificateAuthorityOnly"))
            {
                if (!HasText(files))
                {
                    throw Failure.Argument("-CertificateAuthorityOnly trusts the certificates of -CertificateAuthority and no others, so that parameter is needed, too.");
                }
                session.TrustFilesOnly();
            }
            foreach (string file in files ?? new string[0])
            {
                if (!string.IsNullOrEmpty(file))
                {
                    session.TrustFile(FilePath(file, "-CertificateAuthority"));
                }
            }
            if (fingerprint != null)
            {
                session.TrustFingerprint(fingerprint);
            }
            if (!IsGiven("SkipCertificateCheck") && fingerprint == null && !HasText(files))
            {
                string allow = Environment.GetEnvironmentVariable("VCD_ALLOW_UNVERIFIED_SSL");
                skip = IsTrue(allow);
                if (!skip && !IsFalse(allow))
                {
                    Say("VCD_ALLOW_UNVERIFIED_SSL of the environment is '" + allow + "', which is neither true nor false: certificates are checked.");
                }
                if (skip)
                {
                    Say("VCD_ALLOW_UNVERIFIED_SSL of the environment switches certificate checks off.");
                }
            }
            if (skip)
            {
                session.SkipCertificateCheck();
            }
            ConfigureProxy();
            if (Switch("AllowUnencryptedAuthentication"))
            {
                session.AllowHttp();
            }
            session.UseAgent(Text("UserAgent") == null ? Agent : Agent + " " + Text("UserAgent"));
            if (Text("ApiVersion") != null)
            {
                session.UseApiVersion(Text("ApiVersion"));
            }
            if (Number("TimeoutSec") >= 0)
            {
                session.UseTimeout(Number("TimeoutSec"));
            }
            if (Number("MaximumRetryCount") >= 0)
            {
                session.UseRetries(Number("MaximumRetryCount"));
            }
            if (Number("RetryIntervalSec") >= 0)
            {
                session.UseRetryInterval(Number("RetryIntervalSec"));
            }
        }

        private void ConfigureProxy()
        {
            string proxy = Text("Proxy");
            PSCredential credential = Given("ProxyCredential") as PSCredential;
            if (proxy == null && credential != null)
            {
                throw Failure.Argument("-ProxyCredential is for the proxy that -Proxy names.");
            }
            if (proxy != null && Switch("NoProxy"))
            {
                throw Failure.Argument("-Proxy and -NoProxy exclude each other.");
            }
            if (proxy != null)
            {
                session.UseProxy(proxy, credential == null ? null : credential.UserName, credential == null ? null : credential.Password);
            }
            if (Switch("NoProxy"))
            {
                session.UseNoProxy();
            }
            UseEnvironment(session, proxy);
        }

        private static bool HasText(string[] texts)
        {
            return texts != null && Array.Exists(texts, text => !string.IsNullOrEmpty(text));
        }

        private static bool IsFalse(string value)
        {
            switch ((value ?? string.Empty).ToLowerInvariant())
            {
                case "":
                case "0":
                case "f":
                case "false":
                case "n":
                case "no":
                    return true;
                default:
                    return false;
            }
        }

        private static bool IsTrue(string value)
        {
            switch ((value ?? string.Empty).ToLowerInvariant())
            {
                case "1":
                case "t":
                case "true":
                case "y":
                case "yes":
                    return true;
                default:
                    return false;
            }
        }
    }
}
