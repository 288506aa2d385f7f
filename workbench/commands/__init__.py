"""The commands, a module a group; `workbench.cli` makes one command line of them."""
