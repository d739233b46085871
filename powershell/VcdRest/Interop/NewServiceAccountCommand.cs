namespace VcdRest.Abi1
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Management.Automation;
    using System.Security;

    /// <summary>New-VcdServiceAccount.</summary>
    internal sealed class NewServiceAccountCommand : NewSecretCommand
    {
        /// <summary>What errors of the library advise for an account without access.</summary>
        internal const string Anew = "authorize it anew";

        private Session session;
        private string tenant;
        private string file;
        private string description;

        internal NewServiceAccountCommand(PSCmdlet cmdlet, IDictionary<string, object> bound)
            : base(cmdlet, bound)
        {
        }

        protected override IEnumerable<object> Run()
        {
            bool isNew = !IsGiven("Id");
            string urn = isNew ? null : Kind.ServiceAccount.Urn(Given("Id") as string);
            description = "Service account '" + (isNew ? Text("Name") : urn) + "'";
            Target = description;
            session = FindSession();
            file = NewTokenFile();
            object org = Given("TenantContext");
            tenant = Tenant.Of(string.Empty.Equals(org) ? null : org, session).Context;
            PSObject shown = isNew ? Create() : Renew(urn);
            if (shown != null)
            {
                yield return shown;
            }
        }

        private PSObject Create()
        {
            string name = Text("Name");
            string action = "Create service account '" + name + "'" + (tenant == null ? string.Empty : " in " + tenant);
            if (!Cmdlet.ShouldProcess(session.ToString(), action))
            {
                return null;
            }
            Hashtable about = new Hashtable();
            about["Name"] = name;
            about["Role"] = Text("Role");
            about["SoftwareId"] = Text("SoftwareId");
            about["SoftwareVersion"] = Text("SoftwareVersion");
            about["ClientUri"] = Text("Uri");
            about["TenantContext"] = tenant;
            SecureString none;
            PSObject account = Operate(session, "CreateServiceAccount", description, about, "none", out none);
            SeenRoles.Add(Text("Role"));
            string id = Text(account, "id");
            bool stays = false;
            try
            {
                PSObject shown = Activate(id, name, Text("Role"), Text(account, "org"), Text(account, "software_id"));
                stays = true;
                return shown;
            }
            catch (VcdException exception)
            {
                // Its token exists then, and the error says where.
                stays = exception.Status == Status.TokenNotSaved;
                if (stays)
                {
                    throw;
                }
                bool deleted = Undo(id);
                stays = true;
                // There is no account any more for what the library advises.
                string text = exception.Message.Replace("revoke it and authorize it anew", Anew).Replace(Anew, "create it anew");
                if (!deleted || text == exception.Message)
                {
                    throw;
                }
                throw exception.As(exception.Status, text).With(exception.Response);
            }
            finally
            {
                if (!stays)
                {
                    Undo(id);
                }
            }
        }

        /// <summary>
        /// Gives an account that is there a new token. One that has access loses it first: the server authorizes no account
        /// that has. Nothing is deleted, whatever happens.
        /// </summary>
        private PSObject Renew(string urn)
        {
            PSObject account = Ask(new Request("GET", Kind.ServiceAccount.Path + "/" + urn));
            string name = Text(account, "name");
            string org = NameIn(account, "org");
            if (tenant == null && session.IsProvider && !string.IsNullOrEmpty(org))
            {
                tenant = Tenant.Of(org, session).Context;
            }
            bool isActive = Text(account, "status") == "ACTIVE";
            string action = (isActive ? "Revoke the access of service account '" : "Authorize service account '") + name
                + (isActive ? "' and authorize it anew" : "'");
            if (!Cmdlet.ShouldProcess(session.ToString(), action))
            {
                return null;
            }
            bool hasAccess = isActive;
            try
            {
                if (isActive)
                {
                    Ask(new Request("POST", Kind.ServiceAccount.Path + "/" + urn + "/revoke"));
                    hasAccess = false;
                }
                PSObject shown = Activate(urn, name, NameIn(account, "role"), org, Text(account, "softwareId"));
                hasAccess = true;
                return shown;
            }
            catch (VcdException exception)
            {
                hasAccess = hasAccess || exception.Status == Status.TokenNotSaved;
                throw;
            }
            finally
            {
                if (isActive && !hasAccess && !Cmdlet.Stopping)
                {
                    Cmdlet.WriteWarning("The service account '" + name + "' (" + urn + ") is still there; its access was revoked, and it has none until New-VcdServiceAccount -Id authorizes it.");
                }
            }
        }

        /// <summary>Sends a request about the account, and returns what the answer has.</summary>
        private PSObject Ask(Request request)
        {
            Target = request.Description;
            request.TenantContext = tenant;
            using (Call call = session.Start(request))
            {
                Await(call);
                object content = call.Failure == null ? call.ReadContent() : null;
                if (call.Failure != null)
                {
                    throw call.Failure;
                }
                return PSObject.AsPSObject(content ?? string.Empty);
            }
        }

        private static string NameIn(PSObject account, string property)
        {
            PSPropertyInfo found = account.Properties[property];
            return found == null || found.Value == null ? null : Text(PSObject.AsPSObject(found.Value), "name");
        }

        /// <summary>Has an account ask for access, grants that or waits for it, and takes the token.</summary>
        private PSObject Activate(string id, string name, string role, string org, string softwareId)
        {
            Hashtable about = new Hashtable();
            about["Id"] = id;
            // By its name: that is what these steps want.
            about["TenantContext"] = tenant == null ? null : org;
            SecureString deviceCode;
            PSObject asked = Operate(session, "AuthorizeServiceAccount", description, about, "device_code", out deviceCode);
            string userCode = Text(asked, "user_code");
            string address = Text(asked, "verification_uri");
            if (Switch("NoGrant"))
            {
                // Before the wait, and for people: the object comes after it.
                HostInformationMessage message = new HostInformationMessage();
                message.Message = "An administrator has to grant the service account '" + name
                    + "' access: Approve-VcdServiceAccount -UserCode " + userCode + ", or in a browser at " + address + ". Waiting.";
                Cmdlet.WriteInformation(message, new[] { "PSHOST" });
            }
            else
            {
                Grant(userCode);
            }

            about["DeviceCode"] = deviceCode;
            about["TokenFile"] = file;
            about["TimeoutMs"] = Session.Milliseconds(Number("TimeoutSec"));
            PSPropertyInfo interval = asked.Properties["interval"];
            long seconds = interval == null || interval.Value == null ? 0 : Convert.ToInt64(Unwrap(interval.Value), CultureInfo.InvariantCulture);
            about["PollIntervalMs"] = seconds > 0 && seconds <= 600 ? 1000 * seconds : -1;
            SecureString token;
            PSObject made = Operate(session, "ActivateServiceAccount", description, about, "refresh_token", out token);
            PSObject shown = Show(
                "VcdRest.NewServiceAccount",
                "id", id,
                "name", name,
                "role", Show(null, "name", role),
                "org", Show(null, "name", Text(made, "org")),
                "softwareId", softwareId,
                "UserCode", userCode,
                "VerificationUri", address);
            return AddSecret(shown, file, token);
        }

        private void Grant(string userCode)
        {
            using (Call call = session.Start(ApproveCommand.Decide(userCode, true, tenant)))
            {
                Await(call);
                if (call.Failure != null)
                {
                    throw call.Failure;
                }
            }
        }

        /// <summary>
        /// Deletes what was registered and came no further. This is done after an error and after Ctrl+C, and so has to
        /// end soon, and is not worth another error. Whether it was deleted.
        /// </summary>
        private bool Undo(string id)
        {
            Request request = new Request("DELETE", Kind.ServiceAccount.Path + "/" + id);
            request.TenantContext = tenant;
            request.TimeoutSec = 20;
            bool deleted;
            using (Call call = session.Start(request))
            {
                deleted = call.Wait(21000) && call.Failure == null;
            }
            if (!Cmdlet.Stopping)
            {
                Cmdlet.WriteWarning(deleted
                    ? "The service account that was begun (" + id + ") was deleted again."
                    : "The service account that was begun (" + id + ") is still there and cannot be used. Remove-VcdServiceAccount deletes it.");
            }
            return deleted;
        }
    }
}
