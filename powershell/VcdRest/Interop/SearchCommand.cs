namespace VcdRest.Abi1
{
    using System.Collections.Generic;
    using System.Collections.Specialized;
    using System.Management.Automation;

    /// <summary>Search-Vcd.</summary>
    internal sealed class SearchCommand : ListCommand
    {
        private const int LargestPage = 128;

        internal SearchCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            Target = Text("Type");
            Session session = FindSession();
            if (Text("SortAsc") != null && Text("SortDesc") != null)
            {
                throw Failure.Argument("Only one of -SortAsc and -SortDesc can be used.");
            }
            OrderedDictionary query = new OrderedDictionary();
            query.Add("type", Text("Type"));
            query.Add("format", Text("Format") ?? "records");
            Add(query, "filter", Abi1.Filter.Of(Unwrap(Given("Filter"))));
            Add(query, "sortAsc", Text("SortAsc"));
            Add(query, "sortDesc", Text("SortDesc"));
            string[] fields = Given("Fields") as string[];
            Add(query, "fields", fields == null ? null : string.Join(",", fields));
            query.Add("pageSize", Number("PageSize") > 0 ? Number("PageSize") : LargestPage);
            Request request = new Request("GET", Query.Append("/api/query", query));
            CheckInput(string.Empty);
            Tenant tenant = FindTenant(session, false);
            request.TenantContext = tenant.Context;
            foreach (object item in Items(session, request))
            {
                PSObject record = item as PSObject;
                PSPropertyInfo org = record == null ? null : record.Properties["org"];
                // Not every kind of record says whose it is.
                if (org == null || tenant.Has(org.Value, session))
                {
                    yield return tenant.Note(item);
                }
            }
        }

        private static void Add(OrderedDictionary query, string name, string value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Add(name, value);
            }
        }
    }
}
