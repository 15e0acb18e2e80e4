from core.admin.bulk.export_action import ExportableList
from core.admin.bulk.jobs import BulkJobAdmin, BulkMappingAdmin

__all__ = ["BulkJobAdmin", "BulkMappingAdmin", "ExportableList"]
