function Invoke-VcdRestMethod {
    <#
    .SYNOPSIS
    Sends a request to VMware Cloud Director and returns the answer as objects.

    .DESCRIPTION
    Does what Invoke-RestMethod does, with the names that it has, and looks after what a script would have to: the sign-in
    and its renewal, the API version, the repetition of what failed on the way, every page of a list, and errors that say
    what is wrong. The objects are those that Invoke-RestMethod of the same PowerShell makes. JSON is always read as
    UTF-8.

    JSON becomes objects, XML a document, and other content text. An answer that is HTML, empty or cut short where JSON
    should be is an error. So is an HTTP status of 400 or more, unless -SkipHttpErrorCheck is given; the exception has
    StatusCode, MinorErrorCode, RequestId, ResponseBody, RetryAfter and a Response that reads as Invoke-RestMethod's does.

    Requests that change something ask with -Confirm and do nothing with -WhatIf. GET, HEAD and OPTIONS always run.

    .PARAMETER Uri
    A path on the server, such as /cloudapi/1.0.0/orgs, or a URL with the server's own scheme, host and port. The href of
    an object from the pipeline is taken as well.

    .PARAMETER Method
    The HTTP method, in any case. Default: GET, which the word Default stands for, too.

    .PARAMETER Body
    The body. A hashtable or another object is sent as JSON, 100 levels deep; with GET, it becomes the query. An
    [xml] document is sent as XML, in UTF-8. Strings and bytes are sent as they are. What is no data, such as a file, a
    script block or a SecureString, is refused, also within other objects.

    .PARAMETER Query
    Names and values to add to the query of the address, escaped. A list gives a name several times.

    .PARAMETER Headers
    Headers to send. Accept replaces the one that the module would send. Authorization is refused, because the session
    adds it.

    .PARAMETER ContentType
    The type of the body. Default: application/json; for [xml], application/xml; for -InFile, see there.

    .PARAMETER ResponseHeadersVariable
    The name of a variable, without $, that receives the headers of the answer.

    .PARAMETER StatusCodeVariable
    The name of a variable, without $, that receives the HTTP status as a number.

    .PARAMETER SkipHttpErrorCheck
    Returns the answer whatever its HTTP status is, and whatever kind of body it has.

    .PARAMETER TenantContext
    The organization to act in, for administrators of the provider: its name, its id, its URN, or an object that has them,
    such as Get-VcdOrg returns. A name is looked up once per session. System means the provider, for whom no context is
    sent. A script block is evaluated for each object from the pipeline, which is $_ in it. Organizations from the pipeline
    (Get-VcdOrg) are taken without further ado, and each result then has the organization in a property TenantContext.

    .PARAMETER AuthContext
    The short name of the organization against which the session's token is checked, where several sites are joined
    (header X-VMWARE-VCLOUD-AUTH-CONTEXT). One site alone needs none.

    .PARAMETER InputObject
    What comes through the pipeline: an object with an address (href), or an organization to act in.

    .PARAMETER MinimumApiVersion
    The least API version with which the request makes sense, such as 37.0. Where the session's is earlier, this one is
    asked for.

    .PARAMETER WaitBusy
    Repeats the request, whatever its method, while the server refuses it because another task works on the same thing
    (BUSY_ENTITY). -TimeoutSec limits it.

    .PARAMETER RequestId
    The id by which you and the server know the request, 1 to 128 letters, digits and hyphens. It stands in the server's
    logs, before its own id. Default: a new UUID.

    .PARAMETER ApiVersion
    The API version to ask for with this request, instead of the session's.

    .PARAMETER InFile
    A file whose bytes are the body. It is sent piece by piece, so that it may be of any size. Its type is application/json
    for /api and /cloudapi, and application/octet-stream elsewhere, such as for uploads to /transfer, unless -ContentType
    says otherwise.

    .PARAMETER InFileOffset
    The first byte of -InFile to send, for uploads in parts and uploads that go on: everything from there to the end of the
    file is the body. Say with a header Content-Range which part it is, where the server wants to know. Default: 0.

    .PARAMETER OutFile
    A file to save the body to, piece by piece as it comes, so that it may be of any size. It appears when all of it has
    arrived, or not at all. Nothing is returned then. It is for one request: a second one of the same pipeline is refused.

    .PARAMETER Resume
    Keeps what has come of a download that fails, beside -OutFile with .part at its end, and goes on from there the next
    time, if the server still has the same thing.

    .PARAMETER Raw
    Returns the body as text.

    .PARAMETER All
    Gets every page of a list. Each page is returned as it comes, as an object of its own, so that the values property of
    the result has all values.

    .PARAMETER TimeoutSec
    Seconds that this request may take in all, repetitions included. 0 is a day. With -All this is for each page. Default:
    that of the session; files (-InFile, -OutFile) may take as long as something moves.

    .PARAMETER MaximumRetryCount
    How often this request is repeated, where it may be.

    .PARAMETER RetryIntervalSec
    Seconds before the first repetition where the server names none.

    .PARAMETER RetryPutDelete
    Repeats PUT and DELETE as well when the server is busy or the connection breaks. Whoever gives it says that the request
    may arrive twice. POST and PATCH are never repeated.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session. In ForEach-Object -Parallel: $using:session.

    .PARAMETER WhatIf
    Shows the request that would be sent. GET, HEAD and OPTIONS are sent all the same.

    .PARAMETER Confirm
    Asks before a request that is not GET, HEAD or OPTIONS.

    .INPUTS
    System.Object
    Objects with a property href or Uri, and organizations.

    .OUTPUTS
    System.Object
    What Invoke-RestMethod would return.

    .EXAMPLE
    $responseorgs = Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs
    $responseorgs.values

    Lists the first page of organizations. With -All the values are those of every page.

    .EXAMPLE
    Invoke-VcdRestMethod -Method Put -Uri "/cloudapi/1.0.0/orgs/$($org.id)" -Body $org -WhatIf

    Shows the request that would write a changed organization back.

    .EXAMPLE
    try {
        Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/orgs/urn:vcloud:org:0
    } catch {
        $_.Exception.Response.StatusCode.value__
        $_.Exception.MinorErrorCode
    }

    Catches an error as scripts for Invoke-RestMethod do.

    .EXAMPLE
    $session = Get-VcdSession -Server vcd.example.com
    $ids | ForEach-Object -Parallel { Invoke-VcdRestMethod -Uri "/cloudapi/1.0.0/orgs/$_" -Session $using:session }

    Sends requests in parallel with one session (PowerShell 7).

    .EXAMPLE
    Get-VcdOrg | Invoke-VcdRestMethod -Uri /cloudapi/1.0.0/users -All | ForEach-Object { $_.values } | Format-Table TenantContext, username

    Lists the users of every organization, as the provider, and shows whose they are.

    .EXAMPLE
    Invoke-VcdRestMethod -Uri $link -OutFile ./template.ova -Resume

    Downloads something large, with progress, and goes on with it where an earlier attempt ended.

    .LINK
    Connect-Vcd

    .LINK
    Get-VcdOrg

    .LINK
    about_VcdRest
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The interop calls it.')]
    [OutputType([System.Object], [array])]
    param (
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('href')]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [uri] $Uri,

        [ValidateNotNullOrEmpty()]
        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $Method = 'GET',

        [System.Object] $Body,

        [System.Collections.IDictionary] $Query,

        [System.Collections.IDictionary] $Headers,

        [string] $ContentType,

        [Alias('RHV')]
        [string] $ResponseHeadersVariable,

        [string] $StatusCodeVariable,

        [switch] $SkipHttpErrorCheck,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $TenantContext,

        [string] $AuthContext,

        [Parameter(ValueFromPipeline = $true)]
        [System.Object] $InputObject,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $MinimumApiVersion,

        [switch] $WaitBusy,

        [string] $RequestId,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [string] $ApiVersion,

        [string] $InFile,

        [ValidateRange(0, [long]::MaxValue)]
        [long] $InFileOffset,

        [string] $OutFile,

        [switch] $Resume,

        [switch] $Raw,

        [switch] $All,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSec = -1,

        [ValidateRange(0, 20)]
        [int] $MaximumRetryCount = -1,

        [ValidateRange(1, 600)]
        [int] $RetryIntervalSec = -1,

        [switch] $RetryPutDelete,

        [ArgumentCompleter({ & (Get-Command -Name $args[0]).Module { Get-VcdCompletion @args } $args[0] $args[1] $args[2] })]
        [System.Object] $Session
    )

    # The work is done by the interop (Command.cs says why). A statement of PowerShell between its steps, and the output.
    process {
        if ($null -eq $script:Commands) {
            Initialize-VcdInterop -Cmdlet $PSCmdlet
        }
        $command = $script:Commands::Invoke($PSCmdlet, $PSBoundParameters)
        $preferences = $command.Preferences
        if ($null -ne $preferences) {
            $ErrorActionPreference, $WarningPreference, $VerbosePreference, $ProgressPreference, $WhatIfPreference, $ConfirmPreference = $preferences
        }
        try {
            while ($command.Next()) {
                # An array is one object, as Invoke-RestMethod writes it.
                , $command.Output
            }
        } finally {
            $command.Dispose()
        }
        if ($null -ne $command.Error) {
            $PSCmdlet.ThrowTerminatingError($command.Error)
        }
    }
}
