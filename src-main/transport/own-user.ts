import { userInfo } from "node:os";

/**
 * The name of whoever runs Podglass. An id that passwd does not know has none (a container that was given any user: `docker
 * run --user 1234`): there its number stands for it, as `ls -l` shows it.
 */
export function ownUser(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SYSTEM_ERROR") throw error;
    return String(process.getuid?.() ?? "");
  }
}
