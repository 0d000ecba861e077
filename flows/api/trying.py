"""Paths of trying out a flow before it is published: samples, the events they are taken from, trials, tests, listening.

Included by `flows.api.urls` below one tenant. Holds no logic.
"""

from __future__ import annotations

from django.urls import path

from flows.api import flow_tests, listening, samples, trials

patterns = [
    path("flows/<id:flow_id>/samples/", samples.Samples.as_view()),
    path("flows/<id:flow_id>/samples/take/", samples.TakeSamples.as_view(), {"step": "take"}),
    path("flows/<id:flow_id>/samples/<step:step>/", samples.OneSample.as_view()),
    path("flows/<id:flow_id>/tests/", flow_tests.FlowTests.as_view()),
    path("flows/<id:flow_id>/tests/run/", flow_tests.PlayFlowTests.as_view()),
    path("flows/<id:flow_id>/tests/<id:test_id>/", flow_tests.OneFlowTest.as_view()),
    path("flows/<id:flow_id>/listening/", listening.Listenings.as_view()),
    path("flows/<id:flow_id>/listening/<id:listening_id>/", listening.OneListening.as_view()),
    path("flows/<id:flow_id>/test-step/", trials.TestStep.as_view()),
    path("flows/<id:flow_id>/events/", samples.Events.as_view()),
    path("flows/<id:flow_id>/events/<id:event_id>/", samples.OneEvent.as_view()),
]
