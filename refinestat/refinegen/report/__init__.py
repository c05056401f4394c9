"""`analysis/report.html`: a run as one page to look at, made from the run's files alone."""

from refinestat.refinegen.report.page import report_page, synthesis_card, write_report

__all__ = ["report_page", "synthesis_card", "write_report"]
