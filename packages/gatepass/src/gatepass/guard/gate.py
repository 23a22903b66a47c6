"""Admit requests with a good token, and refuse the others."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from gatepass.bearer import AmbiguousRequestError, Challenges, Refusal, checked_realm, find_token, refuse
from gatepass.errors import MissingTokenError, ProofRequiredError, TokenError
from gatepass.guard.resource import ProtectedResource
from gatepass.offload import Offload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gatepass.bearer import Found, Scheme
    from gatepass.dpop import DPoP, Judged
    from gatepass.guard.presented import Presented
    from gatepass.guard.requirement import Requirement
    from gatepass.guard.verifying import AccessTokenVerifier
    from gatepass.principal import Principal

Refusable = (TokenError, AmbiguousRequestError)
"""What :meth:`Gate.admit` raises and :meth:`Gate.refuse` turns into an answer."""


class Gate:
    """Admits requests; every adapter's ``TokenGuard`` is one.

    A request without a good token is answered 401 with a ``WWW-Authenticate`` challenge, 403 when only a scope is
    missing, 400 when it carries several tokens, 503 when tokens cannot be checked at the moment, each with a JSON
    body ``{"message": ...}`` (RFC 6750 section 3). Why is told to the log alone, by the logger ``gatepass``.

    Args:
        verifier: What checks the tokens.
        realm: Named in challenges.
        extra_headers: Headers besides ``Authorization`` that may hold a bare bearer token, for instance
            ``("x-access-token",)``.
        check: Called with the principal after its token was verified and before the request goes on; it may
            raise a TokenError, which is its only way to refuse.
        resource: The API's public address, or all that is told of it: challenges then name its metadata document
            (RFC 9728), and DPoP proofs are compared with it.
        dpop: What checks DPoP proofs (RFC 9449); without it the scheme ``DPoP`` is not accepted, and tokens that
            are bound to a key are refused.
        require_dpop: Refuse plain bearer tokens.

    Raises:
        TypeError: ``check`` is asynchronous: nobody would wait for what it says.
        ValueError: ``dpop`` without ``resource``, with whose address proofs are compared.
    """

    def __init__(
        self,
        verifier: AccessTokenVerifier,
        *,
        realm: str | None = None,
        extra_headers: Sequence[str] = (),
        check: Callable[[Principal], object] | None = None,
        resource: str | ProtectedResource | None = None,
        dpop: DPoP | None = None,
        require_dpop: bool = False,
    ) -> None:
        self.verifier = verifier
        self.extra_headers = tuple(extra_headers)
        self.resource = ProtectedResource(identifier=resource) if isinstance(resource, str) else resource
        if _is_asynchronous(check):
            raise TypeError(
                "check must be a plain function: nobody would wait for what an asynchronous one says."
            )
        if dpop is not None and self.resource is None:
            raise ValueError("dpop needs resource: the address of this API, which proofs must name.")
        if require_dpop and dpop is None:
            raise ValueError("require_dpop needs dpop: what checks the proofs.")
        self._check = check
        self._dpop = dpop
        self._challenges = Challenges(
            realm=checked_realm(realm),
            resource_metadata=self.resource.metadata_url if self.resource else None,
            dpop_algorithms=dpop.algorithms if dpop else (),
            bearer=not require_dpop,
        )
        self._offload = Offload()

    def admit(
        self, presented: Presented, requirement: Requirement, known: Principal | None = None
    ) -> Principal | None:
        """Judge a request; may block while keys or lists are fetched.

        Args:
            presented: What it presents.
            requirement: What is asked of the caller.
            known: Whom this gate let in for the same request before, for instance in middleware. Only the
                requirement is judged then: a DPoP proof is good once, and the same request must not spend it twice.

        Returns:
            Who is calling; ``None`` only where the requirement is optional and no token was presented.

        Raises:
            TokenError: The request is refused.
            AmbiguousRequestError: It carries several tokens.
        """
        if known is not None:
            requirement.apply(known, self.verifier.clock())
            return known
        found = self._find(presented, requirement)
        if found is None:
            return None
        proof = self._judge_proof(found, presented)
        principal = self.verifier.verify(found.token, confirmed=self.shown(proof))
        self._let_in(proof, principal, requirement)
        if proof is not None and self._dpop is not None:
            self._dpop.spend(proof)
        return self._last_word(principal)

    async def aadmit(
        self, presented: Presented, requirement: Requirement, known: Principal | None = None
    ) -> Principal | None:
        """Judge a request as :meth:`admit` does, without ever blocking the event loop."""
        if known is not None:
            requirement.apply(known, self.verifier.clock())
            return known
        found = self._find(presented, requirement)
        if found is None:
            return None
        proof = self._judge_proof(found, presented)
        principal = await self.verifier.averify(found.token, confirmed=self.shown(proof))
        self._let_in(proof, principal, requirement)
        if proof is not None and self._dpop is not None:
            if self._dpop.blocking:
                await self._offload.run(self._dpop.spend, proof)
            else:
                self._dpop.spend(proof)
        return self._last_word(principal)

    def shown(self, proof: Judged | None) -> Mapping[str, str] | None:
        """What the request shows that a token may be bound to, by the names in ``cnf`` (RFC 7800).

        A guard whose requests show more, such as the certificate of their connection (``x5t#S256``, RFC 8705), adds
        that here.
        """
        return None if proof is None else {"jkt": proof.thumbprint}

    def refuse(self, error: TokenError | AmbiguousRequestError, presented: Presented) -> Refusal:
        """Turn a failure into an answer, and log its reason, which the answer does not tell."""
        dpop = any(value[:5].lower() == "dpop " for value in presented.authorization)
        used: Scheme = "DPoP" if dpop and self._dpop else "Bearer"
        return refuse(error, self._challenges, used=used)

    @property
    def metadata_path(self) -> str:
        """The path of the metadata document (RFC 9728 section 3.1).

        Raises:
            RuntimeError: The guard was made without ``resource``.
        """
        return self._described().metadata_path

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata document as a JSON object (RFC 9728 section 2).

        Raises:
            RuntimeError: The guard was made without ``resource``.
        """
        return self._described().document(
            self.verifier.issuers,
            dpop_algorithms=self._challenges.dpop_algorithms,
            dpop_required=not self._challenges.bearer,
        )

    def _described(self) -> ProtectedResource:
        if self.resource is None:
            raise RuntimeError("There is no metadata document: give the guard its resource.")
        return self.resource

    def _find(self, presented: Presented, requirement: Requirement) -> Found | None:
        try:
            return find_token(presented.authorization, presented.extra, dpop=self._dpop is not None)
        except MissingTokenError:
            if requirement.optional:
                return None
            raise

    def _judge_proof(self, found: Found, presented: Presented) -> Judged | None:
        """Judge the proof of a request that presents its token with one; it is spent last, when all else is well.

        Only holders of a good token so get a place in the store of used proofs.
        """
        if found.scheme != "DPoP" or self._dpop is None or self.resource is None:
            return None
        url = self.resource.url_of(presented.path)
        return self._dpop.judge(presented.proofs, method=presented.method, url=url, token=found.token)

    def _let_in(self, proof: Judged | None, principal: Principal, requirement: Requirement) -> None:
        if proof is None and not self._challenges.bearer:
            raise ProofRequiredError("the token was not presented with a proof")
        if proof is not None:
            # The proof fits the token only if the token names the proof's key (RFC 9449 section 7.1).
            cnf = principal.claims.get("cnf")
            if not isinstance(cnf, dict) or "jkt" not in cnf:
                raise ProofRequiredError("the token is not bound to the key of the proof")
        requirement.apply(principal, self.verifier.clock())

    def _last_word(self, principal: Principal) -> Principal:
        """Ask the program's own check, once everything else is well and the proof is spent."""
        if self._check is not None:
            _expect_nothing(self._check(principal))
        return principal


def _is_asynchronous(check: object) -> bool:
    return any(
        inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
        for function in (check, getattr(check, "__call__", None))  # noqa: B004 - an object may call asynchronously
    )


def _expect_nothing(answer: object) -> None:
    """Refuse what a check may have meant as a refusal: letting the request in would be the worst reading."""
    if inspect.iscoroutine(answer):
        answer.close()
    if answer is False or inspect.isawaitable(answer) or inspect.isasyncgen(answer):
        raise TypeError("check answered False or something to wait for; it refuses by raising a TokenError.")
