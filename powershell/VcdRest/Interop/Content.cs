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
        /// What the server does not call JSON: XML becomes a document. What it calls neither is tried as XML and as JSON,
        /// and else is text.
        /// </summary>
        internal static object Read(string text, string contentType)
        {
            if (text.Length == 0)
            {
                return text;
            }
            XmlDocument document = TryXml(text);
            if (document != null || IsXml(MediaType(contentType)))
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

        /// <summary>
        /// The type that a file is sent as where the caller names none: null, which is JSON, for the API, and bytes for other
        /// places, which take files as they are.
        /// </summary>
        internal static string TypeOfFile(string uri, string server)
        {
            string path = uri.StartsWith(server, StringComparison.OrdinalIgnoreCase) ? uri.Substring(server.Length) : uri;
            Uri address;
            if (path.IndexOf("://", StringComparison.Ordinal) >= 0 && Uri.TryCreate(path, UriKind.Absolute, out address))
            {
                path = address.AbsolutePath;
            }
            path = path.TrimStart('/');
            return path.StartsWith("api/", StringComparison.OrdinalIgnoreCase) || path.StartsWith("cloudapi/", StringComparison.OrdinalIgnoreCase)
                ? null
                : "application/octet-stream";
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
            string name = Charset(contentType);
            Encoding encoding = name == null ? new UTF8Encoding(false) : Find(name);
            if (encoding == null)
            {
                throw new VcdException(Status.Argument, "There is no encoding named '" + name + "' to send the body in.");
            }
            return encoding;
        }

        /// <summary>The encoding of this name; null where this PowerShell has none.</summary>
        private static Encoding Find(string name)
        {
            try
            {
                return Encoding.GetEncoding(name);
            }
            catch (ArgumentException)
            {
                return null;
            }
            catch (NotSupportedException)
            {
                // UTF-7.
                return null;
            }
        }

        /// <summary>The charset that is named; null for UTF-8, and where none is.</summary>
        private static string Charset(string contentType)
        {
            const string Parameter = "charset=";
            int start = (contentType ?? string.Empty).IndexOf(Parameter, StringComparison.OrdinalIgnoreCase);
            if (start < 0)
            {
                return null;
            }
            string name = contentType.Substring(start + Parameter.Length).Split(';')[0].Trim().Trim('"');
            return name.Length == 0 || name.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? null : name;
        }

        /// <summary>Whether an answer is in another encoding than UTF-8. JSON never is, whatever the server says.</summary>
        internal static bool HasOtherCharset(string contentType)
        {
            return Charset(contentType) != null && !IsJson(contentType);
        }

        /// <summary>The text of an answer, in the encoding that the server names; UTF-8 where there is none of that name.</summary>
        internal static string Decode(byte[] bytes, string contentType)
        {
            Encoding encoding = Find(Charset(contentType)) ?? new UTF8Encoding(false);
            using (StreamReader reader = new StreamReader(new MemoryStream(bytes), encoding))
            {
                return reader.ReadToEnd();
            }
        }

        private static string MediaType(string contentType)
        {
            if (contentType == "application/json")
            {
                return contentType;
            }
            return (contentType ?? string.Empty).Split(';')[0].Trim().ToLowerInvariant();
        }

        /// <summary>Whether the server calls it JSON.</summary>
        internal static bool IsJson(string contentType)
        {
            string type = MediaType(contentType);
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
