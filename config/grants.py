"""Who may do what with which table, and the SQL that makes it so.

The owner makes the tables; web and worker get exactly what stands here. A migration that brings a table without
bringing its line ends with the sentence that asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

WEB, WORKER = "enquiry_web", "enquiry_worker"

NOTHING = ""
READ = "SELECT"
APPEND = "SELECT, INSERT"
LINK = "SELECT, INSERT, DELETE"
CHANGE = "SELECT, INSERT, UPDATE"
WRITE = "SELECT, INSERT, UPDATE, DELETE"
# The worker vacuums what it has rewritten, so that no dead row keeps the order of a batch.
REWRITE = f"{WRITE}, MAINTAIN"

# Table -> (rights of web, rights of worker).
GRANTS: dict[str, tuple[str, str]] = {
    # Django's own
    "django_migrations": (READ, READ),
    "django_content_type": (READ, READ),
    "auth_permission": (READ, READ),
    "auth_group": (READ, READ),
    "auth_group_permissions": (READ, READ),
    "django_session": (WRITE, "SELECT, DELETE"),
    "django_admin_log": (APPEND, NOTHING),
    # accounts: staff sign in through the web; the audit log is only ever added to.
    "accounts_auditevent": (APPEND, APPEND),
    "accounts_role": (CHANGE, READ),
    "accounts_user": (CHANGE, READ),
    "accounts_user_groups": (LINK, READ),
    "accounts_user_roles": (LINK, READ),
    "accounts_user_user_permissions": (LINK, READ),
    "accounts_secondfactor": (WRITE, NOTHING),
    "accounts_recoverycode": (LINK, NOTHING),
    # The worker forgets failed log-ins after a day; it sees when they were and not whose.
    "accounts_failedlogin": (CHANGE, "SELECT (last_at), DELETE"),
    # surveys: definitions are loaded and translated by staff; the worker reads them.
    "surveys_edition": (CHANGE, READ),
    # An import freezes the version that its answers were given to.
    "surveys_questionnaire": (WRITE, "SELECT, UPDATE (frozen_at)"),
    "surveys_wording": (WRITE, READ),
    "surveys_translation": (CHANGE, READ),
    "surveys_wordingchange": (APPEND, READ),
    "surveys_page": (WRITE, READ),
    "surveys_codeframe": (WRITE, READ),
    "surveys_code": (WRITE, READ),
    "surveys_section": (WRITE, READ),
    "surveys_question": (WRITE, READ),
    "surveys_row": (WRITE, READ),
    "surveys_choice": (WRITE, READ),
    "surveys_net": (WRITE, READ),
    "surveys_partition": (WRITE, READ),
    "surveys_part": (WRITE, READ),
    "surveys_derived": (WRITE, READ),
    "surveys_wave": (CHANGE, "SELECT, UPDATE"),
    "surveys_production": (READ, READ),
    "surveys_waveplace": (WRITE, READ),
    # The public half of a key is written by the worker that holds the private half, and by nobody else.
    "surveys_wavekey": (READ, WRITE),
    # What people say of the key is written on the web; that it was made and is destroyed, by the box worker alone.
    "surveys_keycustody": (
        "SELECT, UPDATE (first_holder_id, first_held_on, second_holder_id, second_held_on, asked_by_id, asked_on,"
        " confirmed_by_id, confirmed_on, obstacle)",
        "SELECT, INSERT, UPDATE (made_on, destroyed_on, obstacle, reminded_on)",
    ),
    # responses: the web takes answers in and cannot read them again; the worker opens, stores and counts them, and
    # vacuums what it wrote anew after the last opening, so that no old row stays readable.
    "responses_invitation": (CHANGE, "SELECT, UPDATE, MAINTAIN"),
    "responses_codebatch": (CHANGE, "SELECT, UPDATE"),
    "responses_draft": (WRITE, "SELECT (id, invitation_id), DELETE, MAINTAIN"),
    "responses_ballot": ("INSERT", "SELECT, DELETE, MAINTAIN"),
    "responses_withdrawal": ("INSERT", "SELECT, DELETE, MAINTAIN"),
    "responses_response": (NOTHING, REWRITE),
    "responses_record": (NOTHING, REWRITE),
    # A text that names somebody is destroyed by whoever decides so, and its words are all that the web can change.
    "responses_opentext": (f"{READ}, UPDATE (text, forgotten)", REWRITE),
    "responses_textlink": (NOTHING, REWRITE),
    "responses_coding": (WRITE, REWRITE),
    "responses_decision": (WRITE, REWRITE),
    "responses_workingtranslation": (WRITE, REWRITE),
    "responses_quotation": (WRITE, REWRITE),
    "responses_redaction": (LINK, REWRITE),
    # Who codes what is decided on the web; the worker alone ends it. What was measured and revised stays as it was.
    "responses_codinground": (CHANGE, READ),
    "responses_agreement": (APPEND, READ),
    "responses_framerevision": (APPEND, READ),
    "responses_codingend": (APPEND, "SELECT, UPDATE"),
    "responses_comment": (READ, REWRITE),
    "responses_tally": (NOTHING, REWRITE),
    "responses_fieldworkcount": (READ, WRITE),
    "responses_printedquestionnaire": (READ, WRITE),
    # A file of answers from elsewhere is handed to the worker sealed; the web does not get it back.
    "responses_importfile": (
        "SELECT (id, wave_id, state, outcome, forget_at), INSERT, UPDATE (state)",
        "SELECT, UPDATE, DELETE",
    ),
    # doors: staff keep the portals; what is spent and what failed is written by the web and swept by the worker.
    "responses_portal": (CHANGE, READ),
    "responses_portal_waves": (LINK, READ),
    "responses_portalkey": (CHANGE, READ),
    "responses_spenttoken": ("SELECT, INSERT", "SELECT, DELETE"),
    "responses_failurecount": (WRITE, "SELECT, DELETE"),
    "responses_failurekey": (LINK, "SELECT, DELETE"),
    # Staff prepare, start and stop mailings; the worker works its way through the messages and adds none.
    "responses_mailing": (CHANGE, "SELECT, UPDATE"),
    "responses_mailingtext": (WRITE, READ),
    "responses_message": (WRITE, "SELECT, UPDATE, DELETE"),
    "responses_mailkey": (READ, APPEND),
    # reports: the night writes, staff and the public read; releases are asked for and decided on the web.
    # The values of a policy never change; whoever decides on a proposal changes where it stands.
    "reports_policy": (f"{APPEND}, UPDATE (status, decided_by_id, decided_at)", READ),
    "reports_claim": (READ, CHANGE),
    "reports_run": (READ, CHANGE),
    # Partial counts, before anything is withheld: the worker's alone, while a run counts.
    "reports_countpiece": (NOTHING, WRITE),
    "reports_table": (READ, WRITE),
    "reports_cell": (READ, WRITE),
    # Asked for on the web, played by the worker: about made-up people alone.
    "reports_rehearsal": (APPEND, f"{READ}, UPDATE"),
    "reports_rehearsaltable": (READ, APPEND),
    "reports_wavedataset": (READ, APPEND),
    "reports_withheldcount": (READ, APPEND),
    # Which layout of a breakdown an analyst prefers: what follows is a further row.
    "reports_designchoice": (APPEND, READ),
    # How a wave is weighted is fixed by staff, and stays once its box was opened: a trigger sees to that.
    "reports_weightchoice": (CHANGE, READ),
    "reports_weighttarget": (WRITE, READ),
    "reports_weighting": (READ, CHANGE),
    "reports_weightcell": (READ, WRITE),
    # A request for a table is never changed: what follows is a further version of it.
    "reports_tablerequest": (APPEND, READ),
    "reports_requestednet": (APPEND, READ),
    "reports_release": (CHANGE, READ),
    # The worker alone has the key that signs.
    "reports_signingkey": (READ, APPEND),
    "reports_releasesignature": (READ, APPEND),
    "reports_releaseprint": (READ, APPEND),
    "reports_releasepicture": (READ, APPEND),
    # Made with the request, or by a worker where it takes long.
    "reports_releaseaudit": (APPEND, APPEND),
    "reports_auditinterval": (APPEND, APPEND),
    "reports_ledgerentry": (APPEND, READ),
    "reports_figurewithdrawal": (APPEND, READ),
    "reports_reporttext": (APPEND, READ),
    # What an editor has not saved yet: the worker sees when it was kept and not what it says.
    "reports_unsavedtext": (WRITE, "SELECT (id, kept_at), DELETE"),
    "reports_figurearrangement": (APPEND, READ),
    "reports_releasewithdrawal": (APPEND, READ),
    # Links end and become a comment; what was written through them is only added to.
    "reports_namedreader": (CHANGE, READ),
    "reports_readervisit": (APPEND, READ),
    "reports_expertlink": (CHANGE, READ),
    "reports_expertword": (APPEND, READ),
    "reports_portrait": (APPEND, READ),
    "reports_expertcomment": (APPEND, READ),
    "reports_wordingjudgement": (APPEND, READ),
    # Response metrics: exact counts are the worker's; staff read what may be shown and enter what replies told them.
    "reports_casecount": (NOTHING, WRITE),
    "reports_responsemetrics": (READ, WRITE),
    "reports_responsefigure": (READ, WRITE),
    "reports_knownbyhand": (CHANGE, READ),
    "reports_knownbyhandcount": (WRITE, READ),
}


class GrantsMissingError(Exception):
    """The database and the table of grants do not name the same tables."""

    def __init__(self, without_line: Iterable[str], without_table: Iterable[str]) -> None:
        lines = [f"- {name} is in the database; add its line to GRANTS." for name in sorted(without_line)]
        lines += [
            f"- {name} is not in the database; remove its line from GRANTS." for name in sorted(without_table)
        ]
        super().__init__("config/grants.py does not fit the database:\n" + "\n".join(lines))


@dataclass(frozen=True)
class Table:
    """A table or view of the schema, with the sequences that its columns draw from."""

    name: str
    sequences: tuple[str, ...]


def tables(connection: BaseDatabaseWrapper) -> list[Table]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, array_remove(array_agg(s.relname ORDER BY s.relname), NULL)
            FROM pg_class c
            LEFT JOIN pg_depend d ON d.refobjid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
            LEFT JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
            GROUP BY c.relname ORDER BY c.relname
            """
        )
        return [Table(name=name, sequences=tuple(sequences)) for name, sequences in cursor.fetchall()]


