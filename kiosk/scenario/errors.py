"""What can go wrong with scenarios.

ScenarioError
├── ScenarioFileError   a file is wrong: which file, which step, what, and how to mend it
├── StepFailedError     the machine did not do what a step expects
├── StepUnusableError   a step cannot be done: no such button here, a PIN written as digits …
└── MachineClosedError  somebody has closed the machine that she was watching
"""


class ScenarioError(Exception):
    """Anything a tester can mend, in the machine or in the file."""


class ScenarioFileError(ScenarioError):
    """A scenario file cannot be used."""

    def __init__(self, where: str, what: str, mend: str) -> None:
        super().__init__(f"{where}: {what}\n    {mend}")
        self.where = where
        """File, and step where there is one."""
        self.what = what
        self.mend = mend


class StepFailedError(ScenarioError):
    """What should have been so is not so."""


class StepUnusableError(ScenarioError):
    """The step asks for something that cannot be done here."""


class MachineClosedError(ScenarioError):
    """The machine was closed before the scenario's end."""
