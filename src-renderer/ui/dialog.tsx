import { type ReactNode, useEffect, useId, useRef } from "react";
import { Icon } from "./icons.tsx";
import "./dialog.css";

const FOCUSABLE = "button:not(:disabled), [tabindex='0'], input, a[href]";

/**
 * Remembers where the focus is. Called later it puts it there again, or, where that is gone from the page (a button that
 * was used up), on the first thing in what is left around it. The platform forgets both when a dialog is taken away.
 */
function wayBack(): () => void {
  const around: Element[] = [];
  for (let at = document.activeElement; at !== null && at !== document.body; at = at.parentElement) around.push(at);
  return () => {
    const left = around.find((element) => element.isConnected);
    const target = left === around[0] ? left : (left?.querySelector(FOCUSABLE) ?? left);
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  };
}

/**
 * The platform's own modal dialog: it keeps the focus inside, makes the rest inert and gives the focus back,
 * without a style element that our content security policy would refuse.
 */
export function PlainDialog({
  label,
  labelledBy,
  className,
  onClose,
  children,
}: {
  label?: string;
  labelledBy?: string;
  className?: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const back = wayBack();
    if (dialog && !dialog.open) dialog.showModal();
    // React's autoFocus comes before the dialog is open and is lost.
    dialog?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => {
      dialog?.close();
      back();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape, the key for this, is the dialog's own cancel event
    <dialog
      ref={ref}
      className={`dialog ${className ?? ""}`}
      aria-label={label}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      {children}
    </dialog>
  );
}

/** A dialog with a title, a body that scrolls, and its buttons at the foot. */
export function Dialog({
  title,
  note,
  size = "medium",
  onClose,
  children,
  foot,
}: {
  title: ReactNode;
  note?: ReactNode;
  size?: "small" | "medium" | "large";
  onClose: () => void;
  children: ReactNode;
  foot?: ReactNode;
}) {
  const id = useId();
  return (
    <PlainDialog className={size} labelledBy={id} onClose={onClose}>
      <div className="dialog-box">
        <header className="dialog-head">
          <h2 id={id}>{title}</h2>
          {note && <span className="dim">{note}</span>}
          <span className="sep" />
          <button type="button" className="icon-btn" aria-label="Close" onClick={onClose}>
            <Icon name="cross" />
          </button>
        </header>
        <div className="dialog-body">{children}</div>
        {foot && <footer className="dialog-foot">{foot}</footer>}
      </div>
    </PlainDialog>
  );
}
