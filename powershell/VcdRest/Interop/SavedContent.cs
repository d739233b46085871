namespace VcdRest.Abi1
{
    using System;
    using System.IO;

    /// <summary>Bodies that are saved: to a file beside the one that is meant, which then takes its place.</summary>
    internal static class SavedContent
    {
        /// <summary>Finds out before anything is sent whether there is a place for the file.</summary>
        internal static string Target(string path)
        {
            if (Directory.Exists(path))
            {
                throw new FileProblemException("The answer cannot be saved to '" + path + "' (-OutFile), which is a folder. Name a file.", null);
            }
            string folder = Path.GetDirectoryName(path);
            if (!string.IsNullOrEmpty(folder) && !Directory.Exists(folder))
            {
                throw new FileProblemException("The answer cannot be saved to '" + path + "' (-OutFile): the folder is not there.", null);
            }
            return path;
        }

        internal static void Save(Call call, string path)
        {
            string part = path + "." + Guid.NewGuid().ToString("N") + ".part";
            try
            {
                File.WriteAllBytes(part, call.ReadBytes());
                if (File.Exists(path))
                {
                    File.Replace(part, path, null);
                }
                else
                {
                    File.Move(part, path);
                }
            }
            catch (Exception exception)
            {
                throw new FileProblemException("The answer cannot be saved to '" + path + "': " + exception.Message, exception);
            }
            finally
            {
                if (File.Exists(part))
                {
                    File.Delete(part);
                }
            }
        }
    }
}
