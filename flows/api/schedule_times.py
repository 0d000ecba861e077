"""What a schedule says in words and when it next comes, for the form of a trigger.

Answers from the same reading of cron expressions as the scheduler; changes nothing. Routed by `flows.api.urls`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cronsim import CronSimError
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from flows.engine.dates import zone
from flows.engine.errors import ExpressionRefused
from flows.reading import moment
from flows.triggers import schedule
from ipaas.accounts.api.base import TenantView
from ipaas.accounts.api.problems import field_error, invalid
from ipaas.accounts.api.schema import documented


class ScheduleAsked(serializers.Serializer[Any]):
    """A cron expression in a time zone."""

    cron = serializers.CharField(max_length=200)
    time_zone = serializers.CharField(max_length=60, required=False, default="UTC")
    count = serializers.IntegerField(required=False, default=5, min_value=1, max_value=20)


class ScheduleShape(serializers.Serializer[Any]):
    """A schedule for people."""

    words = serializers.CharField(help_text="such as At 06:30 on Monday through Friday")
    times = serializers.ListField(child=serializers.CharField(), help_text="the next moments, in UTC")


class ScheduleTimes(TenantView):
    """A schedule in words, and its next times."""

    permission = {"POST": "view"}

    @documented(request=ScheduleAsked, responses=ScheduleShape)
    def post(self, request: Request, **ids: str) -> Response:
        """What a cron expression says and when it next comes; nothing is scheduled."""
        given = self.checked(ScheduleAsked)
        try:
            zone(given["time_zone"])
        except ExpressionRefused as refused:
            raise invalid([field_error("/time_zone", refused.code, refused.message, refused.hint or None)]) from None
        try:
            words = schedule.in_words(given["cron"])
            times = schedule.coming_times(given["cron"], given["time_zone"], datetime.now(UTC), given["count"])
        except CronSimError as error:
            message = f"“{given['cron'][:60]}” names no time: {error}."
            hint = "Five fields: minute, hour, day, month, weekday; for example 0 7 * * 1-5."
            raise invalid([field_error("/cron", "bad_cron", message, hint)]) from None
        return Response({"words": words, "times": [moment(each) for each in times]})
