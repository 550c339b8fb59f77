// The page "no network": goes on by itself. A form that was on its way is asked for again, with what was saved.
import { backOnline } from "./network.js";

await backOnline();
if (location.pathname !== "/kiosk/mat-mang") location.reload();
else if (history.length > 1) history.back();
else location.replace("/kiosk");
