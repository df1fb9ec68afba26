"""The command line: one module a command. None of them needs a display except the editor itself."""
