"""Principals: roles and scopes."""

import pytest

from kernel.errors import JingyinError
from kernel.tenant import Forbidden, Principal, Role, TenantId, UserId


def test_a_principal_needs_one_of_the_roles() -> None:
    agent = Principal(user_id=UserId(7), tenant_id=TenantId(1), roles=frozenset({Role.AGENT}))
    agent.require(Role.AGENT, Role.SUPERVISOR)
    with pytest.raises(Forbidden, match="user 7 is none of: supervisor, admin"):
        agent.require(Role.SUPERVISOR, Role.ADMIN)
    assert (agent.scope.tenant_id, agent.scope.user_id) == (1, 7)


def test_an_error_says_place_fault_remedy_and_code() -> None:
    error = JingyinError("is wrong", where="config.yml:3", remedy="Make it right.")
    assert str(error) == "config.yml:3: is wrong\nMake it right. [jingyin.error, docs/errors.md#jingyinerror]"
