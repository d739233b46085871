namespace VcdRest.Abi1
{
    using System;
    using System.Runtime.InteropServices;
    using System.Text;

    /// <summary>Texts on their way to and from the library.</summary>
    internal static class Utf8
    {
        private static readonly UTF8Encoding Encoding = new UTF8Encoding(false);

        /// <summary>UTF-8 with a NUL at its end; null for null.</summary>
        internal static byte[] Bytes(string text)
        {
            if (text == null)
            {
                return null;
            }
            if (text.IndexOf('\0') >= 0)
            {
                // The library would see the part before it only.
                throw new VcdException(Status.Argument, "A text has the character U+0000 in it. Remove it.");
            }
            byte[] bytes = new byte[Encoding.GetByteCount(text) + 1];
            Encoding.GetBytes(text, 0, text.Length, bytes, 0);
            return bytes;
        }

        /// <summary>The text of so many bytes; a byte order mark at its start is left out.</summary>
        internal static string Text(IntPtr data, UIntPtr length)
        {
            byte[] bytes = Copy(data, length);
            int start = Mark(bytes, bytes.Length);
            return Encoding.GetString(bytes, start, bytes.Length - start);
        }

        /// <summary>How many of so many bytes are a byte order mark.</summary>
        internal static int Mark(byte[] bytes, int length)
        {
            return length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0;
        }

        /// <summary>The text up to a NUL.</summary>
        internal static string Text(IntPtr data)
        {
            if (data == IntPtr.Zero)
            {
                return string.Empty;
            }
            int length = 0;
            while (Marshal.ReadByte(data, length) != 0)
            {
                length++;
            }
            return Text(data, (UIntPtr)(uint)length);
        }

        /// <summary>The text in a buffer that the library filled; `needed` counts the NUL.</summary>
        internal static string Text(byte[] buffer, UIntPtr needed)
        {
            int length = checked((int)needed.ToUInt64());
            return length < 1 ? string.Empty : Encoding.GetString(buffer, 0, length - 1);
        }

        internal static byte[] Copy(IntPtr data, UIntPtr length)
        {
            byte[] bytes = new byte[checked((int)length.ToUInt64())];
            if (bytes.Length > 0)
            {
                Marshal.Copy(data, bytes, 0, bytes.Length);
            }
            return bytes;
        }
    }
}
