"""Paths of the flows API: below one tenant, and the reference that is the same for all."""

from __future__ import annotations

from django.urls import path

from flows.api import deployments, flows, runs, tables, templates

tenant_urlpatterns = [
    path("flows/", flows.Flows.as_view()),
    path("flows/<slug:flow_id>/", flows.OneFlow.as_view()),
    path("flows/<slug:flow_id>/check/", flows.CheckFlow.as_view()),
    path("flows/<slug:flow_id>/versions/", flows.Versions.as_view()),
    path("flows/<slug:flow_id>/versions/<int:first>/diff/<int:second>/", flows.VersionDiff.as_view()),
    path("flows/<slug:flow_id>/deployments/", deployments.Deployments.as_view()),
    path("flows/<slug:flow_id>/deployments/<slug:environment>/pause/", deployments.Pause.as_view()),
    path("flows/<slug:flow_id>/deployments/<slug:environment>/resume/", deployments.Resume.as_view()),
    path("flows/<slug:flow_id>/rollback/", deployments.RollBack.as_view()),
    path("flows/<slug:flow_id>/run/", flows.Start.as_view()),
    path("runs/", runs.Runs.as_view()),
    path("runs/stats/", runs.RunStats.as_view()),
    path("runs/<slug:run_id>/", runs.OneRun.as_view()),
    path("runs/<slug:run_id>/facts/", runs.RunFacts.as_view()),
    path("runs/<slug:run_id>/cancel/", runs.CancelRun.as_view()),
    path("runs/<slug:run_id>/replay/", runs.ReplayRun.as_view()),
    path("runs/<slug:run_id>/resolve/", runs.ResolveRun.as_view()),
    path("lookup-tables/", tables.Tables.as_view()),
    path("lookup-tables/<slug:name>/", tables.OneTable.as_view()),
    path("lookup-tables/<slug:name>/rows/", tables.Rows.as_view()),
    path("lookup-tables/<slug:name>/csv/", tables.TableCsv.as_view()),
    path("templates/", templates.Templates.as_view()),
    path("templates/<slug:name>/install/", templates.InstallTemplate.as_view()),
]

urlpatterns = [
    path("flow-schema/", templates.FlowSchema.as_view()),
    path("node-kinds/", templates.NodeKinds.as_view()),
]
