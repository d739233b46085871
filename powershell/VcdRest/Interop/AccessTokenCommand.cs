namespace VcdRest.Abi1
{
    using System.Collections.Generic;
    using System.Management.Automation;
    using System.Net;
    using System.Security;

    /// <summary>Get-VcdAccessToken.</summary>
    internal sealed class AccessTokenCommand : Command
    {
        internal AccessTokenCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            Session session = FindSession();
            Target = session.ToString();
            SecureString token = session.CopyAccessToken();
            yield return Switch("AsPlainText") ? (object)new NetworkCredential(string.Empty, token).Password : token;
        }
    }
}
