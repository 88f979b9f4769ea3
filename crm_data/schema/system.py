"""What the product itself keeps: alerts, audit, imports, tombstones, reports as they were."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from crm_data.schema.base import metadata, one_of, record, reference, unique_without
from crm_data.schema.types import Json, Key, UTCDateTime

# A rule on a KPI: a level, or a change in percent against the comparable window.
alert_rules = record(
    "alert_rules",
    Column("name", String(200), nullable=False),
    Column("kpi", String(80), nullable=False),
    Column("basis", String(6), nullable=False, server_default="level"),
    Column("comparison", String(5), nullable=False),
    Column("threshold", Float, nullable=False),
    Column("period", String(20), nullable=False),  # a preset, such as "month"
    Column("dimension", String(40)),  # one check for each value of it; NULL: the whole
    Column("smallest_n", Integer, nullable=False, server_default="30"),
    Column("active", Boolean, nullable=False, server_default="1"),
    reference("owner_id", "users"),
    Column("filters", Json),  # dimension -> members that are counted; NULL: all
    Column("against", String(8), nullable=False, server_default="year"),  # the window a change starts from
    Column("sure", Boolean, nullable=False, server_default="0"),  # only where the evidence is beyond, too
    Column("deleted_at", UTCDateTime),  # kept, so that its alerts still say what they were about
    one_of("basis", "level", "change"),
    one_of("comparison", "above", "below"),
)

# One row for each unbroken run of being beyond the limit, of one member of a rule's dimension. `cause` is
# the member as kpis.members writes it, empty for the whole. Only one run of a cause can be going on.
alert_events = record(
    "alert_events",
    reference("rule_id", "alert_rules", required=True),
    Column("period_start", Date, nullable=False),  # the window at the last look
    Column("period_end", Date, nullable=False),
    Column("value", Float, nullable=False),  # when it fired
    Column("fired_at", UTCDateTime, nullable=False),
    Column("state", String(12), nullable=False, server_default="open"),
    Column("state_at", UTCDateTime),
    reference("state_by", "users"),
    Column("snoozed_until", UTCDateTime),
    Column("cause", String(260), nullable=False, server_default=""),
    Column("threshold", Float),
    Column("latest", Float),  # the value at the last look that found one
    Column("compared", Float),  # the value of the window that a change starts from
    Column("n", Integer),
    Column("seen_at", UTCDateTime),
    Column("cleared_at", UTCDateTime),  # NULL: still beyond, as far as is known
    Column("ended", String(80)),  # in words, why the run is over
    Column("state_actor", String(200)),  # who set the state, where that is not one of the users
    one_of("state", "open", "acknowledged", "snoozed", "resolved"),
    unique_without("cleared_at", "uq_alert_events_run", "rule_id", "cause"),
)

# What the last evaluation of the rules knew: an answer from older data than this comes too late.
alert_watch = Table(
    "alert_watch",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True),
    Column("as_of", UTCDateTime, nullable=False),
)

# Append only. before and after hold the changed columns. One act of a person may change several rows:
# they share `act`, the key of its first row, and `deed`, what was done; `undoes` is the act taken back.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UTCDateTime, nullable=False, index=True),
    Column("actor", String(200), nullable=False),
    Column("action", String(10), nullable=False),
    Column("table_name", String(60), nullable=False),
    Column("row_id", Key),
    Column("before", Json),
    Column("after", Json),
    Column("act", Key, index=True),
    Column("undoes", Key, index=True),
    Column("deed", String(20)),
    Index("ix_audit_log_row", "table_name", "row_id"),
    one_of("action", "create", "update", "delete", "import", "undo"),
)

# One row an import, written in its own transaction: all of it happened, or none.
imports = Table(
    "imports",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source_system", String(40), nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("finished_at", UTCDateTime, nullable=False, index=True),
    Column("files", Json, nullable=False),
    Column("counts", Json, nullable=False),
    Column("mapping", String),  # its text
    Column("decisions", Json),  # what was merged and deleted on whose word
    Column("actor", String(200)),
    Column("undone_at", UTCDateTime),
    Column("undone_by", String(200)),
)

# The rows that an import added: their keys from first_id to last_id.
import_added = Table(
    "import_added",
    metadata,
    Column("import_id", Key, ForeignKey("imports.id"), primary_key=True),
    Column("table_name", String(60), primary_key=True),
    Column("first_id", Key, primary_key=True),
    Column("last_id", Key, nullable=False),
)

# A row that an import changed or deleted: the columns concerned as they were and became (deleted: all of
# them as they were). `was_version` and `became_version` are the row's before and after; `undone_version` that
# after the change was taken back.
import_changes = Table(
    "import_changes",
    metadata,
    Column("table_name", String(60), primary_key=True),
    Column("row_id", Key, primary_key=True, autoincrement=False),
    Column("import_id", Key, ForeignKey("imports.id"), primary_key=True, index=True),
    Column("was_version", Integer),
    Column("became_version", Integer),
    Column("before", Json),
    Column("after", Json),
    Column("undone_version", Integer),
)

# A row of another system that became part of one that has another id: what refers to the one means the
# other. `content` is what it said; `wins`: that counts even where the other has something of its own.
import_aliases = Table(
    "import_aliases",
    metadata,
    Column("id", Key, primary_key=True),
    Column("table_name", String(60), nullable=False),
    Column("source_system", String(40), nullable=False),
    Column("source_id", String(200), nullable=False),
    Column("row_id", Key, nullable=False),
    Column("wins", Boolean, nullable=False, server_default="0"),
    Column("content", Json),
    Column("import_id", Key, ForeignKey("imports.id"), nullable=False, index=True),
    UniqueConstraint("table_name", "source_system", "source_id"),
    Index("ix_import_aliases_row", "table_name", "row_id"),
)

# Written by triggers, so that no deletion goes unnoticed.
tombstones = Table(
    "tombstones",
    metadata,
    Column("id", Key, primary_key=True),
    Column("table_name", String(60), nullable=False),
    Column("row_id", Key, nullable=False),
    Column("source_system", String(40)),
    Column("source_id", String(200)),
    Column("deleted_at", UTCDateTime, nullable=False, index=True),
)

# A report as it was written: `answer` holds its figures (kpis.kept packs them), keys instead of names. The
# rest says what was asked, by whom, and of which data. `filters` and `rights`: dimension -> members.
kept_reports = Table(
    "kept_reports",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("filters", Json, nullable=False),
    Column("rights", Json, nullable=False),
    Column("kept_at", UTCDateTime, nullable=False, index=True),
    Column("kept_by", String(200), nullable=False),
    Column("data_version", Integer, nullable=False),
    Column("refreshed_at", UTCDateTime),
    Column("answer", LargeBinary, nullable=False),
    sqlite_autoincrement=True,  # a link to a report that was deleted must never open another one
)

# The rows that a KPI counted in some windows of a kept report: Parquet, keys and whole numbers. digest: of
# these rows; rows NULL: they were too many, and only that they changed can be told.
kept_rows = Table(
    "kept_rows",
    metadata,
    Column("id", Key, primary_key=True),
    reference("report_id", "kept_reports", required=True),
    Column("kpi", String(80), nullable=False),
    Column("windows", Json, nullable=False),  # [[start, end], …], end excluded
    Column("n", Key, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("rows", LargeBinary),
)

# A custom column that figures are broken down and filtered by. `heading`: its name in the rows' `custom`;
# `name`: what people call it; `key`: what addresses and statements call it.
custom_dimensions = Table(
    "custom_dimensions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("table_name", String(60), nullable=False),
    Column("heading", String(500), nullable=False),
    Column("name", String(60), nullable=False),
    Column("key", String(40), nullable=False, unique=True),
    UniqueConstraint("table_name", "heading"),
    sqlite_autoincrement=True,  # what undoes a mark must never meet another one under its key
)
