"""From the logs of a run to tables: rows, CSV and XLSX files, and the text printed at the end."""

from refinestat.refinegen.tables.rows import aggregated_table, seed_table
from refinestat.refinegen.tables.text import summary_table
from refinestat.refinegen.tables.write import Results, gather, write_tables

__all__ = ["Results", "aggregated_table", "gather", "seed_table", "summary_table", "write_tables"]
