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
