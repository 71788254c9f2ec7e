/** A script is its own first line (`#podglass:<name>/<version>`), what it shares with others, then its own rest. */
export function compose(script: string, ...shared: string[]): string {
  const end = script.indexOf("\n") + 1;
  if (!script.startsWith("#podglass:")) throw new Error("a script for a node begins with #podglass:<name>/<version>");
  return script.slice(0, end) + shared.join("") + script.slice(end);
}
