"""Application messages of WeCom (企业微信应用消息), as developer.work.weixin.qq.com documents them.

``SHOUWEN_WECOM=https://CORPID:SECRET@qyapi.weixin.qq.com/?agent=1000002``
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from shouwen.channels.kinds import WECOM
from shouwen.channels.senders import LOOPBACK, Door, Loopback, Message, NotSent, Sender

STALE = frozenset({40001, 40014, 42001})
"""The token is not valid (any more): a fresh one may be."""
NOBODY = frozenset({40003, 60111, 81013, 82001, 301002})
"""Nobody is reached by this account, or may be by this application."""
UNFIT = frozenset({40008, 40058, 44004, 45002, 48002})
"""The message itself is refused."""
EARLY = 200
"""Seconds before its end at which a token is taken for ended."""
TITLE_BYTES, TEXT_BYTES = 128, 512
AGAIN = 1800
"""Seconds within which WeCom itself drops the same message."""


@dataclass(frozen=True)
class WeCom:
    door: Door

    def send(self, message: Message) -> str:
        """Hand it over; a stale token is renewed once. Raises NotSent."""
        answer = self._post(message, self._token())
        if answer["errcode"] in STALE:
            cache.delete(self._kept)
            answer = self._post(message, self._token())
        code = answer["errcode"]
        if code:
            raise NotSent(f"{code} {answer.get('errmsg', '')}"[:300], final=code in NOBODY or code in UNFIT)
        if answer.get("invaliduser"):
            raise NotSent(f"invaliduser {answer['invaliduser']}", final=True)
        return str(answer.get("msgid", ""))

    @property
    def _kept(self) -> str:
        return f"wecom:{self.door.parts.netloc}:{self.door.options.get('agent', '')}"

    def _token(self) -> str:
        kept = cache.get(self._kept)
        if kept:
            return str(kept)
        asked = {"corpid": self.door.user, "corpsecret": self.door.password}
        answer = _checked(self.door.call("GET", "/cgi-bin/gettoken", asked))
        if answer["errcode"]:
            # A wrong secret or an address that is not allowed is mended by the administrator: nothing is given up.
            raise NotSent(f"gettoken {answer['errcode']} {answer.get('errmsg', '')}"[:300])
        token, lasts = str(answer["access_token"]), int(answer.get("expires_in", 7200))
        cache.set(self._kept, token, max(1, lasts - EARLY))
        return token

    def _post(self, message: Message, token: str) -> Mapping[str, Any]:
        body: dict[str, Any] = {
            "touser": message.address,
            "agentid": int(self.door.options.get("agent", "0")),
            "enable_duplicate_check": 1,
            "duplicate_check_interval": AGAIN,
        }
        if message.link:
            card = {"title": cut(message.title, TITLE_BYTES), "description": cut(message.text, TEXT_BYTES)}
            body |= {"msgtype": "textcard", "textcard": {**card, "url": message.link, "btntxt": _("Look")}}
        else:
            body |= {"msgtype": "text", "text": {"content": f"{message.title}\n{message.text}"}}
        return _checked(self.door.call("POST", "/cgi-bin/message/send", {"access_token": token}, body))


def _checked(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, dict) or not isinstance(answer.get("errcode"), int):
        raise NotSent("the answer names no errcode")
    return answer


def cut(text: str, most: int) -> str:
    """As much as fits into so many bytes of UTF-8."""
    whole = text.encode()
    return text if len(whole) <= most else whole[: most - 3].decode(errors="ignore") + "…"


@lru_cache(maxsize=4)
def _made(url: str) -> Sender:
    return Loopback(WECOM) if url.startswith(LOOPBACK) else WeCom(Door.at(url))


def sender() -> Sender:
    return _made(settings.SHOUWEN_WECOM)
