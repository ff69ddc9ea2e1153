from __future__ import annotations

from django.urls import path

from reports.staff import (
    dashboard,
    exports,
    layouts,
    policies,
    rehearsals,
    releases,
    requests,
    response,
    runs,
    sayings,
    tables,
    trends,
    weights,
)

app_name = "staff"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("waves/<uuid:wave_id>/run/", runs.start, name="start_run"),
    path("questionnaires/<int:questionnaire_id>/rehearsal/", rehearsals.rehearsal, name="rehearsal"),
    path("waves/<uuid:wave_id>/tables/", tables.tables, name="tables"),
    path("waves/<uuid:wave_id>/tables/<slug:question>/", tables.question, name="question"),
    path("waves/<uuid:wave_id>/weights/", weights.weights, name="weights"),
    path("waves/<uuid:wave_id>/weights/method/", weights.method, name="weight_method"),
    path("waves/<uuid:wave_id>/weights/targets/<slug:partition>/", weights.targets, name="weight_targets"),
    path(
        "waves/<uuid:wave_id>/tables/<slug:question>/<slug:breakdown>/layout/",
        layouts.layout,
        name="layout",
    ),
    path("waves/<uuid:wave_id>/tables/<slug:question>/words/", sayings.words, name="words"),
    path("trends/", trends.trends, name="trends"),
    path(
        "trends/<slug:instrument>/<path:concept>/judge/<int:before>/<int:after>/", trends.judge, name="judge"
    ),
    path("trends/<slug:instrument>/<path:concept>/", trends.series, name="series"),
    path("waves/<uuid:wave_id>/response/", response.response, name="response"),
    path("waves/<uuid:wave_id>/response/by-hand/", response.by_hand, name="response_by_hand"),
    path("waves/<uuid:wave_id>/export/", exports.export, name="export_tables"),
    path("waves/<uuid:wave_id>/requests/", requests.requests, name="table_requests"),
    path("waves/<uuid:wave_id>/requests/new/", requests.new, name="new_table_request"),
    path("waves/<uuid:wave_id>/requests/<int:number>/", requests.table_request, name="table_request"),
    path("waves/<uuid:wave_id>/requests/<int:number>/change/", requests.change, name="change_table_request"),
    path(
        "waves/<uuid:wave_id>/requests/<int:number>/withdraw/",
        requests.withdraw,
        name="withdraw_table_request",
    ),
    path("policy/", policies.policy, name="policy"),
    path("waves/<uuid:wave_id>/policy/", policies.policy, name="wave_policy"),
    path("waves/<uuid:wave_id>/policy/change/", policies.change, name="change_wave_policy"),
    path("policy/change/", policies.change, name="change_policy"),
    path("policy/<int:version>/approve/", policies.approve, name="approve_policy"),
    path("policy/<int:version>/reject/", policies.reject, name="reject_policy"),
    path("releases/", releases.releases, name="releases"),
    path("editions/<int:year>/release/", releases.request_release, name="request_release"),
    path("editions/<int:year>/withdraw/", releases.withdraw_figure, name="withdraw_figure"),
    path("releases/<int:release_id>/", releases.review, name="release"),
    path("releases/<int:release_id>/preview/", releases.preview, name="preview"),
    path("releases/<int:release_id>/approve/", releases.approve, name="approve"),
    path("releases/<int:release_id>/reject/", releases.reject, name="reject"),
    path("releases/<int:release_id>/take-back/", releases.take_back, name="take_back"),
]
