import { type ReactNode, useState } from "react";
import { Dialog } from "./dialog.tsx";
import { Button } from "./parts.tsx";
import "./ask.css";

/** Asks for a name and nothing else. */
export function NameDialog(props: {
  title: string;
  note?: ReactNode;
  label: string;
  name?: string;
  /** The button's. */
  words: string;
  /** A name of blanks is one too: it takes a name away. */
  mayBeEmpty?: boolean;
  most: number;
  onName: (name: string) => void;
  onClose: () => void;
}) {
  const [name, setName] = useState(props.name ?? "");
  const given = props.mayBeEmpty === true || name.trim() !== "";
  return (
    <Dialog title={props.title} note={props.note} size="small" onClose={props.onClose}>
      <form
        className="ask"
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (!given) return;
          props.onName(name.trim());
          props.onClose();
        }}
      >
        <label>
          <span>{props.label}</span>
          <input
            className="field"
            data-first
            maxLength={props.most}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <div className="ask-foot">
          <Button kind="quiet" onClick={props.onClose}>
            Cancel <kbd>Esc</kbd>
          </Button>
          <Button kind="primary" type="submit" disabled={!given}>
            {props.words}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
