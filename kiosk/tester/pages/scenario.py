"""The page that turns what was done by hand into a scenario file."""

from pathlib import Path

from textual.app import ComposeResult
from textual.widgets import Input, Static

from kiosk.flow.model import Screen
from kiosk.screens.buttons import Chip
from kiosk.tester.pages.page import Machine, Page

_SAVE, _ANEW = "save-scenario", "begin-anew"


class ScenarioPage(Page):
    """Saves the recording, or begins it again."""

    def __init__(self, machine: Machine, path: Path) -> None:
        super().__init__(machine)
        self._path = path

    def compose(self) -> ComposeResult:
        """Draw how much there is, and where it goes."""
        yield self.line(self.word("scenario_lead"), "tester-lead")
        yield self.line(self._counted(), "tester-state", "tester-count")
        yield self.line(self.word("scenario_path"), "tester-state")
        yield Input(str(self._path), name="path", compact=True)
        yield Chip(_SAVE, self.word("scenario_save"))
        yield Chip(_ANEW, self.word("scenario_anew"))
        yield self.line("", "tester-answer")

    def _counted(self) -> str:
        return self.word("scenario_count", count=self._controls.recording.count)

    async def look(self) -> None:
        """Count the steps."""
        self.query_one(".tester-count", Static).update(self._counted())

    async def pressed(self, button: str) -> None:
        """Save, or begin again."""
        if button == _SAVE:
            self._save()
        elif self._machine.state.screen is not Screen.MAIN_MENU:
            self._answer(self.word("scenario_not_here"))
        else:
            self._controls.recording.begin_anew()
            self._answer(self.word("scenario_begun"))
        await self.look()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Save under what was typed."""
        message.stop()
        self._save()

    def _save(self) -> None:
        path = Path(self.query_one(Input).value.strip() or str(self._path)).expanduser()
        try:
            self._controls.recording.save(path, wide=self._machine.is_wide)
        except OSError as error:
            self._answer(self.word("scenario_failed", reason=error.strerror or str(error)))
            return
        saved = self.word("scenario_saved", path=path)
        self._answer(f"{saved}\n{self.word('scenario_run', path=path)}")

    def _answer(self, text: str) -> None:
        self.query_one(".tester-answer", Static).update(text)
