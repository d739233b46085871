namespace VcdRest.Abi1
{
    using System;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;
    using System.Text;

    /// <summary>
    /// Reads JSON, as the bytes that it came in, into the objects that every PowerShell from 6 on makes of it. It gives up
    /// on names that collide, on faults and on what is nested deeply; of single values that PowerShell reads by rules of its
    /// own (dates, fractions, large numbers) it asks PowerShell. It saves a script that makes a few requests the loading of a
    /// whole JSON library, and is several times as fast: the objects of a list are alike, so that their names are looked at
    /// once.
    /// </summary>
    internal sealed class PlainJson
    {
        private const int MaxDepth = 64;

        /// <summary>Stands for "not here"; null is a value.</summary>
        private static readonly object GivenUp = new object();
        private static readonly object True = true;
        private static readonly object False = false;

        private readonly byte[] text;
        private readonly int end;
        private readonly Func<string, object> read;
        private int at;
        private int depth;

        private PlainJson(byte[] text, int start, int end, Func<string, object> read)
        {
            this.text = text;
            this.end = end;
            this.read = read;
            at = start;
        }

        /// <summary>
        /// The objects that the text stands for; false where somebody else has to read all of it. Single values are read by
        /// what is given for it, as an array of one.
        /// </summary>
        internal static bool TryRead(byte[] text, int start, int end, Func<string, object> read, out object value)
        {
            PlainJson reader = new PlainJson(text, start, end, read);
            reader.SkipSpace();
            byte first = reader.Peek();
            value = first == '{' || first == '[' ? reader.Value(new Layout()) : GivenUp;
            reader.SkipSpace();
            return !ReferenceEquals(value, GivenUp) && reader.at == end;
        }

        private byte Peek()
        {
            return at < end ? text[at] : (byte)0;
        }

        private void SkipSpace()
        {
            while (at < end && text[at] <= ' ' && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'))
            {
                at++;
            }
        }

        private object Value(Layout layout)
        {
            switch (Peek())
            {
                case (byte)'{':
                    return Object(layout);
                case (byte)'[':
                    return Array(layout);
                case (byte)'"':
                    int start = at;
                    string found = String();
                    return found == null ? GivenUp : MayBeDate(found) ? Date(found) ?? Ask(start) : found;
                case (byte)'t':
                    return Word("true", True);
                case (byte)'f':
                    return Word("false", False);
                case (byte)'n':
                    return Word("null", null);
                default:
                    return Number();
            }
        }

        /// <summary>What PowerShell makes of the value that began there and ends here.</summary>
        private object Ask(int start)
        {
            object[] items = read("[" + Encoding.UTF8.GetString(text, start, at - start) + "]") as object[];
            return items != null && items.Length == 1 ? items[0] : GivenUp;
        }

        private object Word(string word, object value)
        {
            if (end - at < word.Length)
            {
                return GivenUp;
            }
            for (int index = 0; index < word.Length; index++)
            {
                if (text[at + index] != word[index])
                {
                    return GivenUp;
                }
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
            long number = 0;
            while (at < end && text[at] >= '0' && text[at] <= '9')
            {
                // What is too long for it is not taken from here.
                number = unchecked((number * 10) + (text[at++] - '0'));
            }
            int count = at - digits;
            // What begins with 0 is 0, a fraction, an octal number or a fault.
            if (count < 1 || (text[digits] == '0' && (count > 1 || (digits > start && Ends(Peek())))))
            {
                return GivenUp;
            }
            if (Ends(Peek()) && count <= 18)
            {
                return digits > start ? -number : number;
            }
            if (Peek() == '.')
            {
                at++;
                if (!SkipDigits())
                {
                    return GivenUp;
                }
            }
            if (Peek() == 'e' || Peek() == 'E')
            {
                at++;
                if (Peek() == '+' || Peek() == '-')
                {
                    at++;
                }
                if (!SkipDigits())
                {
                    return GivenUp;
                }
            }
            return Ends(Peek()) ? Ask(start) : GivenUp;
        }

        private bool SkipDigits()
        {
            int start = at;
            while (at < end && text[at] >= '0' && text[at] <= '9')
            {
                at++;
            }
            return at > start;
        }

        /// <summary>Whether a number is over here. One at the very end of the text is none of an object or array.</summary>
        private static bool Ends(byte next)
        {
            return next == ',' || next == ']' || next == '}' || next == ' ' || next == '\n' || next == '\r' || next == '\t';
        }

        /// <summary>Whether the text begins as dates do that JSON readers turn into DateTime.</summary>
        private static bool MayBeDate(string value)
        {
            return value.Length >= 6
                && ((value[0] >= '0' && value[0] <= '9' && value[4] == '-')
                    || (value[0] == '/' && string.CompareOrdinal(value, 0, "/Date(", 0, 6) == 0));
        }

        /// <summary>
        /// The time that the text names as servers write it, 2024-02-29T12:30:00.123Z; null for others, which are read by
        /// more rules than are written down here.
        /// </summary>
        private static object Date(string value)
        {
            int last = value.Length - 1;
            if (last < 19 || last > 27 || last == 20 || value[4] != '-' || value[7] != '-' || value[10] != 'T' || value[13] != ':'
                || value[16] != ':' || value[last] != 'Z' || (last > 19 && value[19] != '.'))
            {
                return null;
            }
            for (int index = 0; index < last; index++)
            {
                bool mark = index == 4 || index == 7 || index == 10 || index == 13 || index == 16 || index == 19;
                if (!mark && (value[index] < '0' || value[index] > '9'))
                {
                    return null;
                }
            }
            int year = (Two(value, 0) * 100) + Two(value, 2);
            int month = Two(value, 5);
            int day = Two(value, 8);
            int hour = Two(value, 11);
            int minute = Two(value, 14);
            int second = Two(value, 17);
            if (year < 1 || month < 1 || month > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23
                || minute > 59 || second > 59)
            {
                return null;
            }
            long ticks = 0;
            for (int index = 20; index < 27; index++)
            {
                ticks = (ticks * 10) + (index < last ? value[index] - '0' : 0);
            }
            return new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).AddTicks(ticks);
        }

        private static int Two(string value, int at)
        {
            return ((value[at] - '0') * 10) + (value[at + 1] - '0');
        }

        private object Array(Layout layout)
        {
            if (++depth > MaxDepth)
            {
                return GivenUp;
            }
            at++;
            SkipSpace();
            if (Peek() == ']')
            {
                at++;
                depth--;
                return new object[0];
            }
            Layout inside = layout.Inside();
            List<object> items = new List<object>();
            while (true)
            {
                SkipSpace();
                object item = Value(inside);
                if (ReferenceEquals(item, GivenUp))
                {
                    return GivenUp;
                }
                items.Add(item);
                SkipSpace();
                byte next = Peek();
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

        private object Object(Layout layout)
        {
            if (++depth > MaxDepth)
            {
                return GivenUp;
            }
            at++;
            PSObject item = new PSObject();
            SkipSpace();
            if (Peek() == '}')
            {
                at++;
                depth--;
                return item;
            }
            PSMemberInfoCollection<PSPropertyInfo> properties = item.Properties;
            int place = 0;
            while (true)
            {
                SkipSpace();
                if (Peek() != '"')
                {
                    return GivenUp;
                }
                int length = layout.Match(place, text, at, end);
                if (length > 0)
                {
                    at += length;
                }
                else
                {
                    int start = at;
                    string name = String();
                    // Another order than the one before had, or other names: from here on they are new.
                    if (name == null || !layout.Replace(place, name, text, start, at))
                    {
                        return GivenUp;
                    }
                }
                SkipSpace();
                if (Peek() != ':')
                {
                    return GivenUp;
                }
                at++;
                SkipSpace();
                object value = Value(layout.At(place));
                if (ReferenceEquals(value, GivenUp))
                {
                    return GivenUp;
                }
                properties.Add(new PSNoteProperty(layout.Name(place), value), true);
                place++;
                SkipSpace();
                byte next = Peek();
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
            byte[] bytes = text;
            int stop = end;
            int here = start;
            while (here < stop && bytes[here] != '"' && bytes[here] != '\\' && bytes[here] >= ' ')
            {
                here++;
            }
            at = here;
            if (Peek() == '"')
            {
                at++;
                return here == start ? string.Empty : Encoding.UTF8.GetString(bytes, start, here - start);
            }
            StringBuilder value = new StringBuilder(2 * (here - start) + 16);
            while (at < end && text[at] >= ' ')
            {
                byte letter = text[at];
                if (letter == '\\')
                {
                    value.Append(Encoding.UTF8.GetString(text, start, at - start));
                    at++;
                    if (!Escaped(value))
                    {
                        return null;
                    }
                    start = at;
                    continue;
                }
                at++;
                if (letter == '"')
                {
                    return value.Append(Encoding.UTF8.GetString(text, start, at - 1 - start)).ToString();
                }
            }
            return null;
        }

        private bool Escaped(StringBuilder value)
        {
            char letter = (char)Peek();
            at++;
            int plain = "\"\\/".IndexOf(letter);
            int control = "bfnrt".IndexOf(letter);
            if (plain >= 0 || control >= 0)
            {
                value.Append(plain >= 0 ? letter : "\b\f\n\r\t"[control]);
                return true;
            }
            ushort code;
            if (letter != 'u' || at + 4 > end
                || !ushort.TryParse(
                    Encoding.UTF8.GetString(text, at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code))
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

        /// <summary>
        /// The names that the last object at a place of the text had, in their order, so that the next one, which most often
        /// has the same, need not decode and compare them.
        /// </summary>
        private sealed class Layout
        {
            private readonly List<string> names = new List<string>();
            private readonly List<byte[]> written = new List<byte[]>();
            private readonly List<Layout> values = new List<Layout>();
            private HashSet<string> taken;
            private Layout inside;

            /// <summary>The layout of what an array here has in it.</summary>
            internal Layout Inside()
            {
                return inside ?? (inside = new Layout());
            }

            internal Layout At(int place)
            {
                return values[place];
            }

            internal string Name(int place)
            {
                return names[place];
            }

            /// <summary>The length of the name of this place, quotes included, if that is what stands there; else 0.</summary>
            internal int Match(int place, byte[] text, int at, int end)
            {
                if (place >= written.Count)
                {
                    return 0;
                }
                byte[] name = written[place];
                if (end - at < name.Length)
                {
                    return 0;
                }
                for (int index = 0; index < name.Length; index++)
                {
                    if (text[at + index] != name[index])
                    {
                        return 0;
                    }
                }
                return name.Length;
            }

            /// <summary>
            /// Puts a name in this place and forgets those behind it; false for one that is there before, whatever its case,
            /// or that is no name.
            /// </summary>
            internal bool Replace(int place, string name, byte[] text, int start, int end)
            {
                // PSObject and its like are members that every object has.
                if (name.Length == 0 || name.StartsWith("PS", StringComparison.OrdinalIgnoreCase))
                {
                    return false;
                }
                if (taken == null || place < names.Count)
                {
                    names.RemoveRange(place, names.Count - place);
                    written.RemoveRange(place, written.Count - place);
                    values.RemoveRange(place, values.Count - place);
                    taken = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
                }
                if (!taken.Add(name))
                {
                    return false;
                }
                byte[] bytes = new byte[end - start];
                Buffer.BlockCopy(text, start, bytes, 0, bytes.Length);
                names.Add(name);
                written.Add(bytes);
                values.Add(new Layout());
                return true;
            }
        }
    }
}
