"""What is said of a table as a whole: its sheets, its header, its columns. Rows and typed values have rules of their own."""

from gateway.findings import Rule, Severity

HIDDEN_LIST = Rule(
    id="T-12",
    severity=Severity.WARNING,
    text="this sheet is hidden and holds a list; it was not read, because other sheets hold lists that can be seen",
    hint="show the sheet if its persons are to be reported, or delete it",
)
HIDDEN_READ = Rule(
    id="T-13",
    severity=Severity.WARNING,
    text="this sheet is hidden; it was read, because no other sheet holds a list",
    hint="show the sheet, so that everyone who opens the file sees who is reported",
)
NOT_READ = Rule(
    id="T-14",
    severity=Severity.INFO,
    text="no list was found on: {sheets}",
    hint="nothing to do, unless persons stand there",
)
NO_SUCH_SHEET = Rule(
    id="T-15",
    severity=Severity.ERROR,
    text="your profile says that the list is on the tab '{sheet}', and there is no such tab",
    hint="give the tab its old name, or have the profile changed",
)
NO_HEADER = Rule(
    id="T-20",
    severity=Severity.ERROR,
    text="no row of column headers was found: none of the first {rows} rows names a family name and two more columns of a list",
    hint="put one row of headers above the persons, such as Family name, Given names, Date of birth, Nationality",
    cites="IMO FAL forms 5 and 6",
)
UNKNOWN_COLUMN = Rule(
    id="T-21",
    severity=Severity.WARNING,
    text="the column '{header}' is not known; its values were kept, but nothing reads them",
    hint="rename the column, or have it put into your profile under [columns] or ignore",
)
SAME_COLUMN = Rule(
    id="T-22",
    severity=Severity.WARNING,
    text="the column '{header}' says the same as another one, which was read; this one was kept unread",
    hint="delete one of the two, or rename it",
)
NO_PERSONS = Rule(
    id="T-23",
    severity=Severity.ERROR,
    text="the list has its headers but no persons",
    hint="fill it in; where nobody is to be reported, state the number 0 above the table, as in 'Number of passengers: 0'",
    cites="FAL Convention 2.2.2, 2.6.1, 2.7.3",
)
EMPTY_SHEET = Rule(
    id="T-24",
    severity=Severity.INFO,
    text="the table on this sheet has no persons, so it makes no list",
    hint="nothing to do, unless persons are missing there",
)
MERGED = Rule(
    id="T-27",
    severity=Severity.INFO,
    text="cells of several rows are merged here ({count} on this sheet, the first is named); their value counts for each row",
    hint="nothing to do, unless the value belongs to the first person only",
)
KIND_ASSUMED = Rule(
    id="T-28",
    severity=Severity.INFO,
    text="nothing says whether this is a list of passengers or of crew; it was read as passengers",
    hint="name the tab or a title above the table 'Passenger list' or 'Crew list'",
)
OTHER_BOXES = Rule(
    id="T-34",
    severity=Severity.INFO,
    text="boxes of the form that belong to no list of persons were left out: {boxes}",
    hint="nothing to do",
)
UNCLEAR_END = Rule(
    id="T-35",
    severity=Severity.WARNING,
    text="the form does not say whether this is of the arrival or of the departure, so it was not used",
    hint="write 'Arrival' or 'Departure' beside 'Arrival/Departure', or name it 'Port of arrival' or 'Port of departure'",
    cites="IMO FAL form 1, box 2",
)
SEVERAL_SAILINGS = Rule(
    id="T-37",
    severity=Severity.ERROR,
    text="the column '{header}' says different things for different persons; one list is for one sailing",
    hint="send one file, or one sheet, for each sailing",
)
COLUMN_GONE = Rule(
    id="T-38",
    severity=Severity.WARNING,
    text="your profile speaks of the column '{header}', and no list of this file has it",
    hint="if the export has changed, have the profile changed",
)
DOCUMENT_BY_HEADER = Rule(
    id="T-39",
    severity=Severity.INFO,
    text="no column says what kind of document it is; the header of the numbers says {nature}, so each is taken as one",
    hint="nothing to do, unless other documents stand there",
)
SAME_HEADER = Rule(
    id="T-60",
    severity=Severity.WARNING,
    text="the header '{header}' stands above several columns; this one was taken as {field}, by its place and what stands in it",
    hint="name each column for what it holds, such as Family name and Given names",
)
RULES = (
    HIDDEN_LIST, HIDDEN_READ, NOT_READ, NO_SUCH_SHEET, NO_HEADER, UNKNOWN_COLUMN, SAME_COLUMN, NO_PERSONS, EMPTY_SHEET,
    MERGED, KIND_ASSUMED, OTHER_BOXES, UNCLEAR_END, SEVERAL_SAILINGS, COLUMN_GONE, DOCUMENT_BY_HEADER, SAME_HEADER,
)  # fmt: skip
