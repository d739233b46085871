namespace VcdRest.Abi1
{
    using System;
    using System.IO;
    using System.Text;
    using System.Xml;

    /// <summary>Bodies as PowerShell has them, by the rules of Invoke-RestMethod.</summary>
    internal static class Content
    {
        /// <summary>
        /// JSON becomes objects, XML a document, by what the server calls it. What it calls neither is tried as XML and
        /// as JSON, and else is text.
        /// </summary>
        internal static object Read(string text, string contentType)
        {
            string type = MediaType(contentType);
            if (text.Length == 0)
            {
                return text;
            }
            if (IsJson(type))
            {
                return Json.Read(text);
            }
            XmlDocument document = TryXml(text);
            if (document != null || IsXml(type))
            {
                return (object)document ?? text;
            }
            try
            {
                return Json.Read(text);
            }
            catch (VcdException)
            {
                return text;
            }
        }

        /// <summary>The type that a body is sent as where the caller names none.</summary>
        internal static string TypeOf(object body)
        {
            return body is XmlNode ? "application/xml" : null;
        }

        /// <summary>The bytes of a body that needs no conversion to JSON; null for others.</summary>
        internal static byte[] Bytes(object body, string contentType)
        {
            byte[] bytes = body as byte[];
            if (bytes != null)
            {
                return bytes;
            }
            XmlNode node = body as XmlNode;
            if (node != null)
            {
                return XmlBytes(node);
            }
            string text = body as string;
            return text == null ? null : EncodingOf(contentType).GetBytes(text);
        }

        /// <summary>XML in UTF-8, which its declaration then names, whatever it named before.</summary>
        private static byte[] XmlBytes(XmlNode node)
        {
            XmlDocument document = node as XmlDocument;
            if (document != null && document.FirstChild is XmlDeclaration)
            {
                document = (XmlDocument)document.Clone();
                ((XmlDeclaration)document.FirstChild).Encoding = "utf-8";
            }
            return new UTF8Encoding(false).GetBytes((document ?? node).OuterXml);
        }

        private static Encoding EncodingOf(string contentType)
        {
            const string Parameter = "charset=";
            int start = (contentType ?? string.Empty).IndexOf(Parameter, StringComparison.OrdinalIgnoreCase);
            if (start < 0)
            {
                return new UTF8Encoding(false);
            }
            string name = contentType.Substring(start + Parameter.Length).Split(';')[0].Trim().Trim('"');
            if (name.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            {
                return new UTF8Encoding(false);
            }
            try
            {
                return Encoding.GetEncoding(name);
            }
            catch (ArgumentException)
            {
                throw new VcdException(Status.Argument, "There is no encoding named '" + name + "' to send the body in.");
            }
        }

        private static string MediaType(string contentType)
        {
            return (contentType ?? string.Empty).Split(';')[0].Trim().ToLowerInvariant();
        }

        private static bool IsJson(string type)
        {
            return type == "application/json" || type == "text/json" || type.EndsWith("+json", StringComparison.Ordinal);
        }

        private static bool IsXml(string type)
        {
            return type == "application/xml" || type == "text/xml" || type.EndsWith("+xml", StringComparison.Ordinal);
        }

        private static XmlDocument TryXml(string text)
        {
            // Spares the exception for what cannot be XML.
            if (!text.TrimStart().StartsWith("<", StringComparison.Ordinal))
            {
                return null;
            }
            XmlReaderSettings settings = new XmlReaderSettings();
            settings.CloseInput = true;
            settings.DtdProcessing = DtdProcessing.Ignore;
            settings.XmlResolver = null;
            settings.MaxCharactersFromEntities = 1024;
            try
            {
                XmlDocument document = new XmlDocument();
                document.XmlResolver = null;
                document.PreserveWhitespace = true;
                using (XmlReader reader = XmlReader.Create(new StringReader(text.TrimStart()), settings))
                {
                    document.Load(reader);
                }
                return document;
            }
            catch (XmlException)
            {
                return null;
            }
        }
    }
}
