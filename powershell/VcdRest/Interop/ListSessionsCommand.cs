namespace VcdRest.Abi1
{
    using System.Collections.Generic;
    using System.Management.Automation;

    /// <summary>Get-VcdSession.</summary>
    internal sealed class ListSessionsCommand : Command
    {
        internal ListSessionsCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            string server = Text("Server");
            Target = server;
            return server == null ? (IEnumerable<object>)Sessions.All : Sessions.Find(server);
        }
    }
}
