namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;
    using System.Security;

    /// <summary>What takes several requests and is one call all the same, with what it is about.</summary>
    internal sealed class Operation
    {
        private static readonly Dictionary<string, int> Numbers = new Dictionary<string, int>
        {
            { "CreateApiToken", OperationNumber.CreateApiToken },
            { "CreateServiceAccount", OperationNumber.CreateServiceAccount },
            { "AuthorizeServiceAccount", OperationNumber.AuthorizeServiceAccount },
            { "ActivateServiceAccount", OperationNumber.ActivateServiceAccount },
            { "WaitTask", OperationNumber.WaitTask },
        };

        private static readonly Dictionary<string, int> Texts = new Dictionary<string, int>
        {
            { "Name", CallOption.Name },
            { "Id", CallOption.Id },
            { "TokenFile", CallOption.TokenFile },
            { "Role", CallOption.Role },
            { "SoftwareId", CallOption.SoftwareId },
            { "SoftwareVersion", CallOption.SoftwareVersion },
            { "ClientUri", CallOption.ClientUri },
            { "DeviceCode", CallOption.DeviceCode },
            { "TenantContext", CallOption.TenantContext },
        };

        private static readonly Dictionary<string, int> Integers = new Dictionary<string, int>
        {
            { "TimeoutMs", CallOption.TimeoutMs },
            { "PollIntervalMs", CallOption.PollIntervalMs },
            { "CancelTask", CallOption.CancelTask },
        };

        private readonly int number;
        private readonly IDictionary options;

        internal Operation(string name, IDictionary options)
        {
            number = Numbers[name];
            this.options = options;
        }

        /// <summary>Makes the call. What was not given (null, an empty text, a negative number) is left out.</summary>
        internal int Make(IntPtr client, out IntPtr call, out IntPtr error)
        {
            int status = Native.vcd_operation_new(client, number, out call, out error);
            foreach (DictionaryEntry option in options)
            {
                if (status != Status.Ok)
                {
                    break;
                }
                PSObject wrapped = option.Value as PSObject;
                status = Set(call, (string)option.Key, wrapped == null ? option.Value : wrapped.BaseObject, out error);
            }
            if (status != Status.Ok && call != IntPtr.Zero)
            {
                Native.vcd_call_free(call);
                call = IntPtr.Zero;
            }
            return status;
        }

        private static int Set(IntPtr call, string name, object value, out IntPtr error)
        {
            error = IntPtr.Zero;
            int option;
            if (Integers.TryGetValue(name, out option))
            {
                long given = Convert.ToInt64(value, CultureInfo.InvariantCulture);
                return given < 0 ? Status.Ok : Native.vcd_call_set_int(call, option, given, out error);
            }
            option = Texts[name];
            SecureString secret = value as SecureString;
            if (secret != null)
            {
                using (Secret bytes = Secret.From(secret))
                {
                    return Native.vcd_call_set_text(call, option, bytes.Bytes, out error);
                }
            }
            string text = Convert.ToString(value, CultureInfo.InvariantCulture);
            return string.IsNullOrEmpty(text) ? Status.Ok : Native.vcd_call_set_text(call, option, Utf8.Bytes(text), out error);
        }
    }

    /// <content>Operations.</content>
    public sealed partial class Session
    {
        /// <summary>Starts an operation and does not wait. Its options are named as in the class Operation.</summary>
        internal Call Operate(string operation, string description, IDictionary options)
        {
            Operation what = new Operation(operation, options);
            Call.Maker make = (out IntPtr call, out IntPtr error) => what.Make(Client, out call, out error);
            return Call.Start(this, description, make, 0);
        }
    }
}
