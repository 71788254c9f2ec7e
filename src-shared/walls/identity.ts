/** Who is who on the other side of a user namespace: user_namespaces(7), "User and group ID mappings". */

/** `outside` of `inside`, by a map's lines "inside outside count"; undefined: nobody. */
export function outsideId(map: string, inside: number): number | undefined {
  for (const line of map.split("\n")) {
    const [from, to, count] = line.trim().split(/\s+/).map(Number);
    if (from === undefined || to === undefined || count === undefined) continue;
    if (inside >= from && inside < from + count) return to + inside - from;
  }
  return undefined;
}

/** "root inside is 100000 outside". */
export function rootSentence(map: string | undefined, initial: boolean | undefined): string {
  if (initial === true) return "root inside is root on the node";
  if (map === undefined) return "who root inside is outside could not be read";
  const outside = outsideId(map, 0);
  if (outside === undefined) return "there is no root inside";
  return outside === 0 ? "root inside is root outside" : `root inside is ${outside} outside`;
}
