// The page "no network" goes on by itself. For a form that was on its way, it loads the form's page, with saved values.
import { backOnline } from "./network.js";

await backOnline();
if (location.pathname !== "/kiosk/mat-mang") location.reload();
else if (history.length > 1) history.back();
else location.replace("/kiosk");
