"""Who logs in to a demo: one user for each role, and the simulated agents, who log in like anybody."""

import json
import secrets
from dataclasses import dataclass
from typing import Final

from console.api import shapes
from crm.room import Crm
from kernel.tenant import Role, Scope

USERS_VARIABLE: Final = "JINGYIN_SIMULATED_AGENTS"
_AGENTS: Final = {
    "en": ("Lena", "Marcus", "Joy", "Peter", "Nora", "Sam"),
    "zh": ("小林", "小陈", "小周", "小吴", "小何", "小罗"),
}
_SIMULATED: Final = {"en": "{} (simulated)", "zh": "{}（模拟）"}
_SHOWN: Final[dict[str, dict[str, str]]] = {
    "en": {},
    "zh": {"agent": "坐席", "supervisor": "班长", "designer": "话术设计", "admin": "管理员"},
}
_PEOPLE: Final = {
    "agent": (Role.AGENT,),
    "supervisor": (Role.SUPERVISOR, Role.AGENT),
    "designer": (Role.DESIGNER,),
    "admin": (Role.ADMIN,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """`shown` may be logged in as by who tries the demo; `simulated` is what the agents' process reads of its environment."""

    shown: tuple[shapes.DemoUser, ...]
    simulated: str


async def build_people(crm: Crm, scope: Scope, tenant: str, *, agents: int, lang: str) -> People:
    """Users with passwords of this demo alone."""
    shown = []
    for name, roles in _PEOPLE.items():
        password = secrets.token_urlsafe(9)
        user = await crm.users.create(
            scope, name, password, roles, display_name=_SHOWN[lang].get(name, name.capitalize())
        )
        shown.append(
            shapes.DemoUser(
                name=name,
                display_name=user.display_name,
                roles=[role.value for role in roles],
                password=password,
                tenant=tenant,
            )
        )
    simulated = []
    for number in range(agents):
        first = _AGENTS[lang][number % len(_AGENTS[lang])]
        name, password = f"simulated-{number}", secrets.token_urlsafe(12)
        await crm.users.create(scope, name, password, (Role.AGENT,), display_name=_SIMULATED[lang].format(first))
        simulated.append({"name": name, "first_name": first, "password": password})
    return People(shown=tuple(shown), simulated=json.dumps(simulated))
