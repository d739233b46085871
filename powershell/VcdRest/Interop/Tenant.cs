namespace VcdRest.Abi1
{
    using System;
    using System.Globalization;
    using System.Management.Automation;

    /// <summary>Organizations as requests name them.</summary>
    internal static class Tenant
    {
        private const string Urn = "urn:vcloud:org:";

        /// <summary>
        /// An organization as the library takes it, by its id or its name, from either or from an object that has them; null
        /// for none, and for the session's own, in which it acts anyway.
        /// </summary>
        internal static string Of(object org, Session session)
        {
            object bare = org == null ? null : Command.Unwrap(org);
            if (bare == null)
            {
                return null;
            }
            string name = bare as string;
            string id = null;
            if (name == null)
            {
                PSObject item = PSObject.AsPSObject(org);
                name = Property(item, "name");
                id = Property(item, "id") ?? (name == null ? Convert.ToString(bare, CultureInfo.InvariantCulture) : null);
            }
            bool isOwn = session != null && name != null && string.Equals(name, session.Org, StringComparison.OrdinalIgnoreCase);
            return isOwn ? null : id ?? name;
        }

        private static string Property(PSObject item, string name)
        {
            PSPropertyInfo property = item.Properties[name];
            string text = property == null ? null : Command.Unwrap(property.Value) as string;
            return string.IsNullOrEmpty(text) ? null : text;
        }

        /// <summary>
        /// The bare id of an organization, from the id, its URN, or an object that has it; null where it is none.
        /// Servers up to 10.2 answer 401 to the URN.
        /// </summary>
        internal static string Id(object org)
        {
            object bare = Command.Unwrap(org);
            string text = bare as string;
            if (text == null)
            {
                PSPropertyInfo property = PSObject.AsPSObject(org).Properties["id"];
                text = Convert.ToString(property == null ? bare : Command.Unwrap(property.Value), CultureInfo.InvariantCulture);
            }
            if (text.StartsWith(Urn, StringComparison.OrdinalIgnoreCase))
            {
                text = text.Substring(Urn.Length);
            }
            Guid id;
            return Guid.TryParse(text, out id) ? id.ToString() : null;
        }
    }
}
