# What PowerShell takes for itself.

param ([string] $Module)
