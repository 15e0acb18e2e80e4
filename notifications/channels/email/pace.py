"""How many mails leave in a minute (EMAIL_PER_MINUTE), and who goes first.

Within any sixty seconds no more than the limit leave the house. Service mail may take nine tenths
of it and marketing seven, so there is always room for essential mail. What has to wait is given a
place in a line, by its own time: a hundred thousand mails of a campaign are looked at twice each,
not once a minute.

It is counted in Redis, for all workers together. Without Redis nothing is counted: mail goes out,
and the provider's 429 is what holds it back.
"""

import redis
import structlog
from django.conf import settings

from core.redis import client
from notifications.enums import Category

logger = structlog.get_logger(__name__)

SHARES = {Category.ESSENTIAL: 1.0, Category.SERVICE: 0.9, Category.MARKETING: 0.7}
WINDOW_SECONDS = 60.0
AHEAD_SECONDS = 5.0  # a few mails at once are no flood
KEY = "tradewind:mail"

# KEYS: what was sent, this category's line, this mail's place in it.
# ARGV: limit, what this category may take of it, essential (1/0), the mail, window, ahead.
ASK = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local limit, cap, essential = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local span, ahead = tonumber(ARGV[5]), tonumber(ARGV[6])
local step = span / cap
local function queue_up(earliest)
    local place = math.max(earliest, tonumber(redis.call('GET', KEYS[2]) or '0'))
    redis.call('SET', KEYS[2], string.format('%.6f', place + step), 'EX', 86400 * 7)
    return place
end
local function wait_until(place)
    local left = math.ceil(place - now) + 86400
    redis.call('SET', KEYS[3], string.format('%.6f', place), 'EX', left)
    return string.format('%.3f', place - now)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.6f', now - span))
if not essential then
    local place = tonumber(redis.call('GET', KEYS[3]) or '0')
    if place == 0 then
        place = queue_up(now)
        if place > now + ahead then return wait_until(place) end
    elseif place > now + 0.05 then
        return wait_until(place)
    end
end
local sent = redis.call('ZCARD', KEYS[1])
if sent >= cap then
    local oldest = redis.call('ZRANGE', KEYS[1], sent - cap, sent - cap, 'WITHSCORES')
    local free = tonumber(oldest[2]) + span
    if essential then return string.format('%.3f', math.max(free - now, 0.05)) end
    return wait_until(queue_up(free))
end
redis.call('ZADD', KEYS[1], string.format('%.6f', now), ARGV[4] .. clock[1] .. clock[2])
redis.call('EXPIRE', KEYS[1], math.ceil(span) + 1)
redis.call('DEL', KEYS[3])
return '0'
"""


def seconds_to_wait(category: str, mail: str) -> float:
    """0.0 when `mail` (its delivery's id) may leave now, and is then counted; else how long to
    wait before asking again."""
    limit = settings.EMAIL_PER_MINUTE
    if not limit:
        return 0.0
    cap = max(1, int(limit * SHARES[Category(category)]))
    keys = [f"{KEY}:sent", f"{KEY}:line:{category}", f"{KEY}:place:{mail}"]
    essential = int(category == Category.ESSENTIAL)
    try:
        told = client().eval(
            ASK, len(keys), *keys, limit, cap, essential, mail, WINDOW_SECONDS, AHEAD_SECONDS
        )
    except redis.RedisError as error:
        logger.warning("mail.uncounted", error=str(error))
        return 0.0
    return float(told)
