"""How long tests wait."""

# Seconds after which something counts as hung, however busy the machine is. Only a test that fails waits so long.
PATIENCE_S = 300
