"""Contacts found by any word of them: a full-text index that triggers keep, on both databases.

A contact's document has its name, e-mail address, telephone number and its account's name. Case and accents
are folded: on SQLite by FTS5 itself, on PostgreSQL by `crm_fold`. Letters that no accent explains are spelled
out on both (LETTERS). A number of seven digits or more has its last seven as a word of its own behind `x`,
so that it is found with and without its country's code.

`fill` makes the index anew from the tables, for whoever has loaded rows past the triggers.
"""

from __future__ import annotations

from alembic import op

#: Letters that are another letter with no accent to take away, and how people type them.
LETTERS = {
    "ß": "ss", "ẞ": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d",
    "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ı": "i", "þ": "th", "Þ": "th", "ð": "d", "Ð": "d",
}  # fmt: skip

#: What stands between words, besides white space.
BETWEEN = "!-/:-@[-`{-~¡«·»¿‐-―‘-‟…"

_PHONE_MARKS = (" ", "-", "(", ")", "/", ".", "+", "\u00a0", "\u2011", "\u2013")


def create() -> None:
    if _on_sqlite():
        _run(
            "CREATE VIRTUAL TABLE contact_search USING fts5(name, email, phone, account, content='',"
            " columnsize=0, detail=column, prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
        )
    else:
        _create_functions()
        _run(
            "CREATE TABLE contact_search"
            " (contact_id bigint CONSTRAINT pk_contact_search PRIMARY KEY, words tsvector NOT NULL)"
        )
    _run(*fill(op.get_bind().dialect.name))
    if _on_sqlite():
        _watch_sqlite()
    else:
        _run("CREATE INDEX ix_contact_search_words ON contact_search USING gin (words)")
        _watch_postgresql()


def drop() -> None:
    if _on_sqlite():
        names = ("contacts_found", "contacts_lost", "contacts_renamed", "accounts_renamed")
        _run(*(f"DROP TRIGGER {name}" for name in names), "DROP TABLE contact_search")
        return
    _run(
        "DROP TRIGGER contacts_found ON contacts",
        "DROP TRIGGER contacts_lost ON contacts",
        "DROP TRIGGER contacts_renamed ON contacts",
        "DROP TRIGGER accounts_renamed ON accounts",
        "DROP TABLE contact_search",
        *(f"DROP FUNCTION crm_contact_{name}()" for name in ("found", "lost", "renamed", "account_renamed")),
        "DROP FUNCTION crm_contact_words(text, text, text, text, text)",
        "DROP FUNCTION crm_words(text)",
        "DROP FUNCTION crm_fold(text)",
    )


def empty(dialect: str) -> str:
    """The statement that takes every document away."""
    if dialect == "sqlite":
        return "INSERT INTO contact_search (contact_search) VALUES ('delete-all')"
    return "TRUNCATE contact_search"


def fill(dialect: str) -> list[str]:
    """The statements that make the index anew from the tables."""
    rows = "FROM contacts AS c LEFT JOIN accounts AS a ON a.id = c.account_id"
    if dialect == "sqlite":
        document = ", ".join(_document("c", "a.name"))
        return [empty(dialect), f"INSERT INTO contact_search {_COLUMNS} SELECT c.id, {document} {rows}"]
    words = "crm_contact_words(c.first_name, c.last_name, c.email, c.phone, a.name)"
    return [empty(dialect), f"INSERT INTO contact_search SELECT c.id, {words} {rows}"]


_COLUMNS = "(rowid, name, email, phone, account)"
_FORGET = "(contact_search, rowid, name, email, phone, account)"


def _document(row: str, account: str) -> tuple[str, str, str, str]:
    """SQLite's expressions for the four columns. Forgetting needs the very text that was indexed."""
    digits = f"{row}.phone"
    for mark in _PHONE_MARKS:
        digits = f"replace({digits}, '{mark}', '')"
    tail = f"CASE WHEN length({digits}) >= 7 THEN ' x' || substr({digits}, -7) ELSE '' END"
    return (
        _spelled(f"coalesce({row}.first_name, '') || ' ' || coalesce({row}.last_name, '')"),
        f"{row}.email",
        f"{row}.phone || ' ' || {digits} || {tail}",
        _spelled(account),
    )


def _spelled(text: str) -> str:
    for letter, plain in LETTERS.items():
        text = f"replace({text}, '{letter}', '{plain}')"
    return text


