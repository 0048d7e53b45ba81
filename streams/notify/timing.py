"""When a message goes out: at once, after quiet hours, with the day's digest, at the full hour after a storm. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo

from streams.notify.subscriptions import QuietHours, Subscription

HOUR_S = 3_600.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 1_800.0
GIVEN_UP_AFTER_S = 86_400.0


def due_at(subscription: Subscription, at: float, told_this_hour: int, zone: tzinfo) -> tuple[float, bool]:
    """(when to send what was planned at `at`, whether with others). `told_this_hour`: what was planned for at once."""
    if subscription.mode == "digest":
        return _next(at, subscription.digest_hour, zone), True
    quiet = subscription.quiet_hours
    if quiet is not None and _is_quiet(quiet, at, zone):
        return _next(at, quiet.until_hour, zone), True
    if told_this_hour >= subscription.most_per_hour:
        return (at // HOUR_S + 1) * HOUR_S, True
    return at, False


def pause_after(attempt: int, jitter: float) -> float:
    """Seconds until the next try: doubling, at most half an hour. `jitter`: 0 … 1, for half of that to all of it."""
    longest: float = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(attempt - 1, 20))
    return longest * (0.5 + jitter / 2)


def _is_quiet(quiet: QuietHours, at: float, zone: tzinfo) -> bool:
    hour = datetime.fromtimestamp(at, UTC).astimezone(zone).hour
    if quiet.from_hour <= quiet.until_hour:
        return quiet.from_hour <= hour < quiet.until_hour
    return hour >= quiet.from_hour or hour < quiet.until_hour


def _next(at: float, hour: int, zone: tzinfo) -> float:
    """The next moment at which it is that hour locally."""
    local = datetime.fromtimestamp(at, UTC).astimezone(zone)
    moment = datetime.combine(local.date(), time(hour), zone)
    if moment <= local:
        moment = datetime.combine(local.date() + timedelta(days=1), time(hour), zone)
    return moment.timestamp()
