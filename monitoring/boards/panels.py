"""
What the dashboards are built of. Titles are Chinese first, then English; a description is the question that the panel answers.

Every expression is narrowed by the variable `node` (province); a gauge that every process of a node reads from the same database is taken
as max. Red begins where the alert begins.
"""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders import bargauge, common, heatmap, prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders import dashboard as built
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models import dashboard
from grafana_foundation_sdk.models import prometheus as asked
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode

from chuanyu.cli.conditions import CONDITIONS

SOURCE = dashboard.DataSourceRef(type_val="prometheus", uid="${datasource}")
SECONDS, SHARE, COUNT = "s", "percentunit", "short"
WIDE, HALF, THIRD, SIXTH = 24, 12, 8, 4
GREEN, YELLOW, RED, BLUE = "green", "yellow", "red", "blue"

_TAG = "chuanyu"
Panels = Sequence[Builder[dashboard.Panel]]


def title(zh: str, en: str) -> str:
    """Both languages in one line."""
    return f"{zh} · {en}"


def ask(expression: str, legend: str = "{{node}}") -> prometheus.Dataquery:
    """One query over time. legend: names of labels in double braces."""
    return prometheus.Dataquery().expr(expression).legend_format(legend).range()


def red_beyond(alert: str) -> built.ThresholdsConfig:
    """Green up to where the alert begins, red from there."""
    (above,) = (condition.above for condition in CONDITIONS if condition.alert == alert)
    return _steps((None, GREEN), (above or 1, RED))


def red_below(good: float, medium: float | None = None) -> built.ThresholdsConfig:
    """Red, from medium on yellow, from good on green."""
    return _steps((None, RED), *([(medium, YELLOW)] if medium else []), (good, GREEN))


def plain() -> built.ThresholdsConfig:
    """A number that is neither good nor bad."""
    return _steps((None, BLUE))


def _steps(*steps: tuple[float | None, str]) -> built.ThresholdsConfig:
    return built.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps([dashboard.Threshold(*step) for step in steps])


def number(
    name: str,
    question: str,
    unit: str,
    query: prometheus.Dataquery,
    colours: built.ThresholdsConfig,
    width: int = SIXTH,
    words: tuple[str, ...] = (),
) -> stat.Panel:
    """The newest value of each series, large. words: said instead of 0, 1, …"""
    panel = stat.Panel().title(name).description(question).datasource(SOURCE).unit(unit).span(width).height(5).no_value("–")
    newest = common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
    shown = panel.reduce_options(newest).text_mode(looks.BigValueTextMode.VALUE_AND_NAME).color_mode(looks.BigValueColorMode.BACKGROUND)
    shown = shown.mappings([dashboard.ValueMap({str(n): dashboard.ValueMappingResult(text=word) for n, word in enumerate(words)})])
    return shown.graph_mode(looks.BigValueGraphMode.NONE).thresholds(colours).with_target(query)


def lines(
    name: str,
    question: str,
    unit: str,
    *queries: prometheus.Dataquery,
    axis: str = "",
    alert: str = "",
    stacked: bool = False,
    width: int = HALF,
) -> timeseries.Panel:
    """Series over time. axis: what the numbers count, where the unit does not say; alert: draws its threshold."""
    panel = timeseries.Panel().title(name).description(question).datasource(SOURCE).unit(unit).span(width).height(8).min(0)
    legend = common.VizLegendOptions().display_mode(looks.LegendDisplayMode.LIST).placement(looks.LegendPlacement.BOTTOM).show_legend(True)
    tooltip = common.VizTooltipOptions().mode(looks.TooltipDisplayMode.MULTI).sort(looks.SortOrder.DESCENDING)
    panel = (
        panel.legend(legend)
        .tooltip(tooltip)
        .line_width(1)
        .fill_opacity(40 if stacked else 8)
        .axis_label(axis)
        .targets([query.ref_id(letter) for letter, query in zip("ABCDEF", queries, strict=False)])
    )
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(looks.StackingMode.NORMAL))
    if alert:
        dashes = common.GraphThresholdsStyleConfig().mode(looks.GraphTresholdsStyleMode.DASHED)
        panel = panel.thresholds(red_beyond(alert)).thresholds_style(dashes)
    return panel


def heat(name: str, question: str, buckets: str) -> heatmap.Panel:
    """How often which duration occurred. buckets: increase of a histogram's buckets by `le`."""
    query = ask(buckets, "{{le}}").format(asked.PromQueryFormat.HEATMAP)
    colours = heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Blues").steps(64)
    panel = heatmap.Panel().title(name).description(question).datasource(SOURCE).span(HALF).height(8).with_target(query)
    return panel.calculate(False).color(colours).y_axis(heatmap.YAxisConfig().unit(SECONDS))


def bars(name: str, question: str, unit: str, query: prometheus.Dataquery, nothing: str) -> bargauge.Panel:
    """The newest values side by side. nothing: what is said when there is none."""
    panel = bargauge.Panel().title(name).description(question).datasource(SOURCE).unit(unit).span(HALF).height(8).min(0)
    newest = common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
    return (
        panel.reduce_options(newest)
        .orientation(looks.VizOrientation.HORIZONTAL)
        .thresholds(plain())
        .no_value(nothing)
        .with_target(query.instant())
    )


def rows(name: str, question: str, expression: str, nothing: str, width: int = WIDE) -> table.Panel:
    """The series that there are now, a row each, their labels as columns. nothing: what is said when there is none."""
    query = ask(expression, "").instant().format(asked.PromQueryFormat.TABLE)
    panel = table.Panel().title(name).description(question).datasource(SOURCE).span(width).height(6).no_value(nothing)
    hidden = {"Time": True, "__name__": True, "job": True, "alertstate": True}
    return panel.with_transformation(dashboard.DataTransformerConfig("organize", options={"excludeByName": hidden})).with_target(query)


def board(uid: str, name: str, question: str, panels: Panels, *variables: Builder[dashboard.VariableModel]) -> dashboard.Dashboard:
    """A dashboard of the family: the same variables, links to the others, the last hour in Shanghai's time."""
    made = built.Dashboard(name).uid(f"chuanyu-{uid}").description(question).tags([_TAG]).timezone("Asia/Shanghai").readonly()
    made = made.time("now-1h", "now").refresh("15s").tooltip(dashboard.DashboardCursorSync.CROSSHAIR).link(_to_the_others())
    made = made.variables([_source(), choice("node", "节点 node", "chuanyu_ready_timestamp_seconds"), *variables])
    for each in panels:
        made = made.with_panel(each)
    done = made.build()
    for place, panel in enumerate(done.panels or [], 1):
        panel.id_val = place
    return done


def choice(label: str, name: str, metric: str) -> built.QueryVariable:
    """A variable that holds any of a label's values, all of them at first."""
    variable = built.QueryVariable(label).label(name).query(f"label_values({metric}, {label})").datasource(SOURCE)
    everything = dashboard.VariableOption(selected=True, text="All", value="$__all")
    variable = variable.refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(dashboard.VariableSort.ALPHABETICAL_ASC)
    return variable.multi(True).include_all(True).current(everything)


def _source() -> built.DatasourceVariable:
    return built.DatasourceVariable("datasource").label("数据源 data source").type("prometheus")


def _to_the_others() -> built.DashboardLink:
    link = built.DashboardLink("川渝总线 · all dashboards").type(dashboard.DashboardLinkType.DASHBOARDS).tags([_TAG])
    return link.as_dropdown(True).include_vars(True).keep_time(True)
