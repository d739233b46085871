namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;
    using System.Xml;

    /// <summary>Lists that come in pages.</summary>
    internal static class Pages
    {
        /// <summary>
        /// What a person should know about a result that was cut off at its first page; null when it was not. A request
        /// that names its page means one page.
        /// </summary>
        internal static string CutOff(Request request, Call call, object content)
        {
            if (!request.Method.Equals("GET", StringComparison.OrdinalIgnoreCase) || NamesPage(request.Uri))
            {
                return null;
            }
            long total = Total(content);
            int count = Count(content);
            bool more = total >= 0 && count >= 0 ? count < total : (FromHeaders(call) ?? FromBody(content)) != null;
            if (!more)
            {
                return null;
            }
            string numbers = total >= 0
                ? string.Format(CultureInfo.InvariantCulture, "the first {0} of {1} results", count, total)
                : "the first results and has more";
            return call.Description + ": the server sent " + numbers
                + ". Add -All to get every page, or name the page (-Query @{ page = 1 }) to get just that one.";
        }

        /// <summary>How many results there are in all; -1 where the page does not say.</summary>
        internal static long Total(object content)
        {
            long total = NumberOf(content, "resultTotal");
            return total >= 0 ? total : NumberOf(content, "total");
        }

        /// <summary>The items of a page, or an empty list.</summary>
        internal static IList Items(object content)
        {
            return (PropertyOf(content, "values") ?? PropertyOf(content, "record")) as IList ?? new object[0];
        }

        private static int Count(object content)
        {
            IList items = (PropertyOf(content, "values") ?? PropertyOf(content, "record")) as IList;
            return items == null ? -1 : items.Count;
        }

        private static string FromHeaders(Call call)
        {
            IEnumerable<string> values;
            if (!call.HasHeader("Link") || !call.Headers.TryGetValue("Link", out values))
            {
                return null;
            }
            foreach (string value in values)
            {
                string next = LinkHeader.Next(value);
                if (next != null)
                {
                    return next;
                }
            }
            return null;
        }

        private static string FromBody(object content)
        {
            if (!(content is PSObject))
            {
                return FromXml(content as XmlDocument);
            }
            IEnumerable links = PropertyOf(content, "link") as IList;
            if (links != null)
            {
                foreach (object link in links)
                {
                    if ((PropertyOf(link, "rel") as string) == "nextPage")
                    {
                        return PropertyOf(link, "href") as string;
                    }
                }
            }
            return null;
        }

        private static string FromXml(XmlDocument document)
        {
            if (document == null || document.DocumentElement == null)
            {
                return null;
            }
            foreach (XmlNode node in document.DocumentElement.ChildNodes)
            {
                XmlElement element = node as XmlElement;
                if (element != null && element.LocalName == "Link" && element.GetAttribute("rel") == "nextPage")
                {
                    return element.GetAttribute("href");
                }
            }
            return null;
        }

        private static bool NamesPage(string uri)
        {
            return HasParameter(uri, "page=") || HasParameter(uri, "cursor=") || HasParameter(uri, "offset=");
        }

        private static bool HasParameter(string uri, string name)
        {
            int at = uri.IndexOf(name, StringComparison.Ordinal);
            while (at > 0 && uri[at - 1] != '?' && uri[at - 1] != '&')
            {
                at = uri.IndexOf(name, at + 1, StringComparison.Ordinal);
            }
            return at > 0;
        }

        private static object PropertyOf(object content, string name)
        {
            PSObject item = content as PSObject;
            PSPropertyInfo property = item == null ? null : item.Properties[name];
            object value = property == null ? null : property.Value;
            PSObject wrapped = value as PSObject;
            return wrapped != null && wrapped.BaseObject is IList ? wrapped.BaseObject : value;
        }

        private static long NumberOf(object content, string name)
        {
            object value = PropertyOf(content, name);
            return value is long || value is int ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : -1;
        }
    }
}
