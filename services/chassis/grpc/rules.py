"""Who may call an RPC: the service that serves it says so once, and its server enforces it.

The gateway repeats it beside its record of the RPC, for the document of its API; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.chassis.tokens import Principal, Role


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call an RPC: people by role, or one service by name, of this ward or also of others; or everybody.

    A service may call only RPCs that name it, and none by a role: a stolen key opens only what its service needs. The
    same rules hold in the practice ward, except for the few RPCs that one of the two sides does not have.
    """

    roles: frozenset[Role] = frozenset()
    elsewhere: frozenset[Role] = frozenset()
    service: str = ""
    service_elsewhere: bool = False
    public: bool = False
    #: Whether another ward's services may call it with the person's token that was issued to that ward.
    passed_on: bool = False
    real: bool = True  # whether real wards have it
    practice: bool = True  # whether the practice ward has it

    def allows(self, principal: Principal | None, ward: str) -> bool:
        if self.public:
            return True
        if principal is None:
            return False
        if principal.has(Role.SERVICE):
            is_named = self.service != "" and principal.id == f"service:{self.service}"
            return is_named and (principal.ward == ward or self.service_elsewhere)
        return principal.has(*(self.roles if principal.ward == ward else self.elsewhere))


PUBLIC = Rule(public=True)


def of_ward(*roles: Role) -> Rule:
    """Only people of the ward."""
    return Rule(roles=frozenset(roles))


def of_any_ward(*roles: Role, here: frozenset[Role] = frozenset()) -> Rule:
    """`roles` of any ward; `here` only of the called ward."""
    return Rule(roles=frozenset(roles) | here, elsewhere=frozenset(roles))


def by_service(name: str, *, of_any_ward: bool = False) -> Rule:
    """Only one service, of the ward or of any ward."""
    return Rule(service=name, service_elsewhere=of_any_ward)


def passed_on(rule: Rule) -> Rule:
    """Also with a token that is good in another ward: that ward's services pass on the token that the person
    sent them.
    """
    return replace(rule, passed_on=True)


def of_practice(rule: Rule) -> Rule:
    """Only the practice ward has it."""
    return replace(rule, real=False)


def not_in_practice(rule: Rule) -> Rule:
    """The practice ward does not have it: real people are not asked there who they are."""
    return replace(rule, practice=False)
