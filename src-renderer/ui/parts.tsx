import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Icon, type IconName } from "./icons.tsx";
import "./parts.css";

type Tone = "ok" | "warn" | "bad" | "plain";

export function Button({
  icon,
  kind = "plain",
  children,
  className,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { icon?: IconName; kind?: "plain" | "primary" | "danger" | "quiet" }) {
  return (
    <button type="button" className={`btn ${kind} ${className ?? ""}`} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that is only a sign; its name is spoken and shown on hover. */
export function IconButton({
  icon,
  label,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { icon: IconName; label: string }) {
  return (
    <button type="button" className="icon-btn" aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

export const Kbd = ({ children }: { children: ReactNode }) => <kbd>{children}</kbd>;

export function Tag({
  tone = "plain",
  icon,
  children,
  title,
}: {
  tone?: Tone;
  icon?: IconName;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span className={`tag ${tone}`} title={title}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}

/** A choice of one among few, as segments. */
export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode; title?: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <fieldset className="segs" aria-label={label}>
      {options.map((option) => (
        <button
          type="button"
          key={option.value}
          aria-pressed={option.value === value}
          title={option.title}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}

/** Tabs as in the ARIA practice: arrows move between them, Tab leaves to the panel. */
export function Tabs<T extends string>({
  label,
  value,
  tabs,
  onChange,
  children,
}: {
  label: string;
  value: T;
  tabs: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
  children?: ReactNode;
}) {
  const move = (event: React.KeyboardEvent, step: number) => {
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.value === value);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onChange(next.value);
    const list = event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]");
    list[(at + step + tabs.length) % tabs.length]?.focus();
  };
  return (
    <div className="tabs-row">
      <div
        className="tabs"
        role="tablist"
        aria-label={label}
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") move(event, 1);
          if (event.key === "ArrowLeft") move(event, -1);
        }}
      >
        {tabs.map((tab) => (
          <button
            type="button"
            key={tab.value}
            role="tab"
            id={`tab-${label}-${tab.value}`.replaceAll(" ", "-")}
            aria-selected={tab.value === value}
            tabIndex={tab.value === value ? 0 : -1}
            onClick={() => onChange(tab.value)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <span className="sep" />
      {children}
    </div>
  );
}

/** A place that has nothing to show says why, and what one can do. */
export function Empty({
  icon = "info",
  title,
  page,
  children,
  actions,
}: {
  icon?: IconName;
  title: string;
  /** It is all that the page shows, so its title is the page's. */
  page?: boolean;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  const Title = page ? "h1" : "h2";
  return (
    <div className="empty" role="status">
      <Icon name={icon} />
      <Title className="empty-title">{title}</Title>
      {children && <div className="empty-words">{children}</div>}
      {actions && <div className="empty-acts">{actions}</div>}
    </div>
  );
}

/** A line across a page: what is true of all below it. */
export function Banner({
  tone,
  icon,
  children,
  actions,
}: {
  tone: "warn" | "bad" | "plain";
  icon: IconName;
  children: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={`banner ${tone}`} role={tone === "plain" ? undefined : "status"}>
      <Icon name={icon} />
      <span className="banner-words">{children}</span>
      {actions}
    </div>
  );
}
