import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./frame/app.tsx";
import { setApi } from "./state/client.ts";
import { followEvents } from "./state/events.ts";
import { notify } from "./state/notices.ts";
import { openLink } from "./state/open.ts";
import { followHistory } from "./state/route.ts";
import { loadSettings, useSettings } from "./state/settings.ts";
import { api } from "./state/transport.ts";
import { loadFonts } from "./ui/fonts.ts";
import { followTheme } from "./ui/theme.ts";
import "./ui/tokens.css";
import "./ui/base.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root to draw in");

setApi(api);
followTheme();
const came = followHistory(openLink);
await loadFonts();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

try {
  await loadSettings();
  await followEvents();
  openLink(came);
} catch (error) {
  useSettings.setState({ loaded: true });
  notify({ tone: "bad", text: error instanceof Error ? error.message : String(error) });
}
