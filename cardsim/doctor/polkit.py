"""The rule that lets one group use cards without sitting at the machine."""

import re

from cardsim.errors import BadGroupError

_GROUP = re.compile(r"[a-z_][a-z0-9_-]{0,31}")


def polkit_rule(group: str) -> str:
    """Return a rule file for one group, never for everybody. Raises: BadGroupError."""
    if not _GROUP.fullmatch(group):
        raise BadGroupError("a group's name has small letters, digits, - and _")
    return f"""// Members of the group "{group}" may use cards, also over SSH and from services.
// Put it into /etc/polkit-1/rules.d/50-pcsc.rules; a member: sudo adduser NAME {group}
polkit.addRule(function (action, subject) {{
  var cards = ["org.debian.pcsc-lite.access_pcsc", "org.debian.pcsc-lite.access_card"];
  if (cards.indexOf(action.id) >= 0 && subject.isInGroup("{group}")) {{
    return polkit.Result.YES;
  }}
}});
"""
