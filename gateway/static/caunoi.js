// Starts what GOV.UK Frontend adds to pages that work without it.
import { initAll } from "./govuk/govuk-frontend.min.js";

initAll();
