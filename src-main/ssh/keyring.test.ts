import type { ParsedKey } from "ssh2";
import { expect, it } from "vitest";
import { type Keyring, withKeyring } from "./keyring.ts";

const key = { comment: "a key" } as ParsedKey;

it("asks once for logins that are under way together, and forgets with the last of them", async () => {
  let asked = 0;
  const login = (keyring: Keyring) =>
    keyring.unlocked("/key", async () => {
      asked += 1;
      return key;
    });
  expect(await Promise.all([withKeyring(login), withKeyring(login), withKeyring(login)])).toEqual([key, key, key]);
  expect(asked).toBe(1);
  await withKeyring(login);
  expect(asked).toBe(2);
});

it("takes a no for all, and has the next one ask where the question went with its login", async () => {
  const answers: (ParsedKey | null | "withdrawn")[] = ["withdrawn", key];
  let asked = 0;
  const three = (ask: () => Promise<ParsedKey | null | "withdrawn">) =>
    withKeyring((keyring) => Promise.all([1, 2, 3].map(() => keyring.unlocked("/key", ask))));
  expect(await three(async () => answers[asked++] ?? null)).toEqual([null, key, key]);
  expect(asked).toBe(2);
  asked = 0;
  const no = async () => {
    asked += 1;
    return null;
  };
  expect(await three(no)).toEqual([null, null, null]);
  expect(asked).toBe(1);
});
