namespace VcdRest.Abi1
{
    using System.Collections;
    using System.Collections.Generic;
    using System.IO;
    using System.Management.Automation;
    using System.Net;
    using System.Security;

    /// <summary>A command that makes something that has a token.</summary>
    internal abstract class NewSecretCommand : Command
    {
        internal NewSecretCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        /// <summary>The file that the token goes to; null for none. One that is there is refused before anything is made.</summary>
        protected string NewTokenFile()
        {
            if (!IsGiven("TokenFile"))
            {
                return null;
            }
            string path = FilePath(Text("TokenFile") ?? string.Empty, "-TokenFile");
            if (File.Exists(path))
            {
                throw Failure.Argument(
                    "There is a file '" + path + "' (-TokenFile) already. Another token may be in it: choose another name, or remove it.");
            }
            // Before anything is registered or granted: the library would find it out only when the token is due.
            string folder = Path.GetDirectoryName(path);
            string probe = Path.Combine(folder, Path.GetRandomFileName());
            try
            {
                using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
                {
                }
            }
            catch (System.Exception exception)
            {
                throw new VcdException(
                    Status.Argument,
                    "No file can be made in the folder '" + folder + "' (-TokenFile): " + exception.Message + " Nothing was created.",
                    exception);
            }
            return path;
        }

        /// <summary>Does an operation and returns what came of it; a secret text of it goes to `secret`.</summary>
        protected PSObject Operate(Session session, string operation, string description, IDictionary options, string secretName, out SecureString secret)
        {
            Target = description;
            using (Call call = session.Operate(operation, description, options))
            {
                Await(call);
                secret = null;
                VcdException failure = call.Failure;
                if (failure != null && failure.Status == Status.TokenNotSaved)
                {
                    // The token is there, only its file is not: it is handed out, for the server shows it this once.
                    Cmdlet.WriteError(call.ErrorRecord);
                    failure = null;
                }
                object content = failure == null ? call.ReadContent(secretName, out secret) : null;
                failure = failure ?? (content == null ? call.Failure : null);
                if (failure != null)
                {
                    throw failure;
                }
                return PSObject.AsPSObject(content);
            }
        }

        /// <summary>A text of an answer; null where it has none.</summary>
        protected static string Text(PSObject answer, string name)
        {
            PSPropertyInfo property = answer.Properties[name];
            return property == null ? null : Unwrap(property.Value) as string;
        }

        /// <summary>An object with properties that a view may show.</summary>
        protected static PSObject Show(string typeName, params object[] namesAndValues)
        {
            PSObject shown = new PSObject();
            if (typeName != null)
            {
                shown.TypeNames.Insert(0, typeName);
            }
            for (int index = 0; index < namesAndValues.Length; index += 2)
            {
                shown.Properties.Add(new PSNoteProperty((string)namesAndValues[index], namesAndValues[index + 1]));
            }
            return shown;
        }

        /// <summary>Notes where the token is: in its file, or here.</summary>
        protected PSObject AddSecret(PSObject shown, string file, SecureString secret)
        {
            shown.Properties.Add(
                file != null && secret == null ? new PSNoteProperty("TokenFile", file)
                : Switch("AsPlainText") ? new PSNoteProperty("ApiToken", new NetworkCredential(string.Empty, secret).Password)
                : new PSNoteProperty("ApiToken", secret));
            return shown;
        }
    }

    /// <summary>New-VcdApiToken.</summary>
    internal sealed class NewApiTokenCommand : NewSecretCommand
    {
        internal NewApiTokenCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            string name = Text("Name");
            string description = "API token '" + name + "'";
            Target = description;
            Session session = FindSession();
            string file = NewTokenFile();
            if (!Cmdlet.ShouldProcess(session.ToString(), "Create API token '" + name + "'"))
            {
                yield break;
            }
            yield return Create(session, name, file, description);
        }

        private PSObject Create(Session session, string name, string file, string description)
        {
            Hashtable options = new Hashtable();
            options["Name"] = name;
            options["TokenFile"] = file;
            SecureString secret;
            PSObject made = Operate(session, "CreateApiToken", description, options, "refresh_token", out secret);
            PSObject shown = Show(
                "VcdRest.NewApiToken", "id", Text(made, "id"), "name", name, "org", Show(null, "name", Text(made, "org")));
            return AddSecret(shown, file, secret);
        }
    }
}
