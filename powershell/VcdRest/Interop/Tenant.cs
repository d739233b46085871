namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Management.Automation;

    /// <summary>The organization that a command acts in, as requests name it and as results note it.</summary>
    internal sealed class Tenant
    {
        private const string Urn = "urn:vcloud:org:";

        private string origin;

        private Tenant()
        {
        }

        /// <summary>What the library takes for it, an id or a name; null where the session acts in it anyway.</summary>
        internal string Context { get; private set; }

        /// <summary>Whether one was named, be it the session's own.</summary>
        internal bool IsNamed { get; private set; }

        /// <summary>
        /// Whether the provider's own organization was named. It is no tenant, and no context is sent for it: the server
        /// then shows what all tenants have as well.
        /// </summary>
        internal bool IsSystem { get; private set; }

        /// <summary>
        /// The organization of an id, a name, or an object or table that has them; of null, none. The session's own is
        /// given by no context, unless it is always to be sent.
        /// </summary>
        internal static Tenant Of(object org, Session session, bool always = false)
        {
            Tenant tenant = new Tenant();
            object bare = org == null ? null : Command.Unwrap(org);
            if (bare == null)
            {
                return tenant;
            }
            string name = bare as string ?? Property(org, "name");
            string id = bare is string ? Id(name) : Property(org, "id") ?? (bare is Guid ? bare.ToString() : null);
            if (string.IsNullOrEmpty(id ?? name))
            {
                string found = bare is string ? "is empty" : "is a " + bare.GetType().FullName + " without either";
                throw Failure.Argument("-TenantContext has to be the id of an organization (a UUID, or urn:vcloud:org:UUID), its name, or an object that has one, and " + found + ". Get-VcdOrg finds organizations.");
            }
            tenant.IsNamed = true;
            tenant.IsSystem = session.IsProvider
                && (string.Equals(name, "System", StringComparison.OrdinalIgnoreCase)
                    || (id != null && Id(id) != null && Id(id) == session.OrgId));
            bool isOwn = tenant.IsSystem
                || (!always && name != null && string.Equals(name, session.Org, StringComparison.OrdinalIgnoreCase));
            tenant.Context = isOwn ? null : id ?? name;
            return tenant;
        }

        /// <summary>The same, which came through the pipeline, so that results note it.</summary>
        internal static Tenant From(object org, Session session, bool always)
        {
            Tenant tenant = Of(org, session, always);
            string name = Property(org, "name") ?? Command.Unwrap(org) as string;
            tenant.origin = tenant.IsSystem ? "System" : name ?? tenant.Context;
            return tenant;
        }

        /// <summary>Whether it is an organization as /cloudapi has them.</summary>
        internal static bool IsOrg(object item)
        {
            string id = item is PSObject ? Property(item, "id") : null;
            return id != null && id.StartsWith(Urn, StringComparison.OrdinalIgnoreCase);
        }

        /// <summary>The bare id of an organization that is given as an object; null where it has none.</summary>
        internal static string IdOf(object org)
        {
            return Id(Property(org, "id") ?? string.Empty);
        }

        /// <summary>Notes on a result, and on the items of a list, the organization that came through the pipeline.</summary>
        internal object Note(object content)
        {
            if (origin != null && content is PSObject)
            {
                NoteOn((PSObject)content);
                foreach (object item in Pages.Items(content))
                {
                    if (item is PSObject)
                    {
                        NoteOn((PSObject)item);
                    }
                }
            }
            return content;
        }

        private void NoteOn(PSObject item)
        {
            if (item.Properties["TenantContext"] == null)
            {
                item.Properties.Add(new PSNoteProperty("TenantContext", origin));
            }
        }

        /// <summary>
        /// Whether a thing belongs to the organization, for all that the server was told: without a context it shows the
        /// provider everybody's. `org` is the organization of the thing, an object or an address; null for one that has none.
        /// </summary>
        internal bool Has(object org, Session session)
        {
            if (!IsSystem || org == null)
            {
                return !IsSystem;
            }
            string address = Command.Unwrap(org) as string;
            return address == null
                ? string.Equals(Property(org, "name"), "System", StringComparison.OrdinalIgnoreCase)
                    || Id(Property(org, "id") ?? string.Empty) == (session.OrgId ?? "-")
                : Id(address.Substring(address.LastIndexOf('/') + 1)) == session.OrgId;
        }

        private static string Property(object item, string name)
        {
            object value = null;
            IDictionary table = Command.Unwrap(item) as IDictionary;
            if (table != null)
            {
                foreach (DictionaryEntry entry in table)
                {
                    value = name.Equals(entry.Key as string, StringComparison.OrdinalIgnoreCase) ? entry.Value : value;
                }
            }
            else
            {
                PSPropertyInfo property = PSObject.AsPSObject(item).Properties[name];
                value = property == null ? null : property.Value;
            }
            object bare = Command.Unwrap(value);
            string text = bare is Guid ? bare.ToString() : bare as string;
            return string.IsNullOrEmpty(text) ? null : text;
        }

        /// <summary>
        /// The bare id of an organization, from that or its URN; null where it is none. Servers up to 10.2 answer 401 to the
        /// URN.
        /// </summary>
        internal static string Id(string text)
        {
            text = text.Trim();
            if (text.StartsWith(Urn, StringComparison.OrdinalIgnoreCase))
            {
                text = text.Substring(Urn.Length);
            }
            Guid id;
            return Guid.TryParse(text, out id) ? id.ToString() : null;
        }
    }
}
