"""A plan as Markdown for a pull request: one living comment, or the summary of a CI step."""

from reconciler.render.markdown.page import COMMENT_LIMIT as COMMENT_LIMIT
from reconciler.render.markdown.page import MARKER as MARKER
from reconciler.render.markdown.page import SUMMARY_LIMIT as SUMMARY_LIMIT
from reconciler.render.markdown.page import render_markdown as render_markdown
from reconciler.render.markdown.page import render_markdown_nothing as render_markdown_nothing
