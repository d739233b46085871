namespace VcdRest.Abi1
{
    using System;
    using System.Collections.Generic;
    using System.Management.Automation;
    using System.Text;

    /// <summary>Approve-VcdServiceAccount.</summary>
    internal sealed class ApproveCommand : Command
    {
        internal ApproveCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        /// <summary>The request by which an administrator decides about a user code.</summary>
        internal static Request Decide(string userCode, bool grants, string tenant)
        {
            Request request = new Request("POST", "/cloudapi/1.0.0/deviceLookup/" + (grants ? "grant" : "deny"));
            request.Body = "{\"userCode\":" + Quoted(userCode) + "}";
            request.TenantContext = tenant;
            return request;
        }

        /// <summary>A code as the server made it, from what somebody has typed or dictated.</summary>
        private static string Tidy(string userCode)
        {
            string[] parts = userCode.ToUpperInvariant().Split(Breaks, StringSplitOptions.RemoveEmptyEntries);
            string code = string.Join("-", parts);
            return code.Length == 8 && parts.Length == 1 ? code.Insert(4, "-") : code;
        }

        // Blanks, and the lines that word processors make of a hyphen.
        private static readonly char[] Breaks = { ' ', '\t', '\r', '\n', '\u00A0', '-', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212' };

        protected override IEnumerable<object> Run()
        {
            Session session = FindSession();
            string code = Tidy(Text("UserCode") ?? string.Empty);
            bool grants = !Switch("Deny");
            Request request = Decide(code, grants, Tenant.Of(Given("TenantContext"), session).Context);
            Target = request.Description;
            if (!Cmdlet.ShouldProcess(session.ToString(), (grants ? "Grant" : "Deny") + " access for the code " + code))
            {
                yield break;
            }
            using (Call call = session.Start(request))
            {
                Await(call);
                if (call.Failure != null)
                {
                    Cmdlet.WriteError(call.ErrorRecord);
                }
            }
        }

        private static string Quoted(string text)
        {
            StringBuilder quoted = new StringBuilder("\"");
            foreach (char letter in text)
            {
                if (letter == '"' || letter == '\\' || letter < ' ')
                {
                    quoted.Append("\\u").Append(((int)letter).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
                }
                else
                {
                    quoted.Append(letter);
                }
            }
            return quoted.Append('"').ToString();
        }
    }
}
