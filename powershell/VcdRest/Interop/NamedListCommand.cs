namespace VcdRest.Abi1
{
    using System.Collections.Generic;
    using System.Collections.Specialized;
    using System.Management.Automation;

    /// <summary>A command that finds things by their ids, or by names with wildcards.</summary>
    internal abstract class NamedListCommand : ListCommand
    {
        private readonly Kind kind;
        private Tenant tenant;

        internal NamedListCommand(PSCmdlet cmdlet, IDictionary<string, object> bound, Kind kind)
            : base(cmdlet, bound)
        {
            this.kind = kind;
        }

        protected override IEnumerable<object> Run()
        {
            Session session = FindSession();
            string[] ids = FindIds();
            if (ids == null)
            {
                CheckInput(", or an object with an id of " + kind.Article + " " + kind.Noun);
            }
            tenant = FindTenant(session, false);
            string[] wanted = ids ?? Given("Name") as string[] ?? new[] { "*" };
            foreach (string one in wanted)
            {
                Target = one;
                foreach (object item in ids != null ? ById(session, one) : ByName(session, one))
                {
                    PSObject shown = PSObject.AsPSObject(item);
                    shown.TypeNames.Insert(0, kind.TypeName);
                    Look(shown);
                    yield return tenant.Note(shown);
                }
            }
        }

        /// <summary>Whether an organization was named, be it the session's own.</summary>
        protected bool NamesTenant
        {
            get { return tenant.IsNamed; }
        }

        /// <summary>The ids that are asked for; null for none. An organization that came through the pipeline has one, too.</summary>
        private string[] FindIds()
        {
            string[] ids = Given("Id") as string[];
            object item = Given("InputObject");
            return ids != null && ids.Length == 1 && IsTenant(item) && Tenant.Id(ids[0]) != null
                && Tenant.Id(ids[0]) == Tenant.IdOf(item) ? null : ids;
        }

        /// <summary>What else the server is to filter by; null for nothing.</summary>
        protected virtual string Filter(Session session)
        {
            return null;
        }

        /// <summary>Sees what is given out.</summary>
        protected virtual void Look(PSObject item)
        {
        }

        private IEnumerable<object> ById(Session session, string id)
        {
            string urn;
            try
            {
                urn = kind.Urn(id);
            }
            catch (VcdException exception)
            {
                Cmdlet.WriteError(Failure.Record(exception, id));
                yield break;
            }
            Request request = new Request("GET", kind.Path + "/" + urn);
            request.TenantContext = tenant.Context;
            using (Call call = session.Start(request))
            {
                Await(call);
                object item = call.Failure == null ? call.ReadContent() : null;
                if (call.Failure != null)
                {
                    Cmdlet.WriteError(call.ErrorRecord);
                    yield break;
                }
                yield return item;
            }
        }

        private IEnumerable<object> ByName(Session session, string name)
        {
            WildcardPattern pattern;
            try
            {
                pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
                // What is wrong with it shows when it is used.
                pattern.IsMatch(string.Empty);
            }
            catch (WildcardPatternException exception)
            {
                Cmdlet.WriteError(Failure.Record(Failure.Argument("The name '" + name + "' is no pattern: " + exception.Message), name));
                yield break;
            }
            OrderedDictionary query = new OrderedDictionary();
            query.Add("sortAsc", "name");
            query.Add("pageSize", kind.PageSize);
            // The server finds at least what the pattern matches; the pattern decides.
            string value = Abi1.Filter.Value(name);
            string more = Filter(session);
            string filter = value == null ? more : "name==" + value + (more == null ? string.Empty : ";" + more);
            if (filter != null)
            {
                query.Add("filter", filter);
            }
            Request request = new Request("GET", Query.Append(kind.Path, query));
            request.TenantContext = tenant.Context;
            bool found = false;
            foreach (object item in Items(session, request))
            {
                if (pattern.IsMatch(SeenOrgs.NameOf(item)) && IsOfTenant(item, session))
                {
                    found = true;
                    yield return item;
                }
            }
            if (!found && !HasFailed && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                string text = "There is no " + kind.Noun + " named '" + name + "' that " + session + " may see.";
                Cmdlet.WriteError(new ErrorRecord(new ItemNotFoundException(text), "VcdNotFound", ErrorCategory.ObjectNotFound, name));
            }
        }

        private bool IsOfTenant(object item, Session session)
        {
            PSObject thing = item as PSObject;
            PSPropertyInfo org = thing == null ? null : thing.Properties["org"];
            return tenant.Has(org == null ? null : org.Value, session);
        }
    }

    /// <summary>Get-VcdApiToken.</summary>
    internal sealed class ApiTokenListCommand : NamedListCommand
    {
        internal ApiTokenListCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound, Kind.ApiToken)
        {
        }

        protected override string Filter(Session session)
        {
            // Other tokens are those of consoles and extensions.
            const string Type = "type==REFRESH";
            if (Switch("AllUsers") || NamesTenant || string.IsNullOrEmpty(session.User))
            {
                return Type;
            }
            return Type + ";owner.name==" + Abi1.Filter.Literal(session.User);
        }
    }

    /// <summary>Get-VcdServiceAccount.</summary>
    internal sealed class ServiceAccountListCommand : NamedListCommand
    {
        internal ServiceAccountListCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound, Kind.ServiceAccount)
        {
        }

        protected override void Look(PSObject item)
        {
            PSPropertyInfo role = item.Properties["role"];
            SeenRoles.Add(SeenOrgs.NameOf(role == null ? null : role.Value));
        }
    }
}
