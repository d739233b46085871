namespace VcdRest.Abi1
{
    using System.Collections.Generic;
    using System.Management.Automation;

    /// <summary>Remove-VcdApiToken and Remove-VcdServiceAccount.</summary>
    internal sealed class RemoveCommand : TaskCommand
    {
        private readonly Kind kind;
        private readonly object item;

        internal RemoveCommand(PSCmdlet cmdlet, IDictionary<string, object> bound, Kind kind, object item)
            : base(cmdlet, bound)
        {
            this.kind = kind;
            this.item = item;
        }

        protected override IEnumerable<object> Run()
        {
            Session session = FindSession();
            // Things bring their organization with them, and only the provider is to name it.
            string tenant = session.IsProvider ? Tenant.Of(Given("TenantContext"), session).Context : null;
            foreach (string id in (string[])Given("Id"))
            {
                Target = id;
                Remove(session, tenant, id);
            }
            yield break;
        }

        private void Remove(Session session, string tenant, string id)
        {
            string urn;
            try
            {
                urn = kind.Urn(id);
            }
            catch (VcdException exception)
            {
                // Most likely it is the name.
                string getter = Cmdlet.MyInvocation.MyCommand.Name.Replace("Remove-", "Get-");
                string word = id.IndexOfAny(new[] { ' ', '\'', '"', ';', '|', '$', '`', '(', ')', '&' }) < 0 ? id : "'" + id.Replace("'", "''") + "'";
                string advice = " To remove one by its name, pipe it from " + getter + " -Name " + word + ".";
                Cmdlet.WriteError(Failure.Record(exception.As(exception.Status, exception.Message + advice), id));
                return;
            }
            string name = SeenOrgs.NameOf(item);
            if (!Cmdlet.ShouldProcess(name.Length == 0 ? urn : name + " (" + urn + ")", kind.Removal))
            {
                return;
            }
            Request request = new Request("DELETE", kind.Path + "/" + urn);
            request.TenantContext = tenant;
            List<string> tasks = new List<string>();
            using (Call call = session.Start(request))
            {
                Await(call);
                if (call.Failure != null)
                {
                    Cmdlet.WriteError(call.ErrorRecord);
                }
                else if (call.StatusCode == 202)
                {
                    tasks = TaskReference.Find(call.Headers);
                }
            }
            foreach (string task in tasks)
            {
                WaitFor(session, task, -1, -1, false);
            }
        }
    }
}
