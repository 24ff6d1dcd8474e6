"""Data contracts: what a charter says of its data, in the Open Data Contract Standard and back."""

from proveout.charter.contract.exporting import API_VERSION, contract_of
from proveout.charter.contract.importing import Imported, import_contract
from proveout.charter.contract.loading import load_contract
from proveout.charter.contract.observed import ObservedField, ObservedTable

__all__ = [
    "API_VERSION", "Imported", "ObservedField", "ObservedTable", "contract_of", "import_contract",
    "load_contract",
]  # fmt: skip
