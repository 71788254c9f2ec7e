/** An action on a real node is asked about by the main process, outside of the page, with the plan. */
import { existsSync } from "node:fs";
import type { ApiEvent } from "../../src-shared/api.ts";
import { expect, test } from "../fixtures.ts";
import { startSshd, whyNoSshd } from "../nodes/sshd.ts";

type Podglass = {
  request(name: string, input: unknown): Promise<unknown>;
  subscribe(listener: (event: ApiEvent) => void): () => void;
};
type OurWindow = typeof globalThis & { podglass: Podglass };
type Main = typeof globalThis & { shown: { message: string; detail: string; buttons: string[] }[] };

test("a no in the native dialog leaves the node as it is", async ({ app }) => {
  const why = whyNoSshd();
  test.skip(why !== null, why ?? "");
  const { electron } = app;
  if (!electron) throw new Error("this spec is for the desktop");
  const server = await startSshd();
  try {
    const user = server.addUser({ sudo: "nopasswd" });
    // The person who sits there: reads what is shown, and cancels.
    await electron.evaluate(({ dialog }) => {
      const main = globalThis as Main;
      main.shown = [];
      dialog.showMessageBox = (async (...args: unknown[]) => {
        main.shown.push(args.at(-1) as Main["shown"][number]);
        return { response: 1, checkboxChecked: false };
      }) as typeof dialog.showMessageBox;
    });
    const name = `never-${process.pid}`;
    const said = await app.page.evaluate(
      async ({ target, password, pod }) => {
        const { podglass } = window as unknown as OurWindow;
        const live = new Promise<void>((resolve) =>
          podglass.subscribe((event) => {
            if (event.type === "ask")
              void podglass.request("ask.answer", {
                askId: event.ask.askId,
                answers: event.ask.prompts.map(() => password),
              });
            if (event.type === "node" && event.state.phase === "live") resolve();
          }),
        );
        const { nodeId } = (await podglass.request("node.open", { target, options: { sudo: true } })) as {
          nodeId: string;
        };
        await live;
        return podglass.request("lab.up", { nodeId, options: { name: pod, sandbox: "pinned" } }).then(
          () => "done",
          (error: Error) => error.message,
        );
      },
      { target: server.target(user.name), password: user.password, pod: name },
    );
    expect(said).toMatch(/^Nothing was done/);
    const [shown, ...more] = await electron.evaluate(() => (globalThis as Main).shown);
    expect(more).toEqual([]);
    expect(shown?.message).toContain(name);
    expect(shown?.message).toContain("127.0.0.1");
    expect(shown?.detail).toContain("podglass lab up");
    expect(shown?.buttons.at(-1)).toBe("Cancel");
    expect(existsSync(`/run/podglass/lab/${name}`)).toBe(false);
  } finally {
    await server.stop();
  }
});
