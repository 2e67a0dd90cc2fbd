"""Rights cards: the short answer, more, and the law behind it with its date and whether it is enforced."""

from bot.actions.base import Reply, Scene, TurnAction, do, nested, say
from bot.exchange import Line
from rights import cards

MENUS = {"menu": "rights.menu", "more": "rights.menu_more"}


class RightsCard(TurnAction):
    """The card for the intent of this turn."""

    called = "action_rights_card"

    def act(self, scene: Scene) -> Reply:
        card = cards.for_intent(scene.facts.intent)
        return Reply(show(card, "body") if card else [say("rights.not_yet")])


def rights_choice(scene: Scene, rest: str) -> list[Line]:
    """`rights:menu`, `rights:more`, `rights:<topic>:more`, `rights:<topic>:law`."""
    topic, _, part = rest.partition(":")
    card = cards.find(topic)
    return show(card, part) if card else [say(MENUS.get(rest, "rights.menu"))]


def show(card: cards.Card, part: str) -> list[Line]:
    """One part of a card and what the digits mean."""
    choices = {"1": f"rights:{card.topic}:more", "2": f"rights:{card.topic}:law", "3": "=report_abuse"}
    remember = do("remember", again=f"rights:{card.topic}:{part}")
    if part == "law":
        return [remember, say("rights.law", **_law(card), choices=choices)]
    key = card.more if part == "more" else card.body
    return [remember, say(key, as_of=card.as_of.isoformat(), phone=card.enforced_by.phone, choices=choices)]


def _law(card: cards.Card) -> dict[str, object]:
    return {
        "citations": [_cited(citation) for citation in card.citations],
        "status": nested(f"rights.status_{card.status}"),
        "agency": card.enforced_by.name,
        "phone": card.enforced_by.phone,
        "as_of": card.as_of.isoformat(),
    }


def _cited(citation: cards.Citation) -> object:
    return citation.text if citation.sure else nested("rights.unsure", citation=citation.text)
