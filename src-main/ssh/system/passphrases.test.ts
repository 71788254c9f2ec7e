import { expect, it } from "vitest";
import type { Interaction } from "../../transport/transport.ts";
import { Passphrases } from "./passphrases.ts";

const KEY = "Enter passphrase for key '/home/me/.ssh/id':";
type Asked = { detail: string; settle(answers: string[] | null): void };

function room(tellsApart = true) {
  const asked: Asked[] = [];
  const memory = new Passphrases(async () => tellsApart);
  const interaction: Interaction = {
    hostKey: async () => false,
    prompts: ({ detail }, signal) =>
      new Promise((settle) => {
        asked.push({ detail, settle });
        signal?.addEventListener("abort", () => settle(null));
      }),
    progress: () => undefined,
  };
  const login = () => {
    const { prompts } = memory.forLogin(interaction);
    return (detail = KEY, signal?: AbortSignal) =>
      prompts({ kind: "passphrase", title: "", detail, prompts: [] }, signal);
  };
  const question = async (number: number): Promise<Asked> => {
    await expect.poll(() => asked.length).toBe(number);
    return asked[number - 1] as Asked;
  };
  return { asked, login, question };
}

it("asks once for all logins, and anew, once more, where ssh did not take the answer", async () => {
  const { asked, login, question } = room();
  const logins = [login(), login(), login()];
  const first = logins.map((ask) => ask());
  (await question(1)).settle(["wrong"]);
  expect(await Promise.all(first)).toEqual([["wrong"], ["wrong"], ["wrong"]]);
  const again = logins.map((ask) => ask());
  (await question(2)).settle(["right"]);
  expect(await Promise.all(again)).toEqual([["right"], ["right"], ["right"]]);
  expect(await login()()).toEqual(["right"]);
  expect(asked).toHaveLength(2);
});

it("takes a no for all who wait, and has the next one ask where the question went with its login", async () => {
  const { login, question } = room();
  const no = [login()(), login()()];
  (await question(1)).settle(null);
  expect(await Promise.all(no)).toEqual([null, null]);
  const gone = new AbortController();
  const withdrawn = login()(KEY, gone.signal);
  await question(2);
  const waiting = login()();
  gone.abort();
  (await question(3)).settle(["right"]);
  expect(await Promise.all([withdrawn, waiting])).toEqual([null, ["right"]]);
});

it("gives nobody what was told for a key but ssh that asks for that key, and no ssh that does not mark a server's words", async () => {
  const others = [
    `(root@node) ${KEY}`,
    `A server's words\n${KEY}`,
    `${KEY}\nand more`,
    "Enter passphrase for key '/home/me/.ssh/other':",
    "Enter PIN for ED25519-SK key /home/me/.ssh/id:",
    "root@node's password:",
  ];
  const { asked, login, question } = room();
  const first = login()();
  (await question(1)).settle(["secret"]);
  expect(await first).toEqual(["secret"]);
  for (const [index, words] of others.entries()) {
    const answer = login()(words);
    (await question(index + 2)).settle(["other"]);
    expect(await answer).toEqual(["other"]);
  }
  expect(asked.map(({ detail }) => detail)).toEqual([KEY, ...others]);
  const old = room(false);
  const two = [old.login()(), old.login()()];
  (await old.question(2)).settle(["b"]);
  old.asked[0]?.settle(["a"]);
  expect(await Promise.all(two)).toEqual([["a"], ["b"]]);
});
