/** Where Podglass keeps what outlives a run: the journal, settings, recordings. */
import { homedir } from "node:os";
import { join } from "node:path";

/** PODGLASS_STATE_DIR, else the platform's own place: XDG state on Linux, Application Support, LocalAppData. */
export function stateDir(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  if (env.PODGLASS_STATE_DIR) return env.PODGLASS_STATE_DIR;
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  if (platform === "darwin") return join(home, "Library", "Application Support", "Podglass");
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "Podglass");
  return join(env.XDG_STATE_HOME || join(home, ".local", "state"), "podglass");
}
