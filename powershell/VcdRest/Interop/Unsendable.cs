namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.IO;
    using System.Management.Automation;
    using System.Net;
    using System.Security;
    using System.Xml;

    /// <summary>
    /// What a body cannot hold, found before JSON is made of it: ConvertTo-Json writes the insides of whatever it gets, a
    /// number that is a handle for a stream, a length for a secret, and for a file or a script half of the process.
    /// </summary>
    internal sealed class Unsendable
    {
        /// <summary>Json.Write goes as deep.</summary>
        private const int MaxDepth = 100;

        /// <summary>More than any API takes: what leads to so many other objects is no data.</summary>
        private const int MaxProperties = 10000;

        /// <summary>Data as large as this is taken as it is.</summary>
        private const int MaxLooks = 1000000;

        /// <summary>Things of this process, with those that derive from them; by their names, for not all are everywhere.</summary>
        private static readonly HashSet<string> Living = new HashSet<string>
        {
            "System.Delegate",
            "System.Exception",
            "System.MarshalByRefObject",
            "System.Management.Automation.CommandInfo",
            "System.Management.Automation.EngineIntrinsics",
            "System.Management.Automation.ErrorRecord",
            "System.Management.Automation.Host.PSHost",
            "System.Management.Automation.Internal.InternalCommand",
            "System.Management.Automation.InvocationInfo",
            "System.Management.Automation.Job",
            "System.Management.Automation.PowerShell",
            "System.Management.Automation.ProviderInfo",
            "System.Management.Automation.PSDriveInfo",
            "System.Management.Automation.PSModuleInfo",
            "System.Management.Automation.Runspaces.Runspace",
            "System.Management.Automation.SessionState",
            "System.Net.Http.HttpContent",
            "System.Reflection.Assembly",
            "System.Reflection.MemberInfo",
            "System.Reflection.Module",
            "System.Runtime.InteropServices.SafeHandle",
            "System.Security.Cryptography.X509Certificates.X509Certificate",
            "System.Text.Json.JsonDocument",
            "System.Text.Json.JsonElement",
            "System.Threading.Tasks.Task",
            "System.Threading.Thread",
            typeof(Session).FullName,
        };

        private readonly List<object> above = new List<object>();
        private readonly List<string> path = new List<string>();
        private int looked;
        private int properties;

        private Unsendable()
        {
        }

        /// <summary>Throws where the body is, or has in it, what cannot be sent.</summary>
        internal static void Refuse(object body)
        {
            new Unsendable().Look(body, true);
        }

        private void Look(object value, bool isPlain)
        {
            object bare = Command.Unwrap(value);
            Type type = bare == null ? null : bare.GetType();
            if (type == null || type.IsPrimitive || type.IsEnum || bare is string || above.Count > MaxDepth || ++looked > MaxLooks)
            {
                return;
            }
            string remedy = Remedy(bare, type);
            if (remedy != null)
            {
                throw Refusal("is a " + type.FullName + ", which is no data", remedy);
            }
            if (!isPlain && ++properties > MaxProperties)
            {
                path.Clear();
                throw Refusal("leads to more than " + MaxProperties.ToString(CultureInfo.InvariantCulture) + " other objects", General);
            }
            bool isPair = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
            // Other structures are values. JSON objects of that library look after themselves.
            if ((type.IsValueType && !isPair) || (type.Namespace ?? string.Empty).StartsWith("Newtonsoft.Json", StringComparison.Ordinal))
            {
                return;
            }
            // Objects without a class of their own share one base object.
            object self = bare is PSCustomObject ? value : bare;
            foreach (object one in above)
            {
                if (ReferenceEquals(one, self))
                {
                    throw Refusal("contains itself", General);
                }
            }
            above.Add(self);
            LookInside(value, bare, type);
            above.RemoveAt(above.Count - 1);
        }

        private void LookInside(object value, object bare, Type type)
        {
            IDictionary table = bare as IDictionary;
            if (table != null)
            {
                foreach (DictionaryEntry entry in table)
                {
                    LookAt("." + Convert.ToString(entry.Key, CultureInfo.InvariantCulture), entry.Value, true);
                }
            }
            else if (bare is IEnumerable)
            {
                Type element = type.IsArray ? type.GetElementType() : null;
                if (IsCollection(bare, type) && (element == null || !(element.IsPrimitive || element == typeof(string))))
                {
                    int index = 0;
                    foreach (object one in (IEnumerable)bare)
                    {
                        LookAt("[" + (index++).ToString(CultureInfo.InvariantCulture) + "]", one, true);
                    }
                }
            }
            else
            {
                bool isPlain = bare is PSCustomObject;
                foreach (PSPropertyInfo property in PSObject.AsPSObject(value).Properties)
                {
                    object inside;
                    try
                    {
                        inside = property.Value;
                    }
                    catch (RuntimeException)
                    {
                        // One that cannot be read is not written either.
                        continue;
                    }
                    LookAt("." + property.Name, inside, isPlain);
                }
            }
        }

        private void LookAt(string step, object value, bool isPlain)
        {
            path.Add(step);
            Look(value, isPlain);
            path.RemoveAt(path.Count - 1);
        }

        /// <summary>Whether its items stay when they are looked at: others may come once only.</summary>
        private static bool IsCollection(object bare, Type type)
        {
            return bare is ICollection || Array.Exists(
                type.GetInterfaces(), one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(ICollection<>));
        }

        private const string General = "Make a hashtable of the values that are meant.";

        /// <summary>What to do instead; null where nothing is wrong with it.</summary>
        private string Remedy(object bare, Type type)
        {
            if (bare is FileSystemInfo)
            {
                return "For a file use -InFile; its path is its property FullName.";
            }
            if (bare is Stream || bare is TextReader || bare is TextWriter)
            {
                return "For a file use -InFile; of another stream, read the text or the bytes and send them.";
            }
            if (bare is SecureString)
            {
                return "JSON would have its length and not its text. Where the server is to get the text, take (New-Object System.Net.NetworkCredential '', $secret).Password.";
            }
            if (bare is PSCredential || bare is NetworkCredential)
            {
                return "JSON would not have its password. Where the server is to get it, take $credential.UserName and $credential.GetNetworkCredential().Password.";
            }
            if (bare is ScriptBlock)
            {
                return "Run it (& $block) and send what it returns.";
            }
            if (bare is XmlNode)
            {
                return "Within JSON, send its text (OuterXml); by itself, it is sent as XML.";
            }
            for (Type one = type; one != null; one = one.BaseType)
            {
                if (Living.Contains(one.FullName))
                {
                    return General;
                }
            }
            return null;
        }

        private VcdException Refusal(string what, string remedy)
        {
            string where = string.Concat(path.ToArray()).TrimStart('.');
            return Failure.Argument(
                "-Body cannot be sent: " + (where.Length == 0 ? "it " : "its value '" + where + "' ") + what + ". " + remedy);
        }
    }
}
