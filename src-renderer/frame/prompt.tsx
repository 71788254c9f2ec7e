import { useState } from "react";
import type { Ask } from "../../src-shared/api.ts";
import { answerAsk, useAsks } from "../state/prompts.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Button } from "../ui/parts.tsx";
import "../ui/ask.css";

const YES: Record<Ask["kind"], string> = {
  hostkey: "Trust this key",
  passphrase: "Unlock",
  password: "Log in",
  keyboard: "Answer",
  sudo: "Use sudo",
};

function Question({ ask }: { ask: Ask }) {
  const [answers, setAnswers] = useState(() => ask.prompts.map(() => ""));
  const cancel = () => answerAsk(ask.askId, null);
  const trust = ask.kind === "hostkey";
  return (
    <Dialog title={ask.title} size="small" onClose={cancel}>
      <form
        className="ask"
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          answerAsk(ask.askId, trust ? ["yes"] : answers);
        }}
      >
        {/* As the server or the key file words it; text, never markup. */}
        {ask.detail !== "" && <p className={trust ? "ask-detail mono" : "ask-detail"}>{ask.detail}</p>}
        {trust && (
          <p className="ask-hint">
            On the node's own console: <code>ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</code>
          </p>
        )}
        {!trust &&
          ask.prompts.map((prompt, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a server may ask the same twice, and the list never changes
            <label key={`${i}-${prompt.text}`}>
              <span>{prompt.text}</span>
              <input
                className="field"
                type={prompt.echo ? "text" : "password"}
                autoComplete="off"
                spellCheck={false}
                data-first={i === 0 || undefined}
                value={answers[i] ?? ""}
                onChange={(event) => setAnswers(answers.map((old, at) => (at === i ? event.target.value : old)))}
              />
            </label>
          ))}
        <div className="ask-foot">
          <Button kind="quiet" onClick={cancel} data-first={trust || undefined}>
            {trust ? "Do not connect" : "Cancel"} <kbd>Esc</kbd>
          </Button>
          <Button kind="primary" type="submit">
            {YES[ask.kind]}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The first of the questions that the Inspector waits for. Nothing typed here is kept. */
export function AskDialog() {
  const ask = useAsks((state) => state.asks[0]);
  return ask === undefined ? null : <Question key={ask.askId} ask={ask} />;
}
