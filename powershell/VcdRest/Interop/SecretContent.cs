namespace VcdRest.Abi1
{
    using System;
    using System.Runtime.InteropServices;
    using System.Security;
    using System.Text;

    /// <content>Answers that hold a secret.</content>
    public sealed partial class Call
    {
        /// <summary>
        /// The body as objects, without one secret text of it, which is given out by itself: it never becomes a string.
        /// Null where the body has no such text.
        /// </summary>
        internal object ReadContent(string secretName, out SecureString secret)
        {
            secret = null;
            IntPtr data;
            UIntPtr length;
            if (!Body(out data, out length))
            {
                return null;
            }
            int size = checked((int)length.ToUInt64());
            using (Secret copy = Secret.OfSize(size))
            {
                Marshal.Copy(data, copy.Bytes, 0, size);
                string mark = "\"" + secretName + "\":\"";
                int start = IndexOf(copy.Bytes, Encoding.ASCII.GetBytes(mark));
                int end = start < 0 ? -1 : Array.IndexOf(copy.Bytes, (byte)'"', start);
                if (end > start)
                {
                    using (Secret part = Secret.OfSize(end - start))
                    {
                        Array.Copy(copy.Bytes, start, part.Bytes, 0, end - start);
                        secret = part.ToSecureString(end - start);
                    }
                    for (int index = start; index < end; index++)
                    {
                        copy.Bytes[index] = (byte)'*';
                    }
                }
                try
                {
                    return Content.Read(Encoding.UTF8.GetString(copy.Bytes), Text(CallField.ContentType));
                }
                catch (VcdException exception)
                {
                    Failure = exception;
                    return null;
                }
            }
        }

        /// <summary>The place behind the first occurrence; -1 for none.</summary>
        private static int IndexOf(byte[] bytes, byte[] mark)
        {
            for (int start = 0; start + mark.Length <= bytes.Length; start++)
            {
                int same = 0;
                while (same < mark.Length && bytes[start + same] == mark[same])
                {
                    same++;
                }
                if (same == mark.Length)
                {
                    return start + same;
                }
            }
            return -1;
        }
    }
}
