namespace VcdRest.Abi1
{
    using System.Collections.Generic;
    using System.Management.Automation;

    /// <summary>The commands of the module, as its functions start them.</summary>
    public static class Commands
    {
        /// <summary>Connect-Vcd.</summary>
        public static Command Connect(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new ConnectCommand(cmdlet, bound);
        }

        /// <summary>Disconnect-Vcd.</summary>
        public static Command Disconnect(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new DisconnectCommand(cmdlet, bound);
        }

        /// <summary>Get-VcdAccessToken.</summary>
        public static Command AccessToken(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new AccessTokenCommand(cmdlet, bound);
        }

        /// <summary>Get-VcdOrg.</summary>
        public static Command Org(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new OrgCommand(cmdlet, bound);
        }

        /// <summary>Get-VcdSession.</summary>
        public static Command ListSessions(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new ListSessionsCommand(cmdlet, bound);
        }

        /// <summary>Invoke-VcdRestMethod.</summary>
        public static Command Invoke(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new InvokeCommand(cmdlet, bound);
        }

        /// <summary>The sessions of this runspace, for completion.</summary>
        public static Session[] Sessions()
        {
            return Abi1.Sessions.All;
        }

        /// <summary>The organizations that this process has seen, for completion: names, and ids where they are known.</summary>
        public static KeyValuePair<string, string>[] SeenOrgs()
        {
            return Abi1.SeenOrgs.All;
        }

        /// <summary>Test-VcdSession.</summary>
        public static Command Test(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new TestCommand(cmdlet, bound);
        }
    }
}
