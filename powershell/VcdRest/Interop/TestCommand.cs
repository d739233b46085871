namespace VcdRest.Abi1
{
    using System.Collections.Generic;
    using System.Management.Automation;

    /// <summary>Test-VcdSession.</summary>
    internal sealed class TestCommand : Command
    {
        internal TestCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            yield return IsGood();
        }

        private bool IsGood()
        {
            Session session;
            try
            {
                session = FindSession();
            }
            catch (VcdException exception)
            {
                // What cannot be a session is the caller's mistake; that there is none is the answer.
                if (exception.Status != Status.NotSignedIn)
                {
                    throw;
                }
                Say(exception.Message);
                return false;
            }
            using (Call call = session.Start(new Request("GET", "/cloudapi/1.0.0/sessions/current")))
            {
                Await(call);
                if (call.Failure != null)
                {
                    Say(call.Failure.Message);
                }
                return call.Failure == null;
            }
        }
    }
}
