namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;
    using System.Xml;

    /// <summary>Get-VcdApiVersion.</summary>
    internal sealed class ApiVersionCommand : Command
    {
        internal ApiVersionCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            Session own = Text("Server") == null ? null : Make();
            try
            {
                Session session = own ?? FindSession();
                string inUse = own == null ? session.ApiVersion : null;
                List<Entry> entries = Ask(session);
                Warn(session, inUse, entries);
                foreach (Entry entry in entries)
                {
                    PSObject shown = new PSObject();
                    shown.TypeNames.Insert(0, "VcdRest.ApiVersion");
                    shown.Properties.Add(new PSNoteProperty("Version", entry.Version));
                    shown.Properties.Add(new PSNoteProperty("Deprecated", entry.IsDeprecated));
                    shown.Properties.Add(new PSNoteProperty("Alpha", entry.IsAlpha));
                    shown.Properties.Add(new PSNoteProperty("InUse", entry.Version == inUse));
                    yield return shown;
                }
            }
            finally
            {
                if (own != null)
                {
                    own.Close();
                }
            }
        }

        /// <summary>
        /// Says where a version that was set will not do for long: nothing is asked about it when a session is made.
        /// </summary>
        private void Warn(Session session, string inUse, List<Entry> entries)
        {
            if (string.IsNullOrEmpty(inUse))
            {
                return;
            }
            Entry found = entries.Find(entry => entry.Version == inUse);
            if (found == null)
            {
                Cmdlet.WriteWarning("The session with " + session.Server + " asks for API version " + inUse + ", which the server does not offer.");
            }
            else if (found.IsDeprecated)
            {
                Cmdlet.WriteWarning("The session with " + session.Server + " asks for API version " + inUse + ", which is deprecated there and will be gone after an upgrade.");
            }
        }

        /// <summary>A session that signs in to nothing.</summary>
        private Session Make()
        {
            Target = "Get-VcdApiVersion";
            Session session = new Session(Text("Server"));
            foreach (string file in Given("CertificateAuthority") as string[] ?? new string[0])
            {
                session.TrustFile(FilePath(file, "-CertificateAuthority"));
            }
            if (Text("ServerFingerprint") != null)
            {
                session.TrustFingerprint(Text("ServerFingerprint"));
            }
            if (Switch("SkipCertificateCheck"))
            {
                session.SkipCertificateCheck();
            }
            if (Text("Proxy") != null)
            {
                session.UseProxy(Text("Proxy"), null, null);
            }
            if (Switch("NoProxy"))
            {
                session.UseNoProxy();
            }
            UseEnvironment(session, Text("Proxy"));
            // No token travels.
            session.AllowHttp();
            session.UseAgent(Agent);
            VcdException problem = session.Problem();
            if (problem != null)
            {
                session.Close();
                throw problem;
            }
            return session;
        }

        private List<Entry> Ask(Session session)
        {
            Request request = new Request("GET", "/api/versions");
            Target = request.Description;
            request.Anonymous = true;
            request.Headers = new Hashtable { { "Accept", "application/*+json" } };
            request.TimeoutSec = Number("TimeoutSec");
            using (Call call = session.Start(request))
            {
                Await(call);
                object content = call.Failure == null ? call.ReadContent() : null;
                if (call.Failure != null)
                {
                    throw call.Failure;
                }
                List<Entry> entries = new List<Entry>();
                XmlDocument document = content as XmlDocument;
                if (document != null)
                {
                    AddXml(entries, document);
                }
                else
                {
                    AddJson(entries, content as PSObject, "versionInfo", false);
                    AddJson(entries, content as PSObject, "alphaVersion", true);
                }
                if (entries.Count == 0)
                {
                    call.Refuse("The answer lists no API versions.");
                    throw call.Failure;
                }
                entries.Sort();
                return entries;
            }
        }

        private static void AddXml(List<Entry> entries, XmlDocument document)
        {
            foreach (XmlNode node in document.DocumentElement.ChildNodes)
            {
                XmlElement element = node as XmlElement;
                if (element == null || (element.LocalName != "VersionInfo" && element.LocalName != "AlphaVersion"))
                {
                    continue;
                }
                foreach (XmlNode inner in element.ChildNodes)
                {
                    if (inner.LocalName == "Version")
                    {
                        entries.Add(new Entry(inner.InnerText.Trim(), element.GetAttribute("deprecated") == "true", element.LocalName == "AlphaVersion"));
                    }
                }
            }
        }

        private static void AddJson(List<Entry> entries, PSObject content, string name, bool isAlpha)
        {
            PSPropertyInfo property = content == null ? null : content.Properties[name];
            object value = property == null ? null : property.Value;
            IEnumerable several = Unwrap(value) as IEnumerable;
            foreach (object one in several ?? (value == null ? new object[0] : new[] { value }))
            {
                PSObject entry = one as PSObject;
                PSPropertyInfo version = entry == null ? null : entry.Properties["version"];
                PSPropertyInfo deprecated = entry == null ? null : entry.Properties["deprecated"];
                if (version != null && version.Value is string)
                {
                    bool isDeprecated = deprecated != null && deprecated.Value is bool && (bool)deprecated.Value;
                    entries.Add(new Entry((string)version.Value, isDeprecated, isAlpha));
                }
            }
        }

        /// <summary>One version; the order is from old to new, and previews come last.</summary>
        private sealed class Entry : IComparable<Entry>
        {
            private readonly List<int> numbers = new List<int>();

            internal Entry(string version, bool isDeprecated, bool isAlpha)
            {
                Version = version;
                IsDeprecated = isDeprecated;
                IsAlpha = isAlpha;
                foreach (string part in version.Split('-')[0].Split('.'))
                {
                    int number;
                    numbers.Add(int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number : 0);
                }
            }

            internal string Version { get; private set; }

            internal bool IsDeprecated { get; private set; }

            internal bool IsAlpha { get; private set; }

            public int CompareTo(Entry other)
            {
                if (IsAlpha != other.IsAlpha)
                {
                    return IsAlpha ? 1 : -1;
                }
                // VCF Automation's, which have three numbers (9.1.0), are later than the earlier family (40.0). A number
                // in each is compared as such: 5.10 is later than 5.9.
                int order = numbers.Count.CompareTo(other.numbers.Count);
                for (int index = 0; order == 0 && index < numbers.Count; index++)
                {
                    order = numbers[index].CompareTo(other.numbers[index]);
                }
                return order != 0 ? order : string.CompareOrdinal(Version, other.Version);
            }
        }
    }
}
