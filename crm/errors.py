"""Errors of more than one kind of row."""

from kernel.errors import JingyinError


class NotFound(JingyinError):
    """The tenant has no such row. Another tenant's rows are not found either, and look the same."""

    code = "crm.not_found"

    def __init__(self, kind: str, id: object) -> None:
        super().__init__(
            f"no {kind} {id} in this tenant",
            remedy="Check the id and the tenant you act for.",
            case=kind.replace(" ", "_"),
        )
        self.kind = kind
        self.id = id


class NameTaken(JingyinError):
    """The name is in use."""

    code = "crm.name_taken"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"a {kind} named {name!r} is there already", remedy="Choose another name.")
