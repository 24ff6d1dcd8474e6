"""How well the diagnosis names what published post-mortems name first."""
