namespace VcdRest.Abi1
{
    using System;
    using System.Globalization;
    using System.IO;
    using System.Management.Automation;
    using System.Reflection;
    using System.Runtime.InteropServices;
    using System.Text;

    /// <summary>The native library: bound once in a process, by its full path.</summary>
    public static class Library
    {
        private static readonly object Gate = new object();
        private static IntPtr module;

        /// <summary>Where the library was loaded from; null before.</summary>
        public static string Path { get; private set; }

        /// <summary>The version of the library.</summary>
        public static string Version
        {
            get { return Utf8.Text(Native.vcd_version()); }
        }

        /// <summary>
        /// Loads the library that lies in native/ of the module's folder, and checks its ABI; what is wrong, or null. In
        /// a process the first path that works stays. What is given for it runs once, when PowerShell waits for its user.
        /// </summary>
        public static ErrorRecord Load(PSCmdlet cmdlet, string moduleFolder, ScriptBlock whenIdle)
        {
            string path = InFolder(moduleFolder);
            int abi;
            try
            {
                abi = Bind(path);
            }
            catch (Exception exception)
            {
                return Problem(NotLoaded(path, exception, IntPtr.Size == 4), "VcdNativeLoadFailed", path);
            }
            if (abi != Native.AbiMajor)
            {
                string found = abi == 0
                    ? "no ABI number, so that it is not vcdrest"
                    : "ABI " + abi.ToString(CultureInfo.InvariantCulture);
                return Problem(
                    string.Format(
                        CultureInfo.InvariantCulture,
                        "The native library {0} has {1}; this module needs ABI {2}. Install module and library from one package, and start a new PowerShell.",
                        Path,
                        found,
                        Native.AbiMajor),
                    "VcdNativeAbiMismatch",
                    path);
            }
            HostEnvironment.UseLog(cmdlet);
            cmdlet.Events.SubscribeEvent(null, null, PSEngineEvent.OnIdle, null, whenIdle, true, false, 1);
            if (Path != path)
            {
                cmdlet.WriteVerbose("This process has loaded the native library from " + Path + " already and keeps it.");
            }
            return null;
        }

        private static ErrorRecord Problem(string text, string id, string path)
        {
            return new ErrorRecord(new InvalidOperationException(text), id, ErrorCategory.NotInstalled, path);
        }

        private static string NotLoaded(string path, Exception exception, bool is32Bit)
        {
            string text;
            if (!File.Exists(path))
            {
                string runtime = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path));
                text = "The native library " + path + " is not there. The module needs one for " + runtime
                    + ": install a package of VcdRest that has it, or build the library and stage the module with it.";
            }
            else
            {
                // The loader of some systems lists its attempts, a line each.
                string[] words = exception.GetBaseException().Message.Split(new[] { ' ', '\t', '\r', '\n' }, StringSplitOptions.RemoveEmptyEntries);
                text = "The native library " + path + " cannot be loaded: " + string.Join(" ", words);
                if (IsBlocked(path))
                {
                    string module = System.IO.Path.GetFullPath(System.IO.Path.Combine(path, "..", "..", ".."));
                    text += " Windows has marked it as coming from the internet: run Get-ChildItem -LiteralPath '" + module
                        + "' -Recurse | Unblock-File, and start a new PowerShell.";
                }
            }
            return is32Bit
                ? text + " This is a 32-bit PowerShell, and packages have the library for 64-bit ones: on Windows, start"
                    + @" %windir%\System32\WindowsPowerShell\v1.0\powershell.exe, and from a 32-bit program"
                    + @" %windir%\Sysnative\WindowsPowerShell\v1.0\powershell.exe."
                : text;
        }

        /// <summary>Where the library for this process has to be: native/ and .NET's name of the system.</summary>
        private static string InFolder(string moduleFolder)
        {
            string system = "linux";
            string file = "libvcdrest.so";
            if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            {
                system = "win";
                file = "vcdrest.dll";
            }
            else if (RuntimeInformation.IsOSPlatform(OSPlatform.OSX))
            {
                system = "osx";
                file = "libvcdrest.dylib";
            }
            // Of the process, not of the machine: a 32-bit PowerShell needs a 32-bit library.
            string processor = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
            return System.IO.Path.Combine(moduleFolder, "native", system + "-" + processor, file);
        }

        /// <summary>Whether Windows has noted that a file was downloaded.</summary>
        private static bool IsBlocked(string path)
        {
            return RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
                && GetFileAttributesW(path + ":Zone.Identifier") != uint.MaxValue;
        }

        /// <summary>Loads the library and returns the major number of its ABI, or 0 if it has none.</summary>
        private static int Bind(string path)
        {
            lock (Gate)
            {
                if (Path == null)
                {
                    if (Type.GetType("System.Runtime.InteropServices.NativeLibrary") != null)
                    {
                        BindByResolver(path);
                    }
                    else
                    {
                        BindByName(path);
                    }
                    Path = path;
                }
                try
                {
                    return (int)(Native.vcd_abi_version() >> 16);
                }
                catch (EntryPointNotFoundException)
                {
                    return 0;
                }
            }
        }

        /// <summary>PowerShell 7: .NET asks us where the library is.</summary>
        private static void BindByResolver(string path)
        {
            Type native = Type.GetType("System.Runtime.InteropServices.NativeLibrary");
            Type resolver = Type.GetType("System.Runtime.InteropServices.DllImportResolver");
            MethodInfo load = native.GetMethod("Load", new[] { typeof(string) });
            module = ((Func<string, IntPtr>)Delegate.CreateDelegate(typeof(Func<string, IntPtr>), load))(path);
            MethodInfo resolve = typeof(Library).GetMethod("Resolve", BindingFlags.NonPublic | BindingFlags.Static);
            MethodInfo set = native.GetMethod("SetDllImportResolver", new[] { typeof(Assembly), resolver });
            set.Invoke(null, new object[] { typeof(Library).Assembly, Delegate.CreateDelegate(resolver, resolve) });
        }

        private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
        {
            return name == "vcdrest" ? module : IntPtr.Zero;
        }

        /// <summary>
        /// Windows PowerShell: a library that is loaded is found by its name. One of the same name from elsewhere would
        /// be found before it.
        /// </summary>
        private static void BindByName(string path)
        {
            IntPtr other = GetModuleHandleW("vcdrest.dll");
            module = LoadLibraryW(path);
            if (module == IntPtr.Zero)
            {
                throw new DllNotFoundException(new System.ComponentModel.Win32Exception(Marshal.GetLastWin32Error()).Message);
            }
            if (other != IntPtr.Zero && other != module)
            {
                StringBuilder where = new StringBuilder(1024);
                GetModuleFileNameW(other, where, where.Capacity);
                throw new DllNotFoundException(
                    "another vcdrest.dll is loaded in this process already, from " + where + "; start a new PowerShell");
            }
        }

        [DllImport("kernel32", CharSet = CharSet.Unicode, ExactSpelling = true, SetLastError = true)]
        private static extern IntPtr LoadLibraryW(string path);

        [DllImport("kernel32", CharSet = CharSet.Unicode, ExactSpelling = true)]
        private static extern IntPtr GetModuleHandleW(string name);

        [DllImport("kernel32", CharSet = CharSet.Unicode, ExactSpelling = true)]
        private static extern uint GetFileAttributesW(string path);

        [DllImport("kernel32", CharSet = CharSet.Unicode, ExactSpelling = true)]
        private static extern int GetModuleFileNameW(IntPtr module, StringBuilder path, int size);
    }
}
