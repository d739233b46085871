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

        /// <summary>Get-VcdApiToken.</summary>
        public static Command ApiTokens(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new ApiTokenListCommand(cmdlet, bound);
        }

        /// <summary>New-VcdApiToken.</summary>
        public static Command NewApiToken(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new NewApiTokenCommand(cmdlet, bound);
        }

        /// <summary>Get-VcdServiceAccount.</summary>
        public static Command ServiceAccounts(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new ServiceAccountListCommand(cmdlet, bound);
        }

        /// <summary>New-VcdServiceAccount.</summary>
        public static Command NewServiceAccount(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new NewServiceAccountCommand(cmdlet, bound);
        }

        /// <summary>Approve-VcdServiceAccount.</summary>
        public static Command ApproveServiceAccount(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new ApproveCommand(cmdlet, bound);
        }

        /// <summary>Get-VcdApiVersion.</summary>
        public static Command ApiVersions(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new ApiVersionCommand(cmdlet, bound);
        }

        /// <summary>Search-Vcd.</summary>
        public static Command Search(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new SearchCommand(cmdlet, bound);
        }

        /// <summary>Wait-VcdTask.</summary>
        public static Command WaitTask(PSCmdlet cmdlet, IDictionary<string, object> bound)
        {
            return new WaitTaskCommand(cmdlet, bound);
        }

        /// <summary>Remove-VcdApiToken. The item is what came through the pipeline, for the name that it may have.</summary>
        public static Command RemoveApiToken(PSCmdlet cmdlet, IDictionary<string, object> bound, object item)
        {
            return new RemoveCommand(cmdlet, bound, Kind.ApiToken, item);
        }

        /// <summary>Remove-VcdServiceAccount. The item is what came through the pipeline, for the name that it may have.</summary>
        public static Command RemoveServiceAccount(PSCmdlet cmdlet, IDictionary<string, object> bound, object item)
        {
            return new RemoveCommand(cmdlet, bound, Kind.ServiceAccount, item);
        }

        /// <summary>The roles that this process has seen, for completion.</summary>
        public static string[] SeenRoles()
        {
            return Abi1.SeenRoles.All;
        }
    }
}
