import { useRoute } from "./state/route.ts";
import { useSettings } from "./state/settings.ts";
import { AskDialog } from "./ui/frame/ask.tsx";
import { Frame } from "./ui/frame/frame.tsx";
import { Help } from "./ui/frame/help.tsx";
import { Notices } from "./ui/frame/notices.tsx";
import { Palette } from "./ui/frame/palette.tsx";
import { Welcome } from "./views/nodes/welcome.tsx";

export function App() {
  const view = useRoute((route) => route.view);
  const loaded = useSettings((settings) => settings.loaded);
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
