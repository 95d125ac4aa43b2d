"""Problems for CI: annotations on GitHub, a code quality report on GitLab, SARIF and JUnit for whoever reads them."""

from reconciler.render.ci.gitlab import problems_gitlab as problems_gitlab
from reconciler.render.ci.junit import problems_junit as problems_junit
from reconciler.render.ci.sarif import problems_sarif as problems_sarif
from reconciler.render.ci.workflow import problems_github as problems_github
