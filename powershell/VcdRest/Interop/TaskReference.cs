namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;
    using System.Text.RegularExpressions;
    using System.Xml;

    /// <summary>
    /// What identifies a task to the library, from all that people have in their hands: its id, its address, the task
    /// itself, something whose tasks it is, a document of the legacy API, or the headers of an answer with HTTP 202.
    /// </summary>
    internal static class TaskReference
    {
        private static readonly Regex Known = new Regex("/task/|^urn:vcloud:task:", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

        internal static List<string> Find(object task)
        {
            List<string> found = new List<string>();
            object bare = Command.Unwrap(task);
            IDictionary table = bare as IDictionary;
            XmlDocument document = bare as XmlDocument;
            XmlElement element = document == null ? bare as XmlElement : document.DocumentElement;
            if (bare is string || bare is Uri)
            {
                found.Add(bare is Uri ? ((Uri)bare).OriginalString : (string)bare);
            }
            else if (table != null)
            {
                AddHeader(found, table);
            }
            else if (element != null)
            {
                AddElements(found, element);
            }
            else if (bare != null)
            {
                AddObject(found, PSObject.AsPSObject(task));
            }
            return found;
        }

        private static void AddHeader(List<string> found, IDictionary headers)
        {
            foreach (string name in new[] { "Location", "X-VMWARE-VCLOUD-TASK-LOCATION" })
            {
                foreach (DictionaryEntry header in headers)
                {
                    if (found.Count == 0 && name.Equals(header.Key as string, StringComparison.OrdinalIgnoreCase))
                    {
                        object value = Command.Unwrap(header.Value);
                        IEnumerable several = value is string ? null : value as IEnumerable;
                        foreach (object one in several ?? new[] { value })
                        {
                            found.Add(Convert.ToString(Command.Unwrap(one), CultureInfo.InvariantCulture));
                            break;
                        }
                    }
                }
            }
        }

        private static void AddElements(List<string> found, XmlElement element)
        {
            if (element.LocalName == "Task")
            {
                found.Add(element.GetAttribute("href"));
                return;
            }
            foreach (XmlNode inner in element.GetElementsByTagName("Task"))
            {
                found.Add(((XmlElement)inner).GetAttribute("href"));
            }
        }

        private static void AddObject(List<string> found, PSObject item)
        {
            foreach (string name in new[] { "href", "id" })
            {
                string text = Value(item, name) as string;
                if (text != null && Known.IsMatch(text))
                {
                    found.Add(text);
                    return;
                }
            }
            // What a task works on has its tasks in it.
            object tasks = Value(item, "tasks");
            IEnumerable inner = tasks == null ? null : Value(PSObject.AsPSObject(tasks), "task") as IEnumerable;
            if (inner != null)
            {
                foreach (object one in inner)
                {
                    string href = one == null ? null : Value(PSObject.AsPSObject(one), "href") as string;
                    if (href != null)
                    {
                        found.Add(href);
                    }
                }
            }
        }

        private static object Value(PSObject item, string name)
        {
            PSPropertyInfo property = item.Properties[name];
            object value = property == null ? null : property.Value;
            object bare = Command.Unwrap(value);
            return bare is PSCustomObject ? value : bare;
        }
    }
}
