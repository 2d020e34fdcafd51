from __future__ import annotations

from tui.model.command import Check
from tui.ui.check_words import check_title, good_news


def test_a_known_step_is_put_in_words_and_an_unknown_one_itself() -> None:
    assert check_title("imap sign-in") == "Receiving (IMAP): signing in"
    assert check_title("smtp port") == "Sending: reaching it"
    assert check_title("store") == "Mail on this computer"
    assert check_title("odd\x1b[2J step") == "odd␛[2J step"


def test_abilities_are_no_news_when_all_went_well() -> None:
    assert good_news(Check("imap capabilities", ok=True, detail="IDLE MOVE")) == ""
    assert good_news(Check("imap folders", ok=True, detail="11 folders")) == "11 folders"
