"""Wrong programs: a statement with the mistaken stretch in «», the code that mypy gives it, and what it says.

They are put into one module, each into a function of its own whose arguments are in `PARAMETERS`.
"""

from __future__ import annotations

from typing import NamedTuple

PARAMETERS = (
    "ctx: MutationCtx, queries: QueryCtx, actions: ActionCtx, tasks: Query[Task], task: Task, user: User, "
    "owner: Id[User], text: str, number: int, today: float, maybe: Id[User] | None, file: Id[StoredFile], "
    "shape: Id[Shape], circle: Id[Circle], archived: Archived, vector: list[float]"
)


class Wrong(NamedTuple):
    statement: str
    code: str
    message: str


WRONG = (
    # The order of an index.
    Wrong(
        'tasks.with_index(Task.by_owner, «Task.status» == "open")',
        "convexgen-index",
        "`owner` comes before `status` in `Task.by_owner`, and is not compared before it",
    ),
    Wrong(
        'tasks.with_index(Task.by_owner, «Task.status» == "open", Task.owner == owner)',
        "convexgen-index",
        "`owner` comes before `status` in `Task.by_owner`, and is not compared before it",
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, Task.owner == owner, «Task.due» < today)",
        "convexgen-index",
        "`status` comes before `due` in `Task.by_owner`, and is not compared before it",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, Task.status == 'open', «Task.creation_time» > 3)",
        "convexgen-index",
        "`rank` comes before `creation_time` in `Task.by_status`, and is not compared before it",
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, «Task.creation_time» > 3)",
        "convexgen-index",
        "`owner` comes before `creation_time` in `Task.by_owner`, and is not compared before it",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, Task.status > 'a', «Task.rank» == 3)",
        "convexgen-index",
        "`status` has a bound already, so `rank` cannot be compared",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, Task.status > 'a', «Task.rank» > 3)",
        "convexgen-index",
        "`status` has a bound already, so `rank` cannot be compared",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, Task.status == 'open', «Task.status» == 'done')",
        "convexgen-index",
        "`status` is compared already, with `==`",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, Task.status == 'open', Task.rank == 3, «Task.rank» > 1)",
        "convexgen-index",
        "`rank` is compared already, with `==`",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, Task.status == 'open', Task.rank > 1, «Task.rank» == 3)",
        "convexgen-index",
        "`rank` has a bound already",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, Task.status == 'open', Task.rank > 1, «Task.rank» >= 3)",
        "convexgen-index",
        "`rank` has two lower bounds",
    ),
    Wrong(
        "tasks.with_index(Task.by_creation_time, Task.creation_time < 1, «Task.creation_time» <= today)",
        "convexgen-index",
        "`creation_time` has two upper bounds",
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, «Task.owner != owner»)",
        "convexgen-index",
        "an index cannot answer `!=`: the documents with another `owner` are no range",
    ),
    Wrong(
        "tasks.with_index(Task.by_city, Task.place.city == text, «Task.place.zip_code» == text)",
        "convexgen-index",
        "`Task.by_city` has no field `place.zip_code`",
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, «Task.rank» == 3)", "convexgen-index", "`Task.by_owner` has no field `rank`"
    ),
    Wrong("tasks.with_index(Task.by_id, «Task.rank» == 3)", "convexgen-index", "`Task.by_id` has no field `rank`"),
    Wrong(
        "tasks.with_index(Task.by_id, Task.id == task.id, «Task.creation_time» > 3)",
        "convexgen-index",
        "`Task.by_id` has no field `creation_time`",
    ),
    Wrong(
        "tasks.with_index(\n        Task.by_owner,\n        Task.owner == owner,\n        «Task.due» < today,\n    )",
        "convexgen-index",
        "`status` comes before `due` in `Task.by_owner`, and is not compared before it",
    ),
    # Indexes of other tables.
    Wrong(
        "tasks.with_index(«User.by_name», User.name == text)",
        "arg-type",
        'Argument 1 to "with_index" of "Query" has incompatible type "Index[User]"; expected "Index[Task]"',
    ),
    Wrong(
        "tasks.with_index(«Archived.by_owner», Archived.owner == owner)",
        "convexgen-index",
        "`Archived.by_owner` is an index of another table than `Task`",
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, «User.name» == text)",
        "convexgen-condition",
        "this is a field of `User`, and `Task.by_owner` is of another table",
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, «Archived.owner» == owner)",
        "convexgen-condition",
        "this is a field of `Archived`, and `Task.by_owner` is of another table",
    ),
    Wrong(
        "tasks.with_index(«Task.search_title»)",
        "arg-type",
        'Argument 1 to "with_index" of "Query" has incompatible type "SearchIndex[Task]"; expected "Index[Task]"',
    ),
    # What is no condition.
    Wrong(
        "tasks.with_index(Task.by_urgent, «Task.urgent»)", "convexgen-condition", "`Task.urgent` alone is no condition"
    ),
    Wrong(
        "tasks.with_index(Task.by_urgent, «not Task.urgent»)",
        "convexgen-condition",
        "a condition cannot be turned round by `not`",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, «Task.status == 'open' and Task.rank == 3»)",
        "convexgen-condition",
        "conditions cannot be joined by `and`",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, «Task.status == 'open' or Task.status == 'done'»)",
        "convexgen-condition",
        "conditions cannot be joined by `or`",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, («Task.status == 'open') | (Task.status == 'done'»))",
        "convexgen-condition",
        "conditions cannot be joined by `|`",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, («Task.status == 'open') & (Task.rank == 1»))",
        "convexgen-condition",
        "conditions cannot be joined by `&`",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, «Task.status in ('open', 'done')»)",
        "convexgen-condition",
        "`in` is no condition",
    ),
    Wrong("tasks.with_index(Task.by_owner, «Task.owner is owner»)", "convexgen-condition", "`is` is no condition"),
    Wrong(
        "tasks.with_index(Task.by_creation_time, «1 < Task.creation_time < today»)",
        "convexgen-condition",
        "a chain of comparisons is no condition",
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, Task.owner == «Task.owner»)",
        "convexgen-condition",
        "a condition compares a field with a value, and this is a field",
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, «Task.owner»)",
        "arg-type",
        'Argument 2 to "with_index" of "Query" has incompatible type "Id[User]"; expected "bool"',
    ),
    # Values.
    Wrong(
        "tasks.with_index(Task.by_owner, Task.owner == «text»)",
        "convexgen-condition",
        '`owner` is compared with "str", and holds "Id[User]"',
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, Task.owner == «maybe»)",
        "convexgen-condition",
        '`owner` is compared with "Id[User] | None", and holds "Id[User]"',
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, «Task.owner == number»)",
        "comparison-overlap",
        'Non-overlapping equality check (left operand type: "Id[User]", right operand type: "int")',
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, «Task.owner == task.id»)",
        "comparison-overlap",
        'Non-overlapping equality check (left operand type: "Id[User]", right operand type: "Id[Task]")',
    ),
    Wrong(
        "tasks.with_index(Task.by_status, «Task.status == 'opne'»)",
        "comparison-overlap",
        "Non-overlapping equality check (left operand type: \"Literal['open', 'done']\", "
        "right operand type: \"Literal['opne']\")",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, Task.status == «text»)",
        "convexgen-condition",
        "`status` is compared with \"str\", and holds \"Literal['open', 'done']\"",
    ),
    Wrong(
        "tasks.with_index(Task.by_status, Task.status == 'open', Task.rank == «today»)",
        "convexgen-condition",
        '`rank` is compared with "float", and holds "int"',
    ),
    Wrong(
        "tasks.with_index(Task.by_creation_time, Task.creation_time > «text»)",
        "operator",
        'Unsupported operand types for > ("float" and "str")',
    ),
    Wrong(
        "tasks.with_index(Task.by_owner, «Task.ownr» == owner)", "attr-defined", '"type[Task]" has no attribute "ownr"'
    ),
    Wrong(
        "tasks.with_index(Task.by_city, «Task.place.town» == text)", "attr-defined", '"Place" has no attribute "town"'
    ),
    Wrong(
        "tasks.with_index(«Task.by_ownr», Task.owner == owner)",
        "attr-defined",
        '"type[Task]" has no attribute "by_ownr"',
    ),
    # Searches.
    Wrong(
        "tasks.with_search_index(Task.search_title, text, «Task.rank» == 3)",
        "convexgen-index",
        "`rank` is not among the filter fields of `Task.search_title`",
    ),
    Wrong(
        "tasks.with_search_index(Task.search_plain, text, «Task.owner» == owner)",
        "convexgen-index",
        "`owner` is not among the filter fields of `Task.search_plain`",
    ),
    Wrong(
        "tasks.with_search_index(Task.search_title, text, «Task.status > 'a'»)",
        "convexgen-index",
        "`Task.search_title` can compare with `==` only, not with `>`",
    ),
    Wrong(
        "tasks.with_search_index(Task.search_title, text, («Task.status == 'open') | (Task.owner == owner»))",
        "convexgen-condition",
        "conditions cannot be joined by `|`",
    ),
    Wrong(
        "tasks.with_search_index(Task.search_title, text, «User.name» == text)",
        "convexgen-condition",
        "this is a field of `User`, and `Task.search_title` is of another table",
    ),
    Wrong(
        "tasks.with_search_index(Task.search_title, text, Task.owner == «text»)",
        "convexgen-condition",
        '`owner` is compared with "str", and holds "Id[User]"',
    ),
    Wrong(
        "await actions.vector_search(Task.by_embedding, vector, «Task.rank» == 3)",
        "convexgen-index",
        "`rank` is not among the filter fields of `Task.by_embedding`",
    ),
    Wrong(
        "await actions.vector_search(Task.by_embedding, vector, (Task.owner == owner) | («Task.rank» == 3))",
        "convexgen-index",
        "`rank` is not among the filter fields of `Task.by_embedding`",
    ),
    Wrong(
        "await actions.vector_search(Task.by_embedding, vector, «Task.owner == owner and Task.status == 'open'»)",
        "convexgen-condition",
        "conditions cannot be joined by `and`",
    ),
    Wrong(
        "await actions.vector_search(Task.by_embedding, vector, «Task.status < 'b'», limit=3)",
        "convexgen-index",
        "`Task.by_embedding` can compare with `==` only, not with `<`",
    ),
    # Changes of documents.
    Wrong(
        "await ctx.db.patch(task.id, «titel»='x')",
        "call-arg",
        'Unexpected keyword argument "titel" for "patch" of "DatabaseWriter"; did you mean "title"?',
    ),
    Wrong(
        "await ctx.db.patch(task.id, title='é', «name» = 'x')",
        "call-arg",
        'Unexpected keyword argument "name" for "patch" of "DatabaseWriter"',
    ),
    Wrong(
        "await ctx.db.patch(task.id, «creation_time»=3.0)",
        "call-arg",
        'Unexpected keyword argument "creation_time" for "patch" of "DatabaseWriter"',
    ),
    Wrong(
        "await ctx.db.patch(task.id, «wireName»=3)",
        "call-arg",
        'Unexpected keyword argument "wireName" for "patch" of "DatabaseWriter"; did you mean "wire_name"?',
    ),
    Wrong(
        "await ctx.db.patch(owner, «title»='x')",
        "call-arg",
        'Unexpected keyword argument "title" for "patch" of "DatabaseWriter"',
    ),
    Wrong(
        "await ctx.db.patch(task.id, rank=«'x'»)",
        "arg-type",
        'Argument "rank" to "patch" of "DatabaseWriter" has incompatible type "str"; expected "int | Unset"',
    ),
    Wrong(
        "await ctx.db.patch(task.id, title=«None»)",
        "arg-type",
        'Argument "title" to "patch" of "DatabaseWriter" has incompatible type "None"; expected "str"',
    ),
    Wrong(
        "await ctx.db.patch(task.id, title=«UNSET»)",
        "arg-type",
        'Argument "title" to "patch" of "DatabaseWriter" has incompatible type "Unset"; expected "str"',
    ),
    Wrong(
        "await ctx.db.patch(task.id, owner=«task.id»)",
        "arg-type",
        'Argument "owner" to "patch" of "DatabaseWriter" has incompatible type "Id[Task]"; expected "Id[User]"',
    ),
    Wrong(
        "await ctx.db.patch(task.id, status=«'opne'»)",
        "arg-type",
        'Argument "status" to "patch" of "DatabaseWriter" has incompatible type '
        "\"Literal['opne']\"; expected \"Literal['open', 'done'] | Unset\"",
    ),
    Wrong(
        "await ctx.db.patch(shape, radius=«'x'»)",
        "arg-type",
        'Argument "radius" to "patch" of "DatabaseWriter" has incompatible type "str"; expected "float | int | Unset"',
    ),
    Wrong(
        "await ctx.db.patch(circle, «side»=2.0)",
        "call-arg",
        'Unexpected keyword argument "side" for "patch" of "DatabaseWriter"',
    ),
    Wrong(
        "await ctx.db.patch(Overdue.of(task, days=1).id, «days»=2)",
        "call-arg",
        'Unexpected keyword argument "days" for "patch" of "DatabaseWriter"',
    ),
    Wrong(
        "await ctx.db.patch(«task», title='x')",
        "arg-type",
        'Argument 1 to "patch" of "DatabaseWriter" has incompatible type "Task"; expected "Id[Table]"',
    ),
    Wrong(
        "await ctx.db.replace(task.id, «user»)",
        "arg-type",
        'Argument 2 to "replace" of "DatabaseWriter" has incompatible type "User"; expected "Task"',
    ),
    Wrong(
        "await ctx.db.replace(owner, «task»)",
        "arg-type",
        'Argument 2 to "replace" of "DatabaseWriter" has incompatible type "Task"; expected "User"',
    ),
    Wrong(
        "await ctx.db.replace(shape, «task»)",
        "arg-type",
        'Argument 2 to "replace" of "DatabaseWriter" has incompatible type "Task"; expected "Shape"',
    ),
    # Tables that are not written, and views.
    Wrong(
        "await ctx.db.delete(«file»)",
        "convexgen-table",
        "`StoredFile` is a table of the system, which functions only read",
    ),
    Wrong(
        "await ctx.db.patch(«file», size=3)",
        "convexgen-table",
        "`StoredFile` is a table of the system, which functions only read",
    ),
    Wrong(
        "await ctx.db.insert(«StoredFile(sha256='', size=1)»)",
        "convexgen-table",
        "`StoredFile` is a table of the system, which functions only read",
    ),
    Wrong(
        "await ctx.db.insert(«Overdue.of(task, days=1)»)",
        "convexgen-table",
        "`Overdue` is a view, and views are not stored",
    ),
    Wrong(
        "await «ctx.db.insert(Card.of(task, shouting=True))»",
        "type-var",
        'Value of type variable "T" of "insert" of "DatabaseWriter" cannot be "Card"',
    ),
    Wrong("ctx.db.query(«Overdue»)", "convexgen-table", "`Overdue` is a view, and views are not queried"),
    Wrong("queries.db.query(«Overdue»)", "convexgen-table", "`Overdue` is a view, and views are not queried"),
    Wrong(
        "«Overdue»(owner=owner, title='', wireName=1, days=1)",
        "convexgen-table",
        "`Overdue` is a view: it is made from a document",
    ),
    Wrong("«Card»(title='', shouting=True)", "convexgen-table", "`Card` is a view: it is made from a document"),
    Wrong("«Overdue.of(task)»", "call-arg", 'Missing named argument "days" for "of" of "Table"'),
    Wrong("«Card.of(task)»", "call-arg", 'Missing named argument "shouting" for "of" of "View"'),
    Wrong(
        "Overdue.of(task, days=«'x'»)",
        "arg-type",
        'Argument "days" to "of" of "Table" has incompatible type "str"; expected "int"',
    ),
    Wrong(
        "Card.of(task, shouting=True, «titel»='x')",
        "call-arg",
        'Unexpected keyword argument "titel" for "of" of "View"; did you mean "title"?',
    ),
    Wrong(
        "Overdue.of(«user», days=1)",
        "arg-type",
        'Argument 1 to "of" of "Table" has incompatible type "User"; expected "Task"',
    ),
)
