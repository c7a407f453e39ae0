"""A scenario carried out once, and what each of its steps came to: the checks of its steps look at one performance."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Struct

from contract_tests.examples.example import Example
from contract_tests.examples.places import value_at
from contract_tests.runner.level1 import Course
from contract_tests.scenarios.script import Part, Script


class Stage(Struct, frozen=True, kw_only=True):
    """One step as it went: its course, or the refusal to build its request."""

    part: Part
    course: Course | None = None
    refusal: Exception | None = None
    uncarried: tuple[str, ...] = ()

    @property
    def came_about(self) -> bool:
        """Whether it came to the outcome its example says, and gave what later steps need."""
        return not self.uncarried and self.word == self.part.example.outcome

    @property
    def word(self) -> str:
        """What it came to."""
        if self.course is None or not self.course.replies:
            return "nothing"
        return self.course.reply.outcome.kind.value


class Performance:
    """All steps, carried out when the first check asks; `wrong` is what is not as it should be of the whole."""

    def __init__(self, script: Script, play: Callable[["Performance"], Awaitable[None]]) -> None:
        """Nothing is sent yet."""
        self.script, self._play = script, play
        self.stages: list[Stage] = []
        self.texts: dict[str, str] = {}
        self.wrong: list[str] = []
        self._begun = False
        self._error: Exception | None = None

    async def carried_out(self) -> list[Stage]:
        """The steps that were reached. Raises what the performance ended with, for every step alike."""
        if not self._begun:
            self._begun = True
            try:
                await self._play(self)
            except Exception as error:  # noqa: BLE001 - kept for the checks of the other steps too
                self._error = error
        if self._error is not None:
            raise self._error
        return self.stages

    def keep(self, part: Part, example: Example, course: Course | None, refusal: Exception | None = None) -> bool:
        """Note a step, and what it gives to later ones; whether the next one can follow."""
        uncarried = self._carried(part, course) if course is not None else ()
        stage = Stage(part=part, course=course, refusal=refusal, uncarried=uncarried)
        self.stages.append(stage)
        return stage.came_about

    def _carried(self, part: Part, course: Course) -> tuple[str, ...]:
        at, missing = self.script.parts.index(part), []
        result: Any = msgspec.to_builtins(course.result)
        for carry in self.script.scenario.carry:
            if carry.step != at:
                continue
            given = value_at(result, carry.path)
            if isinstance(given, str):
                self.texts[self.script.written(carry)] = given
            else:
                missing.append(f"{carry.name} ({carry.path})")
        return tuple(missing)
