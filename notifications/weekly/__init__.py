from notifications.weekly.sections import Lines, Period, Reader, Row, report_section

__all__ = ["Lines", "Period", "Reader", "Row", "report_section"]
