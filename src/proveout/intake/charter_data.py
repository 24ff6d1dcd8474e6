"""The charter's data for the checks of one run: each source is opened once."""

from __future__ import annotations

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Data, Source
from proveout.charter.schema.adoption import DASHBOARD
from proveout.charter.schema.value import CaseRecord
from proveout.intake.dashboard import (
    dashboard_location,
    open_dashboard_observations,
    open_dashboard_usage,
)
from proveout.intake.opening import open_source
from proveout.intake.place import source_name
from proveout.intake.session import Session
from proveout.intake.table import OpenTable


class CharterData:
    """Opens what the charter names, when it is asked for."""

    def __init__(self, loaded: LoadedCharter, session: Session) -> None:
        self._loaded = loaded
        self._session = session
        self._names = unique_names(loaded.charter.data)
        adoption = loaded.charter.adoption
        records = (each.source for each in self._case_records())
        others = adoption.sources if adoption else ()
        for source in (*loaded.charter.stress.files, *others, *records):
            self._names.setdefault(id(source), source_name(source))
        self._opened: dict[int, OpenTable] = {}

    def pilot(self) -> OpenTable | None:
        """Open the curated sample; None where the charter names none."""
        pilot = self._data.pilot
        return None if pilot is None else self._open(pilot)

    def production(self) -> list[OpenTable]:
        """Open every production source with role 'records', in the charter's order."""
        return [self._open(each) for each in self._data.production if each.role == "records"]

    def references(self) -> list[OpenTable]:
        """Open every production source with role 'reference'."""
        return [self._open(each) for each in self._data.production if each.role == "reference"]

    def labels(self) -> OpenTable | None:
        """Open the file of true answers; None where labels are a column of the data."""
        labels = self._data.labels
        return None if labels is None else self._open(labels.source)

    def served(self) -> None:
        """Return nothing: what a charter names lies before the launch."""

    def open(self, source: Source) -> OpenTable:
        """Open a source that is named elsewhere than under data. Raises InputError when unreadable.

        Of usage and observations that were given to the dashboard, this pilot's.
        """
        record = next((each for each in self._case_records() if each.source is source), None)
        if record is not None and source.path == DASHBOARD:
            return open_dashboard_observations(
                record,
                pilot=self._loaded.charter.pilot,
                session=self._session,
                location=dashboard_location(),
            )
        if source.path == DASHBOARD:
            return open_dashboard_usage(
                source,
                pilot=self._loaded.charter.pilot,
                session=self._session,
                location=dashboard_location(),
            )
        return self._open(source)

    def _case_records(self) -> tuple[CaseRecord, ...]:
        """Return where the cases of the process are: of all KPIs, and of single ones."""
        charter = self._loaded.charter
        whole = None if charter.value is None else charter.value.records
        own = (each.measured.source for each in charter.kpis if each.measured is not None)
        return tuple(each for each in (whole, *own) if each is not None)

    @property
    def _data(self) -> Data:
        return self._loaded.charter.data

    def _open(self, source: Source) -> OpenTable:
        # By identity: two equal entries of the charter are still two sources with two names.
        key = id(source)
        if key not in self._opened:
            self._opened[key] = open_source(
                source, folder=self._loaded.folder, session=self._session, name=self._names[key]
            )
        return self._opened[key]


def unique_names(data: Data) -> dict[int, str]:
    """Name every source of the charter, by identity; a name that comes again gets a number.

    Names that were given are kept as they are; only names taken from paths give way.
    """
    sources = [*data.production]
    if data.pilot is not None:
        sources.append(data.pilot)
    if data.labels is not None:
        sources.append(data.labels.source)
    taken = {source.name for source in sources if source.name}
    names: dict[int, str] = {}
    for source in sources:
        wanted = name = source_name(source)
        again = 2
        while source.name is None and name in taken:
            name, again = f"{wanted}-{again}", again + 1
        taken.add(name)
        names[id(source)] = name
    return names
