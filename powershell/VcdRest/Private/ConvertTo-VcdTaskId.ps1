# What identifies a task to the library, from all that people have in their hands: its id, its address, the task itself,
# something whose tasks it is, a document of the legacy API, or the headers of an answer with HTTP 202.
function ConvertTo-VcdTaskId {
    [CmdletBinding()]
    [OutputType([string])]
    param (
        [AllowNull()]
        [object] $Task
    )

    if ($null -eq $Task) {
        return
    }
    if ($Task -is [string] -or $Task -is [uri]) {
        return [string]$Task
    }
    if ($Task -is [System.Collections.IDictionary]) {
        foreach ($name in 'Location', 'X-VMWARE-VCLOUD-TASK-LOCATION') {
            foreach ($key in $Task.Keys) {
                if ($key -eq $name) {
                    return [string](@($Task[$key])[0])
                }
            }
        }
        return
    }
    if ($Task -is [System.Xml.XmlDocument]) {
        $Task = $Task.DocumentElement
    }
    if ($Task -is [System.Xml.XmlElement]) {
        if ($Task.LocalName -eq 'Task') {
            return $Task.GetAttribute('href')
        }
        foreach ($inner in $Task.GetElementsByTagName('Task')) {
            $inner.GetAttribute('href')
        }
        return
    }
    foreach ($name in 'href', 'id') {
        $property = $Task.PSObject.Properties[$name]
        if ($property -and "$($property.Value)" -match '/task/|^urn:vcloud:task:') {
            return [string]$property.Value
        }
    }
    # What a task works on has the tasks in it.
    $tasks = $Task.PSObject.Properties['tasks']
    if ($tasks -and $tasks.Value -and $tasks.Value.PSObject.Properties['task']) {
        foreach ($inner in $tasks.Value.task) {
            [string]$inner.href
        }
    }
}
