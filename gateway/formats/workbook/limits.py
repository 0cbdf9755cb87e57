"""What a workbook may hold at most, and the findings that refuse one or say what about it deserves a look.

In: nothing. Out: limits and rules for the guards (`archive` for XLSX, XLSM, XLSB and ODS, `compound` for XLS). Guards run in
the gateway's own process before anything unpacks the file, so they never hold more of it than a piece at a time.
"""

from gateway.findings import Rule, Severity
from gateway.formats.zipped import Refusal

MOST_MEMBERS = 500
MOST_BYTES = 200_000_000
MOST_ROWS = 50_000  # five times the persons on the largest ship
MOST_COLUMNS = 256  # to column IV

REFUSED = Rule(
    id="T-03",
    severity=Severity.ERROR,
    text="the workbook was not opened: {why}",
    hint="copy the list alone into a new workbook, save it as .xlsx and send that",
)
PASSWORD = Rule(
    id="T-04",
    severity=Severity.ERROR,
    text="the workbook is locked with a password",
    hint="save it without a password; it is sealed by the gateway as soon as it arrives",
)
BROKEN = Rule(
    id="T-05",
    severity=Severity.ERROR,
    text="this looks like a workbook, but it is damaged or not complete",
    hint="open it in the program that made it, save it as .xlsx and send it again",
)
WEB_PAGE = Rule(
    id="T-07",
    severity=Severity.ERROR,
    text="this is {what} under the name of a workbook",
    hint="open it in the spreadsheet program, choose 'Save as' and the type .xlsx, and send that",
)
MACROS = Rule(
    id="T-08",
    severity=Severity.INFO,
    text="the workbook carries macros; they were not run, only the cells were read",
    hint="check that no cell is filled by a macro when the workbook opens",
)
HIDDEN = Rule(
    id="T-09",
    severity=Severity.INFO,
    text="rows of this sheet are hidden ({count}); they were read like the others",
    hint="delete what should not be reported; hiding it is not enough",
)
NO_RESULT = Rule(
    id="T-10",
    severity=Severity.WARNING,
    text="a formula was saved without its result, so the cell counts as empty ({count} on this sheet, the first is named)",
    hint="open the workbook in the spreadsheet program and save it, or paste the values instead of the formulas",
)
ERROR_VALUE = Rule(
    id="T-11",
    severity=Severity.WARNING,
    text="a cell shows an error such as #N/A or #REF!, so it counts as empty ({count} on this sheet, the first is named)",
    hint="correct the formula, or type the value",
)
RULES = (REFUSED, PASSWORD, BROKEN, WEB_PAGE, MACROS, HIDDEN, NO_RESULT, ERROR_VALUE)


def too_many_rows() -> Refusal:
    return Refusal(f"a sheet has a filled cell below row {MOST_ROWS:,}")


def too_many_columns() -> Refusal:
    return Refusal("a sheet has a filled cell to the right of column IV")
