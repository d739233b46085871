namespace VcdRest.Abi1
{
    using System;
    using System.Management.Automation;
    using System.Reflection;

    /// <summary>
    /// JSON as objects, made by the function that Invoke-RestMethod of this PowerShell uses itself: dates, numbers and
    /// arrays come out the same because nothing else makes them.
    /// </summary>
    internal static class Json
    {
        private delegate object Converter(string json, out ErrorRecord error);

        private static readonly Converter Convert = Bind();

        private static Converter Bind()
        {
            // Beside System.Management.Automation, with its version and key: a part of the name is not enough in 5.1.
            AssemblyName name = typeof(PSObject).Assembly.GetName();
            name.Name = "Microsoft.PowerShell.Commands.Utility";
            Type json = Assembly.Load(name).GetType("Microsoft.PowerShell.Commands.JsonObject", true);
            Type[] parameters = { typeof(string), typeof(ErrorRecord).MakeByRefType() };
            return (Converter)Delegate.CreateDelegate(typeof(Converter), json.GetMethod("ConvertFromJson", parameters));
        }

        /// <summary>The objects that the text stands for; null is the JSON null.</summary>
        internal static object Read(string json)
        {
            Exception cause;
            try
            {
                ErrorRecord error;
                object value = Convert(json, out error);
                if (error == null)
                {
                    return value;
                }
                cause = error.Exception;
            }
            catch (ArgumentException exception)
            {
                cause = exception;
            }
            catch (InvalidOperationException exception)
            {
                cause = exception;
            }
            throw new VcdException(
                Status.Json,
                "PowerShell can make no objects of this JSON: " + cause.Message + " Use -Raw to get it as text.",
                cause);
        }
    }
}
