"""One module is one command of `rasim`, its name the module's; each has `command`."""
