from core.admin.bulk.export_action import export_chosen
from core.admin.bulk.jobs import BulkJobAdmin, BulkMappingAdmin

__all__ = ["BulkJobAdmin", "BulkMappingAdmin", "export_chosen"]
