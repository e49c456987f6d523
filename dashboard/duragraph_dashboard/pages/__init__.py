"""The pages, by their path."""

from __future__ import annotations

from duragraph_dashboard.pages.base import Page
from duragraph_dashboard.pages.run import RunPage
from duragraph_dashboard.pages.runs import RunsPage
from duragraph_dashboard.pages.threads import ThreadsPage
from duragraph_dashboard.pages.workers import WorkersPage

PAGES: dict[str, type[Page]] = {
    "/": RunsPage,
    "/run": RunPage,
    "/threads": ThreadsPage,
    "/workers": WorkersPage,
}
