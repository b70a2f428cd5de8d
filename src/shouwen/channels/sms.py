"""Short messages (短信), through a gateway of the site's.

``SHOUWEN_SMS=https://:TOKEN@gateway.example.cn/send?sign=首问``. The gateway is sent
``POST {"id", "to", "sign", "text"}`` with ``Authorization: Bearer TOKEN`` and answers ``{"code": 0, "receipt": "…"}``,
or another code: from 400 to 499 (but 429, too many) for what a second try cannot mend, else to be tried again.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from shouwen.channels.kinds import SMS
from shouwen.channels.senders import LOOPBACK, Door, Loopback, Message, NotSent, Sender

SINGLE, PART = 70, 67
"""Characters of a message, and of each part of one that is cut (GSM 03.38, UCS-2)."""
SIGN = "首问"


def length(text: str) -> int:
    """In units of UCS-2, as the network counts."""
    return len(text.encode("utf-16-le")) // 2


def parts(text: str) -> int:
    """How many messages are paid for."""
    return 1 if length(text) <= SINGLE else -(-length(text) // PART)


def fitted(sign: str, what: str, rest: str) -> str:
    """``【sign】what，rest`` within one message: ``what`` is cut where it does not fit, ``rest`` stays while it can."""
    head, tail = f"【{sign}】", f"，{rest}" if rest else ""
    whole = f"{head}{what}{tail}"
    if length(whole) <= SINGLE:
        return whole
    space = SINGLE - length(head) - length(tail) - 1
    if space < 4:
        return _clipped(whole, SINGLE - 1) + "…"
    return f"{head}{_clipped(what, space)}…{tail}"


def _clipped(text: str, most: int) -> str:
    while length(text) > most:
        text = text[:-1]
    return text


@dataclass(frozen=True)
class Gateway:
    door: Door

    def send(self, message: Message) -> str:
        body = {"id": message.key, "to": message.address, "sign": sign(), "text": message.text}
        answer = self.door.call("POST", "", {}, body, authorization=f"Bearer {self.door.password}")
        code = answer.get("code") if isinstance(answer, dict) else None
        if code != 0:
            said = str(answer.get("message", "")) if isinstance(answer, dict) else ""
            raise NotSent(f"{code} {said}"[:300], final=isinstance(code, int) and 400 <= code < 500 and code != 429)
        return str(answer.get("receipt", ""))


@lru_cache(maxsize=4)
def _made(url: str) -> Sender:
    return Loopback(SMS) if url.startswith(LOOPBACK) else Gateway(Door.at(url))


def sender() -> Sender:
    return _made(settings.SHOUWEN_SMS)


def sign() -> str:
    """The signature (签名) that the gateway has registered."""
    url = settings.SHOUWEN_SMS
    return SIGN if url.startswith(LOOPBACK) else Door.at(url).options.get("sign", SIGN)
