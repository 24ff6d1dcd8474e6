"""Feed damaged files to every reader: none may crash, hang, or take memory without bound."""
