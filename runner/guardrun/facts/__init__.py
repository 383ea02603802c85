"""What Guard cannot compute: references, cycles and known values, added to the document as `GuardRun`.

The keys are documented in docs/facts.md; `VERSION` changes when their meaning does.
"""

from guardrun.facts.context import Context
from guardrun.facts.document import AROUND, FACTS, TOP_FACTS, VERSION, Wanted, document_views

__all__ = ["AROUND", "FACTS", "TOP_FACTS", "VERSION", "Context", "Wanted", "document_views"]
