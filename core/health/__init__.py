from core.health.probes import Reading, Status, probe, read_all

__all__ = ["Reading", "Status", "probe", "read_all"]
