namespace VcdRest.Abi1
{
    using System;
    using System.Collections.Generic;
    using System.Collections.Specialized;
    using System.Management.Automation;

    /// <summary>Get-VcdOrg.</summary>
    internal sealed class OrgCommand : ListCommand
    {
        private const string Path = "/cloudapi/1.0.0/orgs";

        /// <summary>The largest page that the server gives.</summary>
        private const int PageSize = 128;

        internal OrgCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            Session session = FindSession();
            string[] ids = Given("Id") as string[];
            string[] wanted = ids ?? Given("Name") as string[] ?? new[] { "*" };
            foreach (string one in wanted)
            {
                Target = one;
                foreach (object org in ids != null ? ById(session, one) : ByName(session, one))
                {
                    PSObject shown = PSObject.AsPSObject(org);
                    shown.TypeNames.Insert(0, "VcdRest.Org");
                    yield return shown;
                }
            }
        }

        private IEnumerable<object> ById(Session session, string id)
        {
            string bare = Tenant.Id(id);
            if (bare == null)
            {
                string text = "'" + id + "' cannot be the id of an organization, which is a UUID or urn:vcloud:org:UUID.";
                Cmdlet.WriteError(Failure.Record(Failure.Argument(text), id));
                yield break;
            }
            using (Call call = session.Start(new Request("GET", Path + "/urn:vcloud:org:" + bare)))
            {
                object org = Answer(call);
                if (org != null)
                {
                    SeenOrgs.Add(org);
                    yield return org;
                }
            }
        }

        private IEnumerable<object> ByName(Session session, string name)
        {
            WildcardPattern pattern = Pattern(name);
            if (pattern == null)
            {
                yield break;
            }
            OrderedDictionary query = new OrderedDictionary();
            query.Add("sortAsc", "name");
            query.Add("pageSize", PageSize);
            // The server finds at least what the pattern matches; the pattern decides.
            string filter = Filter.Value(name);
            if (filter != null)
            {
                query.Add("filter", "name==" + filter);
            }
            bool found = false;
            foreach (object org in Items(session, new Request("GET", Query.Append(Path, query))))
            {
                SeenOrgs.Add(org);
                if (pattern.IsMatch(SeenOrgs.NameOf(org)))
                {
                    found = true;
                    yield return org;
                }
            }
            if (!HasFailed && !found && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                string text = "No organization named '" + name + "' is visible to " + session + ". Names are short names, as they stand in the address of the user interface.";
                Cmdlet.WriteError(new ErrorRecord(new ItemNotFoundException(text), "VcdNotFound", ErrorCategory.ObjectNotFound, name));
            }
        }

        private WildcardPattern Pattern(string name)
        {
            try
            {
                WildcardPattern pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
                // What is wrong with it shows when it is used.
                pattern.IsMatch(string.Empty);
                return pattern;
            }
            catch (WildcardPatternException exception)
            {
                Cmdlet.WriteError(Failure.Record(Failure.Argument("The name '" + name + "' is no pattern: " + exception.Message), name));
                return null;
            }
        }

        /// <summary>Waits for the answer; null when it is an error, which is then reported.</summary>
        private object Answer(Call call)
        {
            Await(call);
            object content = call.Failure == null ? call.ReadContent() : null;
            if (call.Failure != null)
            {
                Cmdlet.WriteError(call.ErrorRecord);
                return null;
            }
            return content ?? string.Empty;
        }
    }
}