def _watch_sqlite() -> None:
    def account(row: str) -> str:
        return f"(SELECT name FROM accounts WHERE id = {row}.account_id)"

    def add(row: str) -> str:
        document = ", ".join(_document(row, account(row)))
        return f"INSERT INTO contact_search {_COLUMNS} SELECT {row}.id, {document};"

    def forget(row: str) -> str:
        document = ", ".join(_document(row, account(row)))
        return f"INSERT INTO contact_search {_FORGET} SELECT 'delete', {row}.id, {document};"

    watched = ("first_name", "last_name", "email", "phone", "account_id")
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in watched)
    of_account = "FROM contacts AS c WHERE c.account_id = NEW.id;"
    before, after = ", ".join(_document("c", "OLD.name")), ", ".join(_document("c", "NEW.name"))
    _run(
        f"CREATE TRIGGER contacts_found AFTER INSERT ON contacts BEGIN {add('NEW')} END",
        f"CREATE TRIGGER contacts_lost AFTER DELETE ON contacts BEGIN {forget('OLD')} END",
        f"""
        CREATE TRIGGER contacts_renamed AFTER UPDATE OF {", ".join(watched)} ON contacts WHEN {changed}
        BEGIN {forget("OLD")} {add("NEW")} END
        """,
        f"""
        CREATE TRIGGER accounts_renamed AFTER UPDATE OF name ON accounts WHEN NEW.name IS NOT OLD.name
        BEGIN
            INSERT INTO contact_search {_FORGET} SELECT 'delete', c.id, {before} {of_account}
            INSERT INTO contact_search {_COLUMNS} SELECT c.id, {after} {of_account}
        END
        """,
    )


def _create_functions() -> None:
    """Names stand in the words twice, the second time behind `=`: so they can be asked for alone."""
    bind = op.get_bind()
    unicode = bind.exec_driver_sql("SHOW server_encoding").scalar() == "UTF8"
    by_language = bind.exec_driver_sql("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'").first()
    # The C locale knows no capitals beyond ASCII.
    collation = ' COLLATE "und-x-icu"' if by_language else ""
    folded = f"lower({_spelled('$1')}{collation})"
    if unicode:
        folded = (
            rf"normalize(regexp_replace(normalize({folded}, NFD), '[\u0300-\u036F]', '', 'g'), NFC)"
            ' COLLATE "C"'
        )
    else:
        folded = "lower($1)"
    between = BETWEEN if unicode else "!-/:-@[-`{-~"
    options = "LANGUAGE sql IMMUTABLE PARALLEL SAFE"  # with a search path of its own it would be slow
    _run(
        f"CREATE FUNCTION crm_fold(text) RETURNS text {options} AS $$ SELECT {folded} $$",
        rf"""
        CREATE FUNCTION crm_words(text) RETURNS text[] {options} AS $$
            SELECT array_remove(regexp_split_to_array(crm_fold($1), '[\s{between}]+'), '')
        $$
        """,
        # plpgsql plans it once; SQL would at each call.
        """
        CREATE FUNCTION crm_contact_words(first text, last text, email text, phone text, account text)
        RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE
            named text[] := crm_words(concat_ws(' ', first, last));
            digits text := regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g');
        BEGIN
            RETURN array_to_tsvector(array_remove(
                named || string_to_array('=' || array_to_string(named, ' ='), ' ')
                || crm_words(concat_ws(' ', email, phone, account))
                || digits || ('x' || right(digits, 7)), ''));
        END $$
        """,
    )


def _watch_postgresql() -> None:
    words = "crm_contact_words({0}.first_name, {0}.last_name, {0}.email, {0}.phone, a.name)"
    function = (
        "RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ BEGIN {} RETURN NULL; END $$"
    )
    add = f"INSERT INTO contact_search SELECT c.id, {words.format('c')} FROM"
    joined = "LEFT JOIN accounts AS a ON a.id = c.account_id"
    watched = ("first_name", "last_name", "email", "phone", "account_id")
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in watched)
    again = "ON CONFLICT (contact_id) DO UPDATE SET words = excluded.words"
    bodies = {
        "found": f"{add} fresh AS c {joined} {again};",
        "lost": "DELETE FROM contact_search WHERE contact_id = OLD.id;",
        "renamed": f"{add} contacts AS c {joined} WHERE c.id = NEW.id {again};",
        "account_renamed": f"{add} contacts AS c {joined} WHERE c.account_id = NEW.id {again};",
    }
    _run(
        *(f"CREATE FUNCTION crm_contact_{name}() {function.format(body)}" for name, body in bodies.items()),
        # Once a statement: an import adds many rows in one.
        "CREATE TRIGGER contacts_found AFTER INSERT ON contacts REFERENCING NEW TABLE AS fresh"
        " FOR EACH STATEMENT EXECUTE FUNCTION crm_contact_found()",
        "CREATE TRIGGER contacts_lost AFTER DELETE ON contacts"
        " FOR EACH ROW EXECUTE FUNCTION crm_contact_lost()",
        f"CREATE TRIGGER contacts_renamed AFTER UPDATE OF {', '.join(watched)} ON contacts FOR EACH ROW"
        f" WHEN ({changed}) EXECUTE FUNCTION crm_contact_renamed()",
        "CREATE TRIGGER accounts_renamed AFTER UPDATE OF name ON accounts FOR EACH ROW"
        " WHEN (NEW.name IS DISTINCT FROM OLD.name) EXECUTE FUNCTION crm_contact_account_renamed()",
    )


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)
