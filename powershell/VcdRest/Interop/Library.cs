namespace VcdRest.Abi1
{
    using System;
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

        /// <summary>The ABI's major number that this code speaks.</summary>
        public static int ExpectedAbi
        {
            get { return Native.AbiMajor; }
        }

        /// <summary>The version of the library.</summary>
        public static string Version
        {
            get { return Utf8.Text(Native.vcd_version()); }
        }

        /// <summary>
        /// Loads the library and returns the major number of its ABI, or 0 if it has none. In a process the first path
        /// that works stays.
        /// </summary>
        public static int Bind(string path)
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
            try
            {
                module = (IntPtr)native.GetMethod("Load", new[] { typeof(string) }).Invoke(null, new object[] { path });
            }
            catch (TargetInvocationException exception)
            {
                throw new DllNotFoundException(exception.InnerException.Message);
            }
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
        private static extern int GetModuleFileNameW(IntPtr module, StringBuilder path, int size);
    }
}
