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
            description = "Service account '" + Text("Name") + "'";
            Target = description;
            session = FindSession();
            file = NewTokenFile();
            tenant = Tenant.Of(Given("TenantContext"), session);
            string action = "Create service account '" + Text("Name") + "'" + (tenant == null ? string.Empty : " in " + tenant);
            if (Cmdlet.ShouldProcess(session.ToString(), action))
            {
                yield return Create();
            }
        }

        private PSObject Create()
        {
            Hashtable about = new Hashtable();
            about["Name"] = Text("Name");
            about["Role"] = Text("Role");
            about["SoftwareId"] = Text("SoftwareId");
            about["SoftwareVersion"] = Text("SoftwareVersion");
            about["ClientUri"] = Text("Uri");
            about["TenantContext"] = tenant;
            SecureString none;
            PSObject account = Operate(session, "CreateServiceAccount", description, about, "none", out none);
            SeenRoles.Add(Text("Role"));
            bool stays = false;
            try
            {
                PSObject shown = Activate(account);
                stays = true;
                return shown;
            }
            catch (VcdException exception)
            {
                // Its token exists then, and the error says where.
                stays = exception.Status == Status.TokenNotSaved;
                throw;
            }
            finally
            {
                if (!stays)
                {
                    Undo(Text(account, "id"));
                }
            }
        }

        private PSObject Activate(PSObject account)
        {
            Hashtable about = new Hashtable();
            about["Id"] = Text(account, "id");
            // By its name: that is what these steps want.
            about["TenantContext"] = tenant == null ? null : Text(account, "org");
            SecureString deviceCode;
            PSObject asked = Operate(session, "AuthorizeServiceAccount", description, about, "device_code", out deviceCode);
            string userCode = Text(asked, "user_code");
            string address = Text(asked, "verification_uri");
            if (Switch("NoGrant"))
            {
                // Before the wait, and for people: the object comes after it.
                HostInformationMessage message = new HostInformationMessage();
                message.Message = "An administrator has to grant the service account '" + Text("Name")
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
                "id", Text(account, "id"),
                "name", Text("Name"),
                "role", Show(null, "name", Text("Role")),
                "org", Show(null, "name", Text(made, "org")),
                "softwareId", Text(account, "software_id"),
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
        /// end soon, and is not worth another error.
        /// </summary>
        private void Undo(string id)
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
        }
    }
}
