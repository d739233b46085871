namespace VcdRest.Abi1
{
    using System.Collections.Generic;
    using System.Management.Automation;

    /// <summary>Disconnect-Vcd.</summary>
    internal sealed class DisconnectCommand : Command
    {
        internal DisconnectCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            object[] given = Given("Session") as object[];
            if (given == null && IsGiven("Session"))
            {
                given = new object[] { null };
            }
            if (given == null)
            {
                Session current = Sessions.Current;
                if (current == null)
                {
                    Say("There is no session to end.");
                    yield break;
                }
                given = new object[] { current };
            }
            foreach (object one in given)
            {
                Session session = Sessions.Resolve(one);
                Target = session.ToString();
                if (Cmdlet.ShouldProcess(session.ToString(), "End the session"))
                {
                    End(session);
                }
            }
        }

        private void End(Session session)
        {
            try
            {
                if (!session.IsConnected || (!Switch("SignOut") && !session.IsOwn()))
                {
                    Say("The session with " + session.Server + " is forgotten here and goes on at the server, or has ended already.");
                    return;
                }
                using (Call call = session.SignOut())
                {
                    Await(call);
                    if (call.Failure != null)
                    {
                        Say("The session could not be ended on the server; it is forgotten here. " + call.Failure.Message);
                    }
                }
            }
            finally
            {
                session.Close();
            }
        }
    }
}
