"""Trade systems under torture: many at once, impatient, repeating themselves, sometimes contradicting themselves.

Every answer and every look goes into the history with the time it took; nothing here judges.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import aiohttp
import httpx

from contract_tests.checker.notes import ENDED, Notes, Read, Seen, Told, now, other_body
from contract_tests.checker.orders import Intent, Offer, cancellation, claim, endorsement, policy_no

WAIT_S = 2.0
ANSWER_S = 8.0
THINKING_S = 0.3
AGAIN_SHARE = 0.05
READS_FROM = 0.6
REPEATS_MAX = 3
AT_ONCE = 16
LOOKS = 3


class Clients:
    """Callers of one API key, over whichever gateways are up."""

    def __init__(self, notes: Notes, urls: Callable[[], list[str]], api_key: str, seed: int) -> None:
        """`urls` gives the gateways that take orders now."""
        self.notes, self._urls, self._chance = notes, urls, random.Random(seed)
        # A connection for each request: an answer that reaches the wrong caller is then the gateway's doing.
        self._http = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {api_key}", "Prefer": f"wait={WAIT_S:.0f}"},
            connector=aiohttp.TCPConnector(limit=400, force_close=True),
            timeout=aiohttp.ClientTimeout(total=ANSWER_S),
        )
        self._writing: Counter[str] = Counter()
        self.paused = False

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    def in_flight(self, gateway: str) -> int:
        """How many orders, changes and claims this gateway has not answered yet; reading a state counts for none."""
        return self._writing[gateway]

    # -- the load -----------------------------------------------------------------------------------------------

    async def trade(self, orders: Iterator[tuple[Intent, Offer]], callers: int, until: asyncio.Event) -> None:
        """So many callers, each one order after the other, until told to stop."""
        await asyncio.gather(*(self._caller(orders, until) for _ in range(callers)))

    async def _caller(self, orders: Iterator[tuple[Intent, Offer]], until: asyncio.Event) -> None:
        while not until.is_set():
            if self.paused or not self._urls():
                await asyncio.sleep(0.02)
                continue
            if self.notes.intents and self._chance.random() < AGAIN_SHARE:
                # A key of long ago, perhaps of before the last restart.
                await self.send(self.notes.intents[self._chance.choice(list(self.notes.intents))])
            intent, offer = next(orders)
            await asyncio.sleep(self._chance.uniform(0.0, THINKING_S))
            policy = await self.buy(intent)
            if policy is not None:
                await self._service(intent, offer, policy)

    async def buy(self, intent: Intent) -> dict[str, Any] | None:
        """One intent in one of the manners of real callers; gives the policy when one was seen."""
        self.notes.ask(intent)
        manner = self._chance.random()
        if manner < 0.10:
            await asyncio.gather(*(self.send(intent) for _ in range(3)))
        elif manner < 0.14:
            await self.send(intent)
            await asyncio.gather(self.send(intent), self.send(intent, other=True))
        elif manner < 0.18:
            await self.send(intent, leaves_s=self._chance.uniform(0.005, 0.1))
        told = await self.send(intent)
        for _ in range(REPEATS_MAX):
            if told.status not in (None, 503) or told.acknowledges or self._chance.random() < 0.3:
                break
            await asyncio.sleep(0.05)
            told = await self.send(intent)
        if told.status == 202:
            await self._watch(intent, told.operation_id or "")
        return told.document() if told.status == 201 and intent.effect == "issue" else None

    async def _service(self, intent: Intent, offer: Offer, policy: Mapping[str, Any]) -> None:
        drawn = self._chance.random()
        if offer.cancels and drawn < 0.25:
            await self.buy(cancellation(intent, policy, offer.cancels))
        elif offer.endorses and drawn < 0.2:
            await self.buy(endorsement(intent, policy))
        elif offer.claims and drawn > 0.85:
            await self.buy(claim(intent, policy))
        elif drawn > READS_FROM:
            await self.read(policy)

    async def read(self, policy: Mapping[str, Any]) -> None:
        """The policy as its insurer has it, or, where that cannot be asked, as it was last known."""
        policy_id = str(policy["policy_id"])
        answer = await self.get(f"/v1/policies/{policy_id}?refresh=true")
        if answer is not None:
            no = policy_no(policy)
            self.notes.reads.append(Read(policy_id=policy_id, no=no, status=answer.status_code, body=answer.content))

    async def _watch(self, intent: Intent, operation_id: str) -> None:
        for _ in range(LOOKS):
            await asyncio.sleep(self._chance.uniform(0.05, 0.3))
            if await self.look(intent.key, operation_id) in ENDED:
                await self.send(intent)
                return

    # -- single requests ----------------------------------------------------------------------------------------

    async def send(self, intent: Intent, *, other: bool = False, leaves_s: float | None = None) -> Told:
        """One request; `other` bears the same key with another body, `leaves_s` is a caller that hangs up early."""
        body = other_body(intent) if other else intent.body
        began_at = now()
        status, content = await self._asked("POST", intent.path, body, intent.key, leaves_s)
        told = Told(
            key=intent.key, began_at=began_at, ended_at=now(), status=status, body=content, other=other,
        )  # fmt: skip
        self.notes.tell(told)
        return told

    async def look(self, key: str, operation_id: str) -> str | None:
        """What an operation is now."""
        began_at = now()
        status, content = await self._asked("GET", f"/v1/operations/{operation_id}")
        if status != httpx.codes.OK:
            return None
        state = str(httpx.Response(200, content=content).json()["state"])
        self.notes.look(Seen(key=key, operation_id=operation_id, state=state, began_at=began_at, ended_at=now()))
        return state

    async def get(self, path: str) -> httpx.Response | None:
        """A plain read; None when nobody answers."""
        status, content = await self._asked("GET", path)
        return None if status is None else httpx.Response(status, content=content)

    async def post(self, path: str, body: Any, key: str) -> dict[str, Any]:
        """A question that needs an answer: its JSON object, once somebody gives one."""
        while True:
            status, content = await self._asked("POST", path, body, key=key)
            if status in (httpx.codes.OK, httpx.codes.CREATED):
                found: dict[str, Any] = httpx.Response(200, content=content).json()
                return found
            if status is not None and status < httpx.codes.INTERNAL_SERVER_ERROR:
                raise RuntimeError(f"{path} answered {status}: {content[:500]!r}")
            await asyncio.sleep(0.05)

    async def _asked(
        self, method: str, path: str, body: Any = None, key: str | None = None, leaves_s: float | None = None
    ) -> tuple[int | None, bytes]:
        urls = self._urls()
        if not urls:
            await asyncio.sleep(0.02)
            return None, b""
        headers = {"Idempotency-Key": key} if key else {}
        gateway, is_write = self._chance.choice(urls), method == "POST"
        self._writing[gateway] += is_write
        try:
            async with asyncio.timeout(leaves_s or ANSWER_S):
                url, sent = gateway + path, body if is_write else None
                async with self._http.request(method, url, json=sent, headers=headers) as answer:
                    return answer.status, await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None, b""
        finally:
            self._writing[gateway] -= is_write

    # -- the end ------------------------------------------------------------------------------------------------

    async def repeat(self, keys: Sequence[str], tick: Callable[[int], None]) -> None:
        """Keys once more: what was never answered is answered now, what was answered is answered the same."""
        room, done = asyncio.Semaphore(AT_ONCE), 0

        async def once(key: str) -> None:
            nonlocal done
            async with room:
                for _ in range(REPEATS_MAX + 1):
                    told = await self.send(self.notes.intents[key])
                    if told.acknowledges or told.status not in (None, 503):
                        break
                    await asyncio.sleep(0.1)
            done += 1
            tick(done)

        await asyncio.gather(*map(once, keys))

    async def look_at(self, operations: Sequence[tuple[str, str]]) -> None:
        """Operations as they stand: key and id of each."""
        room = asyncio.Semaphore(AT_ONCE)

        async def look(key: str, operation_id: str) -> None:
            async with room:
                await self.look(key, operation_id)

        await asyncio.gather(*(look(*each) for each in operations))
