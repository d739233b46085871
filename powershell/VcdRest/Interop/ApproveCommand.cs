namespace VcdRest.Abi1
{
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
            request.Body = "{\"userCode\":" + Quoted(userCode.Trim()) + "}";
            request.TenantContext = tenant;
            return request;
        }

        protected override IEnumerable<object> Run()
        {
            Session session = FindSession();
            string code = Text("UserCode");
            bool grants = !Switch("Deny");
            Request request = Decide(code, grants, Tenant.Of(Given("TenantContext"), session));
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
