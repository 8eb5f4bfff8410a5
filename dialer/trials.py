"""Who has which talk with the robot: begun, found again by its owner alone, so many at a time and no more."""

import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Protocol

from dialer.robots import Robots
from dialer.template import spoken_slots
from dialer.trial import Owner, Told, Trial
from kernel.clock import Clock
from kernel.errors import JingyinError
from kernel.settings import TalkSettings
from kernel.tasks import Background
from kernel.tenant import TenantId
from media.line_leg import LineLeg
from media.ticker import Ticker
from speech.recognition import Recognizer

_KNOWN: Final = 200  # trials that are over and can still be read
TYPED: Final = "typed: no recogniser in between"

Tell = Callable[[TenantId, str, str, Told], None]


class NoSuchTalk(JingyinError):
    """There is no talk of this id, or it is somebody else's."""

    code = "dialer.no_such_talk"


class TalkOver(JingyinError):
    """The talk has ended: nothing more can be said in it."""

    code = "dialer.talk_over"


class TooManyTalks(JingyinError):
    """The user, or the tenant, has as many talks with the robot as are allowed at a time."""

    code = "dialer.too_many_talks"
    retryable = True


class NoVoice(JingyinError):
    """No recogniser for people's voices is there for the language, or the offer of a phone is missing."""

    code = "dialer.no_voice"


class UnknownLanguage(JingyinError):
    """No assistant of this platform speaks the language."""

    code = "dialer.unknown_language"


class Mode(StrEnum):
    """How the customer takes part."""

    TYPED = "typed"
    VOICE = "voice"


class Hearing(StrEnum):
    """How a person is heard; pages have words for it, and for how good to expect it to be."""

    PHRASES = "phrases"  # the phrases the assistant expects
    SPELLED = "spelled"  # the same, spelled in another language's sounds
    OWN = "own"  # a model that the settings name


class Ear(Protocol):
    """A recogniser that is good for people: simulated voices are another matter."""

    @property
    def hearing(self) -> Hearing:
        """Which kind it is."""

    @property
    def name(self) -> str:
        """As shown to people."""

    @property
    def expect(self) -> str:
        """How good to expect it to be: a sentence of measured figures."""

    async def open(self) -> Recognizer:
        """The engine, started if it was not.

        Raises:
            JingyinError: it does not start.
        """


