import { useRoute } from "../state/route.ts";
import { useSettings } from "../state/settings.ts";
import { Welcome } from "../views/nodes/welcome.tsx";
import { Frame } from "./frame.tsx";
import { Help } from "./help.tsx";
import { Notices } from "./notices.tsx";
import { Palette } from "./palette.tsx";
import { AskDialog } from "./prompt.tsx";
import { useWindowTitle } from "./title.ts";

export function App() {
  const view = useRoute((route) => route.view);
  const loaded = useSettings((settings) => settings.loaded);
  useWindowTitle();
  if (!loaded) return null;
  return (
    <>
      {view === "welcome" ? <Welcome /> : <Frame />}
      <Palette />
      <Help />
      <AskDialog />
      <Notices />
    </>
  );
}
