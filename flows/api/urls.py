"""Paths of the flows API: below one tenant, and the reference that is the same for all.

Included by `ipaas.urls`; the converters of ids and numbers are in `ipaas.accounts.api.converters`. Holds no logic.
"""

from __future__ import annotations

from django.urls import path

from flows.api import (
    at_work,
    deployments,
    flows,
    preview,
    provenance,
    runs,
    schedule_times,
    suggesting,
    table_history,
    tables,
    templates,
    trying,
    versions,
)

tenant_urlpatterns = [
    path("flows/", flows.Flows.as_view()),
    path("flows/<id:flow_id>/", flows.OneFlow.as_view()),
    path("flows/<id:flow_id>/check/", flows.CheckFlow.as_view()),
    path("flows/<id:flow_id>/preview/", preview.PreviewStep.as_view()),
    path("flows/<id:flow_id>/versions/", versions.Versions.as_view()),
    path("flows/<id:flow_id>/versions/<number:number>/", versions.OneVersion.as_view()),
    path("flows/<id:flow_id>/versions/<number:first>/diff/<number:second>/", versions.VersionDiff.as_view()),
    path("flows/<id:flow_id>/versions/<number:first>/diff/draft/", versions.DraftDiff.as_view()),
    path("flows/<id:flow_id>/at-work/", at_work.AtWork.as_view()),
    path("flows/<id:flow_id>/deployments/", deployments.Deployments.as_view()),
    path("flows/<id:flow_id>/deployments/<id:environment>/pause/", deployments.Pause.as_view()),
    path("flows/<id:flow_id>/deployments/<id:environment>/resume/", deployments.Resume.as_view()),
    path("flows/<id:flow_id>/deployments/<id:environment>/end/", deployments.End.as_view()),
    path("flows/<id:flow_id>/rollback/", deployments.RollBack.as_view()),
    path("flows/<id:flow_id>/run/", flows.Start.as_view()),
    *trying.patterns,
    path("runs/", runs.Runs.as_view()),
    path("runs/stats/", runs.RunStats.as_view()),
    path("runs/<id:run_id>/", runs.OneRun.as_view()),
    path("runs/<id:run_id>/facts/", runs.RunFacts.as_view()),
    path("runs/<id:run_id>/values/", runs.RunValue.as_view()),
    path("runs/<id:run_id>/reads/", provenance.RunReads.as_view()),
    path("runs/<id:run_id>/provenance/", provenance.RuleProvenance.as_view()),
    path("runs/<id:run_id>/cancel/", runs.CancelRun.as_view()),
    path("runs/<id:run_id>/replay/", runs.ReplayRun.as_view()),
    path("runs/<id:run_id>/resolve/", runs.ResolveRun.as_view()),
    path("lookup-tables/", tables.Tables.as_view()),
    path("lookup-tables/<id:name>/", tables.OneTable.as_view()),
    path("lookup-tables/<id:name>/rows/", tables.Rows.as_view()),
    path("lookup-tables/<id:name>/csv/", tables.TableCsv.as_view()),
    path("lookup-tables/<id:name>/sheet/", tables.Sheet.as_view()),
    path("lookup-tables/<id:name>/history/", table_history.History.as_view()),
    path("lookup-tables/<id:name>/history/<id:change_id>/", table_history.OneChange.as_view()),
    path("lookup-tables/<id:name>/history/<id:change_id>/restore/", table_history.Restore.as_view()),
    path("mapping/suggest/", suggesting.SuggestMappings.as_view()),
    path("schedule-times/", schedule_times.ScheduleTimes.as_view()),
    path("templates/", templates.Templates.as_view()),
    path("templates/<id:name>/", templates.OneTemplate.as_view()),
    path("templates/<id:name>/install/", templates.InstallTemplate.as_view()),
]

urlpatterns = [
    path("flow-schema/", templates.FlowSchema.as_view()),
    path("node-kinds/", templates.NodeKinds.as_view()),
]
