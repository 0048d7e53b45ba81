"""How a parcel gets to its receiver: by a signed webhook, or by whatever apprise knows."""

from __future__ import annotations

import hashlib
import hmac

import orjson
import requests
from apprise import Apprise as Sender

from streams.notify.desk import Parcel
from streams.notify.message import plain
from streams.notify.subscriptions import BadSubscriptions, Webhook, text_of

TIMEOUT_S = (5.0, 15.0)
"""To connect, and between two bytes of the answer."""
KEY_HEADER, SIGNATURE_HEADER = "Idempotency-Key", "Huiyu-Signature"


def send(parcel: Parcel, at: float) -> str:
    """Try once: "" when it was taken, else why not, which names no child and no address.

    `at`: seconds since 1970, which the signature is over.
    """
    channel = parcel.subscription.channel
    try:
        if isinstance(channel, Webhook):
            return _post(channel.url, text_of(channel.secret_file), parcel, int(at))
        title, text = plain(parcel.bodies, parcel.subscription)
        return _notify(text_of(channel.url_file), title, text)
    except BadSubscriptions as missing:
        return str(missing)


def _post(url: str, secret: str, parcel: Parcel, at: int) -> str:
    body = orjson.dumps({"key": parcel.key, "subscription": parcel.subscription.id, "alerts": parcel.bodies})
    headers = {
        "Content-Type": "application/json",
        KEY_HEADER: parcel.key,
        SIGNATURE_HEADER: f"t={at},v1={signature(secret, at, body)}",
    }
    try:
        answer = requests.post(url, data=body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as error:
        return type(error).__name__
    return "" if answer.ok and not answer.is_redirect else f"HTTP {answer.status_code}"


def signature(secret: str, at: int, body: bytes) -> str:
    """Hex HMAC-SHA256 over the seconds since 1970, a dot, and the body."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def _notify(url: str, title: str, text: str) -> str:
    sender = Sender()
    if not sender.add(url):
        return "apprise does not know this kind of address"
    return "" if sender.notify(body=text, title=title) else "apprise could not deliver it"
