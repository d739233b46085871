namespace VcdRest.Abi1
{
    using System;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;
    using System.Text;

    /// <summary>
    /// Reads the JSON that every PowerShell from 6 on turns into the same objects, and gives up on everything else:
    /// what may be a date, fractions, large numbers, names that collide, faults. It saves a script that makes a few
    /// requests the loading of a whole JSON library.
    /// </summary>
    internal sealed class PlainJson
    {
        private const int MaxDepth = 64;

        /// <summary>Stands for "not here"; null is a value.</summary>
        private static readonly object GivenUp = new object();

        private readonly string text;
        private int at;
        private int depth;

        private PlainJson(string text)
        {
            this.text = text;
        }

        /// <summary>The objects that the text stands for; false where somebody else has to read it.</summary>
        internal static bool TryRead(string text, out object value)
        {
            PlainJson reader = new PlainJson(text);
            reader.SkipSpace();
            value = reader.Peek() == '{' || reader.Peek() == '[' ? reader.Value() : GivenUp;
            reader.SkipSpace();
            return !ReferenceEquals(value, GivenUp) && reader.at == text.Length;
        }

        private char Peek()
        {
            return at < text.Length ? text[at] : '\0';
        }

        private void SkipSpace()
        {
            while (at < text.Length && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'))
            {
                at++;
            }
        }

        private object Value()
        {
            switch (Peek())
            {
                case '{':
                    return Object();
                case '[':
                    return Array();
                case '"':
                    string read = String();
                    return read == null || MayBeDate(read) ? GivenUp : read;
                case 't':
                    return Word("true", true);
                case 'f':
                    return Word("false", false);
                case 'n':
                    return Word("null", null);
                default:
                    return Number();
            }
        }

        private object Word(string word, object value)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0)
            {
                return GivenUp;
            }
            at += word.Length;
            return value;
        }

        private object Number()
        {
            int start = at;
            if (Peek() == '-')
            {
                at++;
            }
            int digits = at;
            while (Peek() >= '0' && Peek() <= '9')
            {
                at++;
            }
            int count = at - digits;
            char next = Peek();
            bool ends = next == ',' || next == ']' || next == '}' || next == ' ' || next == '\n' || next == '\r' || next == '\t';
            // More digits may not fit; what begins with 0 is 0, an octal number or a fault.
            if (!ends || count < 1 || count > 18 || (text[digits] == '0' && (count > 1 || digits > start)))
            {
                return GivenUp;
            }
            return long.Parse(text.Substring(start, at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        /// <summary>Whether the text begins as dates do that JSON readers turn into DateTime.</summary>
        private static bool MayBeDate(string value)
        {
            return value.Length >= 6
                && ((value[0] >= '0' && value[0] <= '9' && value[4] == '-')
                    || (value[0] == '/' && string.CompareOrdinal(value, 0, "/Date(", 0, 6) == 0));
        }

        private object Array()
        {
            if (++depth > MaxDepth)
            {
                return GivenUp;
            }
            at++;
            List<object> items = new List<object>();
            SkipSpace();
            if (Peek() == ']')
            {
                at++;
                depth--;
                return items.ToArray();
            }
            while (true)
            {
                SkipSpace();
                object item = Value();
                if (ReferenceEquals(item, GivenUp))
                {
                    return GivenUp;
                }
                items.Add(item);
                SkipSpace();
                char next = Peek();
                at++;
                if (next == ']')
                {
                    depth--;
                    return items.ToArray();
                }
                if (next != ',')
                {
                    return GivenUp;
                }
            }
        }

        private object Object()
        {
            if (++depth > MaxDepth)
            {
                return GivenUp;
            }
            at++;
            PSObject item = new PSObject();
            PSMemberInfoCollection<PSPropertyInfo> properties = item.Properties;
            HashSet<string> names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            SkipSpace();
            if (Peek() == '}')
            {
                at++;
                depth--;
                return item;
            }
            while (true)
            {
                SkipSpace();
                string name = Peek() == '"' ? String() : null;
                // PSObject and its like are members that every object has.
                if (string.IsNullOrEmpty(name) || name.StartsWith("PS", StringComparison.OrdinalIgnoreCase) || !names.Add(name))
                {
                    return GivenUp;
                }
                SkipSpace();
                if (Peek() != ':')
                {
                    return GivenUp;
                }
                at++;
                SkipSpace();
                object value = Value();
                if (ReferenceEquals(value, GivenUp))
                {
                    return GivenUp;
                }
                properties.Add(new PSNoteProperty(name, value), true);
                SkipSpace();
                char next = Peek();
                at++;
                if (next == '}')
                {
                    depth--;
                    return item;
                }
                if (next != ',')
                {
                    return GivenUp;
                }
            }
        }

        private string String()
        {
            int start = ++at;
            while (at < text.Length && text[at] != '"' && text[at] != '\\' && text[at] >= ' ')
            {
                at++;
            }
            if (Peek() == '"')
            {
                return text.Substring(start, at++ - start);
            }
            StringBuilder value = new StringBuilder(text, start, at - start, 2 * (at - start) + 16);
            while (at < text.Length && text[at] >= ' ')
            {
                char letter = text[at++];
                if (letter == '"')
                {
                    return value.ToString();
                }
                if (letter == '\\' && !Escaped(value))
                {
                    return null;
                }
                if (letter != '\\')
                {
                    value.Append(letter);
                }
            }
            return null;
        }

        private bool Escaped(StringBuilder value)
        {
            char letter = Peek();
            at++;
            int plain = "\"\\/".IndexOf(letter);
            int control = "bfnrt".IndexOf(letter);
            if (plain >= 0 || control >= 0)
            {
                value.Append(plain >= 0 ? letter : "\b\f\n\r\t"[control]);
                return true;
            }
            ushort code;
            if (letter != 'u' || at + 4 > text.Length
                || !ushort.TryParse(text.Substring(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code))
            {
                return false;
            }
            at += 4;
            if (code >= 0xD800 && code <= 0xDFFF)
            {
                // Half a character: what becomes of one without its other half differs.
                return false;
            }
            value.Append((char)code);
            return true;
        }
    }
}
