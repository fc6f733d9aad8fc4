"""What the doctor says of each finding, and what to do: in the reader's language."""

import os
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.support import NullTranslations, Translations

from server.i18n import FOLDER, LOCALES, TIME_ZONE
from workflows.doctor import Ill

VARIABLES = ("RASIM_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def _(msgid: str) -> str:
    """Marks a text for the translators."""
    return msgid


# What is wrong, and the mend.
WORDS: Mapping[str, tuple[str, str]] = {
    "case-stuck": (
        _("Cases stand still: nothing is open in them that could move them on."),
        _("Open the case's page and intervene by hand, or cancel the case."),
    ),
    "job-lost": (
        _("Jobs are on no queue: no worker will ever take them."),
        _("Run: rasim doctor --mend"),
    ),
    "job-silent": (
        _("Jobs did not succeed, and no incident tells anybody of it."),
        _("Run: rasim doctor --mend"),
    ),
    "job-poison": (
        _("Jobs end the worker that takes them, again and again."),
        _("Read the worker's log, and skip the step from the page of its case."),
    ),
    "left-over": (
        _("Cases have ended, but tasks, jobs, timers or waits of theirs are open."),
        _("Run: rasim doctor --mend"),
    ),
    "due-late": (
        _("Timers and deadlines are long due, and no worker acts on them."),
        _("Start a worker: rasim worker. If one is running, read its log."),
    ),
    "incident-old": (
        _("Incidents have been waiting for help for more than a day."),
        _("Open each case, mend what its incident names, and try again."),
    ),
    "queue-stands": (
        _("Jobs wait on their queue, and no worker takes them."),
        _("Start workers: rasim worker. If some are running, start more of them."),
    ),
    "queue-unknown": (
        _("The queue has entries of jobs that do not exist."),
        _("Run: rasim doctor --mend"),
    ),
    "type-paused": (
        _("Types of jobs are paused: no worker does them."),
        _("When the reason is gone, let them go on from the page of the queue."),
    ),
    "system-silent": (
        _("Systems do not answer, and are left alone but for a try now and then."),
        _("See to the system or to the way to it; its jobs go on by themselves."),
    ),
    "history-broken": (
        _("Histories of cases were changed afterwards: their chains do not hold."),
        _("Run rasim history verify, restore a backup beside, and compare."),
    ),
    "database-silent": (
        _("The database does not answer."),
        _("Start it (rasim up, or your server), and see to DATABASE_URL."),
    ),
    "schema-behind": (
        _("The database is at %(found)s, the program at %(wanted)s."),
        _("Run: rasim db upgrade"),
    ),
    "clock-skew": (
        _("The clocks of the database and of this machine are %(seconds)s s apart."),
        _("Keep both in time by NTP: timedatectl set-ntp true"),
    ),
    "zone-old": (
        _("By this machine %(zone)s is %(offset)s ahead of UTC; by law it is 5 hours."),
        _("Bring its list of time zones up to date: pip install --upgrade tzdata"),
    ),
    "connections-few": (
        _(
            "The services may open %(needed)s connections, the database allows"
            " %(allowed)s."
        ),
        _("Raise max_connections, or lower RASIM_WEB_THREADS or RASIM_WORKERS."),
    ),
    "table-bloated": (
        _("Tables hold more dead rows than live ones."),
        _("See that autovacuum is on; run for each: VACUUM (ANALYZE) name"),
    ),
    "statistics-old": (
        _("Tables have changed a lot since the database last looked at them."),
        _("Run: ANALYZE"),
    ),
    "queue-log-kept": (
        _("The queue's log is not pruned: it is older than RASIM_QUEUE_LOG_DAYS."),
        _("Start a worker: rasim worker. If one is running, read its log."),
    ),
    "folder-closed": (
        _("The folder of %(name)s cannot be written to."),
        _("Give it to the user of the service, and see that its disk is writable."),
    ),
    "disk-full": (
        _("The disk is nearly full: %(megabytes)s MB are left."),
        _("Make room, or move the folder to a larger disk."),
    ),
    "secret-missing": (
        _("There is no key that signs sessions."),
        _("Set RASIM_SECRET_KEY to 32 random letters or more, or start rasim up."),
    ),
    "seal-old": (
        _("Secrets of second steps or webhooks are sealed with a key of before."),
        _("Run: rasim secret rotate"),
    ),
    "seal-unknown": (
        _("No key that is known opens secrets of second steps or webhooks."),
        _(
            "Name their key in RASIM_SECRET_KEY_BEFORE and run rasim secret rotate;"
            " else turn off these second steps, and make these webhooks anew."
        ),
    ),
    "secret-old": (
        _("Keys of before still count, though nothing is sealed with them any more."),
        _("Stop rasim up, and run: rasim secret forget"),
    ),
    "password-alone": (
        _("People with a role here sign in with a password alone."),
        _(
            "Set RASIM_SECOND_FACTOR=required, or have each of them set up the second"
            " step on My account."
        ),
    ),
    "database-open": (
        _("On the way to the database at %(host)s no certificate is asked for."),
        _(
            "Add ?sslmode=verify-full to DATABASE_URL; &sslrootcert= names the file of"
            " a CA of your own."
        ),
    ),
    "database-owner": (
        _("The service's database account, %(role)s, may alter tables and histories."),
        _(
            "Give the service an account of its own, name this one in"
            " RASIM_DATABASE_OWNER_URL, and run: rasim db upgrade"
        ),
    ),
    "address-unset": (
        _("The pages are open to others at %(host)s, but their address is not told."),
        _("Set RASIM_ADDRESS to what people type: https://rasim.example.kz"),
    ),
    "metrics-folder": (
        _("Measures of the web processes cannot be kept in %(folder)s."),
        _("Make the folder of PROMETHEUS_MULTIPROC_DIR, or unset it."),
    ),
    "backup-none": (
        _("There is no backup in %(folder)s."),
        _("Set RASIM_BACKUP to a folder on another disk, and run: rasim backup"),
    ),
    "backup-old": (
        _("The last backup is older than a day."),
        _("Run rasim backup, and set RASIM_BACKUP_AT=02:00 for one a day."),
    ),
    "backup-silent": (
        _("The log of changes is not being followed: what came since is not kept."),
        _("Start rasim up, or rasim backup --follow beside web and workers."),
    ),
    "backup-damaged": (
        _("A backup cannot be read."),
        _("Move its folder away, and run: rasim backup"),
    ),
    "backup-open": (
        _("Others on this machine may look into the backups in %(folder)s."),
        _("Run: chmod 700 on that folder"),
    ),
    "backup-gap": (
        _("Nobody followed the log of changes for too long: it has a gap."),
        _("Run: rasim backup"),
    ),
    "slot-holds": (
        _("Replication slots that nobody reads fill the database's disk."),
        _(
            "Start rasim backup --follow, or run for each:"
            " SELECT pg_drop_replication_slot('name')"
        ),
    ),
}
COUNT = _("%(count)s in all")
MORE = _("more than %(count)s")
SINCE = _("since %(moment)s")
DO = _("What to do:")
SOUND = _("Nothing to mend.")
MENDED: Mapping[str, str] = {
    "left-over": _("Closed what ended cases had left open: %(count)s."),
    "job-lost": _("Put on their queue again: %(count)s."),
    "job-silent": _("Opened incidents of failed jobs: %(count)s."),
    "queue-unknown": _("Deleted from the queue: %(count)s."),
}


def locale(environment: Mapping[str, str] | None = None) -> str:
    """The language of a terminal: RASIM_LANG, else that of the session, else English"""
    told = os.environ if environment is None else environment
    for name in VARIABLES:
        value = told.get(name, "")[:2].lower()
        if value in LOCALES:
            return value
        if value:
            break
    return "en"


def translator(language: str) -> NullTranslations:
    return Translations.load(str(FOLDER), [language])


def what(ill: Ill, texts: NullTranslations) -> str:
    return str(texts.gettext(WORDS[ill.code][0])) % ill.facts


def mend(ill: Ill, texts: NullTranslations) -> str:
    return str(texts.gettext(WORDS[ill.code][1]))


def moment(told: datetime) -> str:
    return f"{told.astimezone(ZoneInfo(TIME_ZONE)):%Y-%m-%d %H:%M}"
