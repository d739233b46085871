namespace VcdRest.Abi1
{
    using System;
    using System.IO;

    /// <summary>A file cannot be written.</summary>
    internal sealed class FileProblemException : IOException
    {
        internal FileProblemException(string message, Exception inner)
            : base(message, inner)
        {
        }
    }
}
