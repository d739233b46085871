namespace VcdRest.Abi1
{
    using System;
    using System.Collections.ObjectModel;
    using System.Management.Automation;
    using System.Management.Automation.Runspaces;
    using System.Reflection;

    /// <summary>
    /// JSON as objects: made by the function that Invoke-RestMethod of this PowerShell uses itself, or where there is no
    /// room for differences by PlainJson, which asks that function for single values.
    /// </summary>
    internal static class Json
    {
        private delegate object Converter(string json, out ErrorRecord error);

        /// <summary>Windows PowerShell makes other numbers.</summary>
        private static readonly bool HasPlain = typeof(PSObject).Assembly.GetName().Version.Major >= 6;

        private static Converter converter;

        private static Converter Bind()
        {
            // Beside System.Management.Automation, with its version and key: a part of the name is not enough in 5.1.
            AssemblyName name = typeof(PSObject).Assembly.GetName();
            name.Name = "Microsoft.PowerShell.Commands.Utility";
            Type json = Assembly.Load(name).GetType("Microsoft.PowerShell.Commands.JsonObject", true);
            Type[] parameters = { typeof(string), typeof(ErrorRecord).MakeByRefType() };
            return (Converter)Delegate.CreateDelegate(typeof(Converter), json.GetMethod("ConvertFromJson", parameters));
        }

        private static readonly Func<string, object> Single = ReadAsPowerShell;

        /// <summary>The objects that the text stands for; null is the JSON null.</summary>
        internal static object Read(string json)
        {
            return ReadAsPowerShell(json);
        }

        /// <summary>The objects that so many bytes of UTF-8 stand for, if PlainJson can read them.</summary>
        internal static bool TryRead(byte[] json, int length, out object value)
        {
            value = null;
            return HasPlain && PlainJson.TryRead(json, Utf8.Mark(json, length), length, Single, out value);
        }

        private static object ReadAsPowerShell(string json)
        {
            Exception cause;
            try
            {
                converter = converter ?? Bind();
                ErrorRecord error;
                object value = converter(json, out error);
                if (error == null)
                {
                    return value;
                }
                cause = error.Exception;
            }
            catch (Exception exception)
            {
                // What it throws differs between versions, and with what is wrong.
                cause = exception;
            }
            throw new VcdException(
                Status.Json,
                "PowerShell can make no objects of this JSON: " + cause.Message + " Use -Raw to get it as text.",
                cause);
        }

        /// <summary>Objects as JSON, by ConvertTo-Json of this PowerShell.</summary>
        internal static string Write(PSCmdlet cmdlet, object value)
        {
            try
            {
                Collection<PSObject> made = cmdlet.InvokeCommand.InvokeScript(
                    "Microsoft.PowerShell.Utility\\ConvertTo-Json -InputObject $args[0] -Depth 100 -Compress",
                    true,
                    PipelineResultTypes.None,
                    null,
                    value);
                return (string)made[0].BaseObject;
            }
            catch (RuntimeException exception)
            {
                if (exception is PipelineStoppedException)
                {
                    throw;
                }
                throw new VcdException(Status.Argument, "No JSON can be made of the body: " + exception.Message, exception);
            }
        }

        /// <summary>Whether a JSON object or array is complete before the text ends, and something else follows.</summary>
        internal static bool EndsEarly(string text)
        {
            int depth = 0;
            bool quoted = false;
            for (int index = 0; index < text.Length; index++)
            {
                char letter = text[index];
                if (quoted)
                {
                    if (letter == '\\')
                    {
                        index++;
                    }
                    quoted = letter != '"';
                }
                else if (letter == '"')
                {
                    quoted = true;
                }
                else if (letter == '{' || letter == '[')
                {
                    depth++;
                }
                else if ((letter == '}' || letter == ']') && --depth == 0)
                {
                    return text.Substring(index + 1).Trim().Length > 0;
                }
            }
            return false;
        }
    }
}
