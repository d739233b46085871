namespace VcdRest.Abi1
{
    using System;
    using System.Management.Automation;

    /// <summary>Failures as PowerShell shows them: id, category, what it was about.</summary>
    internal static class Failure
    {
        /// <summary>The record of a failure. What is no VcdException comes from a fault of this module.</summary>
        internal static ErrorRecord Record(Exception exception, object target)
        {
            VcdException known = Find(exception);
            if (known == null)
            {
                if (exception is FileProblemException)
                {
                    return new ErrorRecord(exception, "VcdFileNotWritten", ErrorCategory.WriteError, target);
                }
                IContainsErrorRecord told = exception as IContainsErrorRecord;
                if (told != null && told.ErrorRecord != null)
                {
                    // PowerShell's own, such as a host that cannot ask.
                    return new ErrorRecord(exception, "VcdInvalidOperation", told.ErrorRecord.CategoryInfo.Category, target);
                }
                return new ErrorRecord(exception, "VcdInternalError", ErrorCategory.InvalidResult, target);
            }
            ErrorRecord record;
            switch (known.Status)
            {
                case Status.NotSignedIn:
                    record = new ErrorRecord(known, "VcdNotConnected", ErrorCategory.InvalidOperation, target);
                    break;
                case Status.Dns:
                case Status.Connect:
                case Status.ConnectionLost:
                case Status.Proxy:
                    record = new ErrorRecord(known, "VcdConnectionFailed", ErrorCategory.ConnectionError, target);
                    break;
                case Status.Tls:
                case Status.Trust:
                    record = new ErrorRecord(known, "VcdTlsError", ErrorCategory.SecurityError, target);
                    break;
                case Status.Timeout:
                    record = new ErrorRecord(known, "VcdTimeout", ErrorCategory.OperationTimeout, target);
                    break;
                case Status.Cancelled:
                    record = new ErrorRecord(known, "VcdCancelled", ErrorCategory.OperationStopped, target);
                    break;
                case Status.Auth:
                    record = new ErrorRecord(known, "VcdAuthenticationFailed", ErrorCategory.AuthenticationError, target);
                    break;
                case Status.Http:
                    record = OfHttp(known, target);
                    break;
                case Status.Redirect:
                    record = new ErrorRecord(known, "VcdHttpError", ErrorCategory.InvalidOperation, target);
                    break;
                case Status.Protocol:
                case Status.Content:
                case Status.Empty:
                case Status.Truncated:
                case Status.Json:
                case Status.TooLarge:
                case Status.Decode:
                    record = new ErrorRecord(known, "VcdInvalidResponse", ErrorCategory.InvalidData, target);
                    break;
                case Status.ApiVersion:
                    record = new ErrorRecord(known, "VcdApiVersionNotSupported", ErrorCategory.NotImplemented, target);
                    break;
                case Status.Task:
                    record = new ErrorRecord(known, "VcdTaskFailed", ErrorCategory.InvalidResult, target);
                    break;
                case Status.TokenFile:
                    record = new ErrorRecord(known, "VcdTokenFileError", ErrorCategory.InvalidOperation, target);
                    break;
                case Status.File:
                    record = new ErrorRecord(known, "VcdFileNotWritten", ErrorCategory.WriteError, target);
                    break;
                case Status.TokenNotSaved:
                    record = new ErrorRecord(known, "VcdTokenNotSaved", ErrorCategory.WriteError, target);
                    break;
                case Status.Panic:
                case Status.Internal:
                    record = new ErrorRecord(known, "VcdInternalError", ErrorCategory.InvalidResult, target);
                    break;
                default:
                    record = new ErrorRecord(known, "VcdInvalidArgument", ErrorCategory.InvalidArgument, target);
                    break;
            }
            // No ErrorDetails: PowerShell would show them in place of the message, which has the server's words and what to
            // do about them.
            return record;
        }

        private static ErrorRecord OfHttp(VcdException exception, object target)
        {
            switch (exception.StatusCode.HasValue ? (int)exception.StatusCode.Value : 0)
            {
                case 401:
                    return new ErrorRecord(exception, "VcdAuthenticationFailed", ErrorCategory.AuthenticationError, target);
                case 403:
                    return new ErrorRecord(exception, "VcdAccessDenied", ErrorCategory.PermissionDenied, target);
                case 404:
                    return new ErrorRecord(exception, "VcdNotFound", ErrorCategory.ObjectNotFound, target);
                case 409:
                    return new ErrorRecord(exception, "VcdConflict", ErrorCategory.ResourceExists, target);
                case 429:
                    return new ErrorRecord(exception, "VcdThrottled", ErrorCategory.LimitsExceeded, target);
                default:
                    return new ErrorRecord(exception, "VcdHttpError", ErrorCategory.InvalidOperation, target);
            }
        }

        /// <summary>What PowerShell has wrapped into exceptions of its own.</summary>
        private static VcdException Find(Exception exception)
        {
            while (exception != null && !(exception is VcdException))
            {
                exception = exception.InnerException;
            }
            return (VcdException)exception;
        }

        /// <summary>A failure that this module found itself before anything was sent.</summary>
        internal static VcdException Argument(string message)
        {
            return new VcdException(Status.Argument, message);
        }
    }
}
