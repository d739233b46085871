# Nothing but the import.

param ([string] $Module)

Import-Module -Name $Module