class Phones(Protocol):
    """Answers a browser's offer. `media.webrtc.WebRtcLegs` does."""

    async def answer(self, offer: str, *, id: str) -> tuple[str, LineLeg]:
        """The answer's SDP and the leg, not answered yet.

        Raises:
            OfferRefused: nothing could be made of it.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Whom one can talk with in a language: an assistant's robots, and who hears a person there; `ear` None: nobody."""

    robots: Robots
    ear: Ear | None

    @property
    def lang(self) -> str:
        """BCP 47."""
        return self.robots.assistant.project.language


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A trial that has begun. `sdp` answers the offer of a voice trial; `engine` is what hears, for people."""

    trial: Trial
    engine: str
    sdp: str | None = None


class Trials:
    """All trials of a worker. `listen` before the first begins."""

    def __init__(
        self,
        partners: Mapping[str, Partner],
        *,
        phones: Phones,
        settings: TalkSettings,
        clock: Clock,
        ticker: Ticker,
        background: Background,
    ) -> None:
        self._partners = partners
        self._phones = phones
        self._settings = settings
        self._clock = clock
        self._ticker = ticker
        self._background = background
        self._tell: Tell = lambda tenant_id, topic, type, data: None
        self._places: dict[str, Owner] = {}  # of trials that begin or are under way
        self._trials: OrderedDict[str, Trial] = OrderedDict()

    @property
    def partners(self) -> list[Partner]:
        """One for each language, in the order of the settings."""
        return list(self._partners.values())

    def listen(self, tell: Tell) -> None:
        """`tell(tenant_id, topic, type, data)` hears what happens in trials, topic `talks/ID`."""
        self._tell = tell

    async def begin(
        self, owner: Owner, lang: str, mode: Mode, offer: str | None, still: Callable[[], Awaitable[bool]]
    ) -> Begun:
        """A new trial. `offer`: the browser's, for a voice. `still`: whether its owner is still logged in.

        Raises:
            UnknownLanguage, NoVoice, TooManyTalks.
            OfferRefused, SpeechNotReady: the phone or the ear did not come up.
        """
        partner = self._partners.get(lang)
        if partner is None:
            raise UnknownLanguage(
                f"no assistant speaks {lang!r}",
                where="lang",
                remedy=f"There are: {', '.join(self._partners)}.",
                params={"lang": lang},
            )
        self._check_room(owner)
        id = uuid.uuid4().hex
        self._places[id] = owner
        try:
            if mode is Mode.VOICE:
                return await self._with_voice(id, owner, partner, offer, still)
            leg = LineLeg(
                f"talk-{id}",
                clock=self._clock,
                ticker=self._ticker,
                transmit=lambda frame: None,
                dismiss=lambda cause: None,
            )
            leg.answered()
            return Begun(trial=self._start(id, owner, partner.robots, leg, still, typed=True), engine=TYPED)
        except BaseException:
            del self._places[id]
            raise

    def trial(self, owner: Owner, id: str) -> Trial:
        """The owner's trial, also for a while after its end.

        Raises:
            NoSuchTalk: not theirs.
        """
        found = self._trials.get(id)
        if found is None or found.owner != owner:
            raise NoSuchTalk("there is no such talk", where=id, remedy="Begin a new one.")
        return found

    def under_way(self, owner: Owner, id: str) -> Trial:
        """The same, of one that has not ended.

        Raises:
            NoSuchTalk, TalkOver.
        """
        found = self.trial(owner, id)
        if found.over:
            raise TalkOver("the talk is over", where=id, remedy="Begin a new one.")
        return found

    def owns(self, owner: Owner, id: str) -> bool:
        """True when the trial is the owner's."""
        found = self._trials.get(id)
        return found is not None and found.owner == owner

    # -- inside --------------------------------------------------------------------------------------------------
    def _check_room(self, owner: Owner) -> None:
        of_user = sum(other == owner for other in self._places.values())
        of_tenant = sum(other.tenant_id == owner.tenant_id for other in self._places.values())
        if of_user >= self._settings.per_user:
            raise TooManyTalks(
                f"you have {of_user} talks under way", remedy="End one of them first.", params={"count": of_user}
            )
        if of_tenant >= self._settings.per_tenant:
            raise TooManyTalks(
                f"{of_tenant} talks are under way",
                remedy="Wait until a colleague's has ended (platform.talk.per_tenant).",
                case="tenant",
                params={"count": of_tenant},
            )

    async def _with_voice(
        self, id: str, owner: Owner, partner: Partner, offer: str | None, still: Callable[[], Awaitable[bool]]
    ) -> Begun:
        if partner.ear is None:
            raise NoVoice(
                f"nothing here recognises people's voices in {partner.lang!r}",
                where="lang",
                remedy="Type instead.",
                params={"lang": partner.lang},
            )
        if not offer:
            raise NoVoice(
                "a voice needs a phone", where="sdp", remedy="Send the SDP of a browser's offer.", case="phone"
            )
        robots = replace(partner.robots, recognizer=await partner.ear.open())
        answer, leg = await self._phones.answer(offer, id=f"talk-{id}")
        trial = self._start(id, owner, robots, leg, still, typed=False)
        return Begun(trial=trial, engine=partner.ear.name, sdp=answer)

    def _start(
        self,
        id: str,
        owner: Owner,
        robots: Robots,
        leg: LineLeg,
        still: Callable[[], Awaitable[bool]],
        *,
        typed: bool,
    ) -> Trial:
        robots = replace(robots, max_s=self._settings.longest_s)
        trial = Trial(
            id,
            owner,
            robots=robots,
            dialogue=robots.dialogue(called_at=self._clock.now(), zone="UTC", slots=_placeholders(robots)),
            leg=leg,
            typed=typed,
            clock=self._clock,
            tell=lambda type, data: self._tell(owner.tenant_id, f"talks/{id}", type, data),
            still=still,
            idle_s=self._settings.idle_s,
        )
        self._trials[id] = trial
        self._background.start(self._run(trial), name=f"talk-{id}")
        return trial

    async def _run(self, trial: Trial) -> None:
        try:
            await trial.run()
        finally:
            del self._places[trial.id]
            over = [id for id, other in self._trials.items() if other.over]
            for id in over[: max(0, len(over) - _KNOWN)]:
                del self._trials[id]


def _placeholders(robots: Robots) -> dict[str, str]:
    """In the place of what only a lead could fill: there is none, and a sentence with holes says nothing to its designer."""
    return {name: f"[{name}]" for name in spoken_slots(robots.assistant.project)}
