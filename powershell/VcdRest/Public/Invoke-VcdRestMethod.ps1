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
    The HTTP method, in any case. Default: GET.

    .PARAMETER Body
    The body. A hashtable or another object is sent as JSON, 100 levels deep; with GET, a hashtable becomes the query. An
    [xml] document is sent as XML, in UTF-8. Strings and bytes are sent as they are.

    .PARAMETER Query
    Names and values to add to the query of the address, escaped. A list gives a name several times.

    .PARAMETER Headers
    Headers to send. Accept replaces the one that the module would send. Authorization is refused, because the session
    adds it.

    .PARAMETER ContentType
    The type of the body. Default: application/json; for [xml], application/xml.

    .PARAMETER ResponseHeadersVariable
    The name of a variable, without $, that receives the headers of the answer.

    .PARAMETER StatusCodeVariable
    The name of a variable, without $, that receives the HTTP status as a number.

    .PARAMETER SkipHttpErrorCheck
    Returns the answer whatever its HTTP status is, and whatever kind of body it has.

    .PARAMETER TenantContext
    The organization to act in, for administrators of the provider: its id, its URN, or an object with an id, such as
    Get-VcdOrg returns.

    .PARAMETER ApiVersion
    The API version to ask for with this request, instead of the session's.

    .PARAMETER InFile
    A file whose bytes are the body. Its type is application/json unless -ContentType says otherwise.

    .PARAMETER OutFile
    A file to save the body to. It appears when all of it has arrived, or not at all. Nothing is returned then.

    .PARAMETER Raw
    Returns the body as text.

    .PARAMETER All
    Gets every page of a list. Each page is returned as it comes, as an object of its own, so that the values property of
    the result has all values.

    .PARAMETER TimeoutSec
    Seconds that this request may take in all, repetitions included. 0 is a day. With -All this is for each page.

    .PARAMETER MaximumRetryCount
    How often this request is repeated, where it may be.

    .PARAMETER RetryIntervalSec
    Seconds before the first repetition where the server names none.

    .PARAMETER Session
    The session, or the name of its server. Default: the default session. In ForEach-Object -Parallel: $using:session.

    .PARAMETER WhatIf
    Shows the request that would be sent. GET, HEAD and OPTIONS are sent all the same.

    .PARAMETER Confirm
    Asks before a request that is not GET, HEAD or OPTIONS.

    .INPUTS
    System.Object
    Objects with a property href or Uri.

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

    .LINK
    Connect-Vcd

    .LINK
    Get-VcdOrg

    .LINK
    about_VcdRest
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([object], [array])]
    param (
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('href')]
        [uri] $Uri,

        [ValidateNotNullOrEmpty()]
        [string] $Method = 'GET',

        [object] $Body,

        [System.Collections.IDictionary] $Query,

        [System.Collections.IDictionary] $Headers,

        [string] $ContentType,

        [Alias('RHV')]
        [string] $ResponseHeadersVariable,

        [string] $StatusCodeVariable,

        [switch] $SkipHttpErrorCheck,

        [object] $TenantContext,

        [string] $ApiVersion,

        [string] $InFile,

        [string] $OutFile,

        [switch] $Raw,

        [switch] $All,

        [ValidateRange(0, 86400)]
        [int] $TimeoutSec = -1,

        [ValidateRange(0, 20)]
        [int] $MaximumRetryCount = -1,

        [ValidateRange(1, 600)]
        [int] $RetryIntervalSec = -1,

        [object] $Session
    )

    # On the way of an ordinary request this is one function without others beneath it, and without dot-sourcing, which
    # would make PowerShell look up every variable by its name: that is what a request costs in PowerShell.
    process {
        $bound = $PSBoundParameters
        $callerVariable = $PSCmdlet.SessionState.PSVariable
        if (-not $bound.ContainsKey('Verbose')) {
            $VerbosePreference = $callerVariable.GetValue('VerbosePreference')
        }
        if (-not $bound.ContainsKey('WarningAction')) {
            $WarningPreference = $callerVariable.GetValue('WarningPreference')
        }
        if ($null -eq $script:SessionType -or $Session -isnot $script:SessionType) {
            $current = if ($null -ne $script:SessionType -and $null -eq $Session) { $script:SessionType::Current }
            if ($null -eq $current) {
                $current = Resolve-VcdSession -Session $Session -Cmdlet $PSCmdlet
            }
        } else {
            $current = $Session
        }

        $reads = $Method -eq 'GET' -or $Method -eq 'HEAD' -or $Method -eq 'OPTIONS'
        # As it was written: a URI object shows itself with some escapes undone.
        $request = $script:RequestType::new($Method, $Uri.OriginalString)
        $request.Headers = $Headers
        $request.ContentType = $ContentType
        $request.ApiVersion = $ApiVersion
        $request.TimeoutSec = $TimeoutSec
        $request.MaximumRetryCount = $MaximumRetryCount
        $request.RetryIntervalSec = $RetryIntervalSec
        $request.AcceptAnyStatus = $SkipHttpErrorCheck
        if ($null -ne $Query) {
            $request.Uri = $script:QueryType::Append($request.Uri, $Query)
        }
        $wrong = $null
        if ($null -ne $Body) {
            if ($InFile) {
                $wrong = '-Body and -InFile exclude each other.'
            } elseif ($Method -eq 'GET' -and $Body -is [System.Collections.IDictionary]) {
                $request.Uri = $script:QueryType::Append($request.Uri, $Body)
            } elseif ($Body -is [string] -or $Body -is [byte[]] -or $Body -is [System.Xml.XmlNode]) {
                $request.Body = $Body
            } else {
                $request.Body = ConvertTo-Json -InputObject $Body -Depth 100 -Compress
            }
        } elseif ($InFile) {
            $inPath = $PSCmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($InFile)
            try {
                $request.Body = [System.IO.File]::ReadAllBytes($inPath)
            } catch {
                $wrong = "The file '$inPath' (-InFile) cannot be read: $($_.Exception.GetBaseException().Message)"
            }
        }
        if ($null -ne $TenantContext) {
            $request.TenantContext = ConvertTo-VcdTenantId -Org $TenantContext
            if (-not $request.TenantContext) {
                $wrong = '-TenantContext has to be the id of an organization (a UUID, or urn:vcloud:org:UUID), or an object that has one. Get-VcdOrg finds it by name.'
            }
        }
        if ($All -and ($OutFile -or $Method -ne 'GET')) {
            $wrong = '-All is for GET, and not for -OutFile.'
        }
        if ($wrong) {
            $PSCmdlet.ThrowTerminatingError($script:FailureType::Record($script:FailureType::Argument($wrong), $request.Description))
        }
        if (-not $reads) {
            if (-not $bound.ContainsKey('WhatIf')) {
                $WhatIfPreference = $callerVariable.GetValue('WhatIfPreference')
            }
            if (-not $bound.ContainsKey('Confirm')) {
                $ConfirmPreference = $callerVariable.GetValue('ConfirmPreference')
            }
            if (-not $PSCmdlet.ShouldProcess($current.Server, $request.Description)) {
                return
            }
        }

        $asked = $null
        $pages = 0
        while ($true) {
            $call = $current.Start($request)
            try {
                # A statement of PowerShell in each turn is what lets Ctrl+C in.
                $turns = 0
                while (-not $call.Wait(100)) {
                    $turns++
                }
                if ($VerbosePreference -ne 'SilentlyContinue') {
                    Write-Verbose -Message $call.Summary
                }
                $notices = $call.TakeNotices()
                if ($notices.Length -gt 0) {
                    Write-VcdNotice -Notice $notices
                }
                if ($ResponseHeadersVariable) {
                    $PSCmdlet.SessionState.PSVariable.Set($ResponseHeadersVariable, $call.Headers)
                }
                if ($StatusCodeVariable) {
                    $PSCmdlet.SessionState.PSVariable.Set($StatusCodeVariable, $call.StatusCode)
                }
                $content = $null
                if (-not $call.Failure -and -not $OutFile -and (-not $Raw -or $All)) {
                    $content = $call.ReadContent()
                }
                if ($call.Failure) {
                    $PSCmdlet.ThrowTerminatingError($call.ErrorRecord)
                }
                if ($OutFile) {
                    Save-VcdContent -Call $call -Path $OutFile -Cmdlet $PSCmdlet
                    return
                }
                $next = $null
                if ($All) {
                    $ProgressPreference = $callerVariable.GetValue('ProgressPreference')
                    $pages++
                    $next = $script:PagesType::Next($current, $request, $call, $content)
                    $count = $script:PagesType::PageCount($content)
                    if ($count -gt 1) {
                        $percent = [System.Math]::Min(100, 100 * $pages / $count)
                        Write-Progress -Activity $request.Description -Status "$pages of $count pages" -PercentComplete $percent -Completed:(-not $next)
                    }
                } else {
                    $cutOff = $script:PagesType::CutOff($request, $call, $content)
                    if ($cutOff -and $current.WarnsOfCutOff()) {
                        Write-Warning -Message "$cutOff (This is said once per session.)"
                    }
                }
                # An array is one object, as Invoke-RestMethod writes it.
                if ($Raw) {
                    $call.ReadText()
                } else {
                    , $content
                }
            } finally {
                $call.Dispose()
            }
            # A server whose pages lead back to one that was there already would never end.
            if ($null -eq $asked) {
                $asked = @{}
            }
            $asked[$request.Uri] = $true
            if (-not $next -or $asked.ContainsKey($next)) {
                return
            }
            $request.Uri = $next
        }
    }
}
