// What every page needs alive: htmx and the behaviour of the design system.

import htmx from "htmx.org";
import { initAll } from "govuk-frontend";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