def check_complete(connection: BaseDatabaseWrapper) -> None:
    found = {table.name for table in tables(connection)}
    if found != set(GRANTS):
        raise GrantsMissingError(found - set(GRANTS), set(GRANTS) - found)


def apply_grants(connection: BaseDatabaseWrapper) -> int:
    """Take everything from both roles and give what the table says. Returns how many tables got rights."""
    found = [table for table in tables(connection) if table.name in GRANTS]
    with connection.cursor() as cursor:
        for statement in [*_revocations(), *(line for table in found for line in statements(table))]:
            cursor.execute(statement)
    return len(found)


def _revocations() -> list[str]:
    roles = f"{WEB}, {WORKER}"
    kinds = ("TABLES", "SEQUENCES")
    return [f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM {roles}, PUBLIC" for kind in kinds] + [
        f"GRANT USAGE ON SCHEMA public TO {roles}"
    ]


def statements(table: Table) -> list[str]:
    """The GRANT statements of one table. Whoever may insert may draw the next number too."""
    granted = []
    for role, rights in zip((WEB, WORKER), GRANTS[table.name], strict=True):
        if rights:
            granted.append(f'GRANT {rights} ON "{table.name}" TO {role}')
        if "INSERT" in rights:
            granted += [f'GRANT USAGE ON SEQUENCE "{name}" TO {role}' for name in table.sequences]
    return granted
