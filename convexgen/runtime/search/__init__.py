"""Finding documents by what they say: words, what an index keeps of a document, what is asked, and what comes first.

Pure, and below stores and values: a filter field is bytes here, and a document sixteen of them.
"""

from convexgen.runtime.search.entries import DIGEST_SIZE, SearchEntry
from convexgen.runtime.search.ranking import Match, Ranked, ranked
from convexgen.runtime.search.text_queries import MAXIMUM_TERMS, TextQuery
from convexgen.runtime.search.words import words_of

__all__ = ["DIGEST_SIZE", "MAXIMUM_TERMS", "Match", "Ranked", "SearchEntry", "TextQuery", "ranked", "words_of"]
