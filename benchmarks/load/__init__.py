"""Is what `proveout load` reports what users met?"""
