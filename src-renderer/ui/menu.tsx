import { DropdownMenu } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { Icon, type IconName } from "./icons.tsx";
import "./menu.css";

/**
 * A menu at a button, drawn in its place so that it stays inside the page's landmarks (it is positioned against the
 * window and nothing clips it). Not modal: Radix's modal menus lock scrolling through a style element that our content
 * security policy refuses.
 */
export function Menu({
  trigger,
  label,
  align = "start",
  children,
}: {
  trigger: ReactNode;
  label: string;
  align?: "start" | "end";
  children: ReactNode;
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Content className="menu" aria-label={label} align={align} sideOffset={4} collisionPadding={8}>
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

/** Where a person pressed the other button of the pointer, or the menu key. */
export interface MenuPlace {
  x: number;
  y: number;
}

export const menuPlace = (event: React.MouseEvent): MenuPlace => {
  event.preventDefault();
  // The menu key has no place of its own: at the thing that has the focus.
  const box = event.currentTarget.getBoundingClientRect();
  const byKey = event.clientX === 0 && event.clientY === 0;
  return byKey ? { x: box.left + 24, y: box.top + 24 } : { x: event.clientX, y: event.clientY };
};

/** The menu of what was pressed, at that place; the focus goes back where it was. */
export function MenuAt({
  place,
  label,
  onClose,
  children,
}: {
  place: MenuPlace;
  label: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const before = useRef(document.activeElement);
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <DropdownMenu.Trigger asChild>
        <span className="menu-at" aria-hidden="true" style={{ left: place.x, top: place.y }} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Content
        className="menu"
        aria-label={label}
        align="start"
        sideOffset={2}
        collisionPadding={8}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
        }}
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

export function MenuItem({
  icon,
  keys,
  danger,
  disabled,
  onSelect,
  children,
}: {
  icon?: IconName;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <DropdownMenu.Item className={`menu-item ${danger ? "bad" : ""}`} disabled={disabled} onSelect={onSelect}>
      <span className="menu-sign">{icon && <Icon name={icon} />}</span>
      <span className="menu-words">{children}</span>
      {keys && <kbd>{keys}</kbd>}
    </DropdownMenu.Item>
  );
}

/** Stays open on a choice, so that several can be made. */
export function MenuCheck({
  checked,
  onChange,
  count,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  count?: number;
  children: ReactNode;
}) {
  return (
    <DropdownMenu.CheckboxItem
      className="menu-item"
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <span className="menu-sign">{checked && <Icon name="check" />}</span>
      <span className="menu-words">{children}</span>
      {count !== undefined && <span className="menu-count">{count}</span>}
    </DropdownMenu.CheckboxItem>
  );
}

export function MenuChoice<T extends string>({
  value,
  options,
  onChange,
}: {
  value: T;
  options: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
}) {
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
      {options.map((option) => (
        <DropdownMenu.RadioItem className="menu-item" key={option.value} value={option.value}>
          <span className="menu-sign">{option.value === value && <Icon name="check" />}</span>
          <span className="menu-words">{option.label}</span>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export const MenuHead = ({ children }: { children: ReactNode }) => (
  <DropdownMenu.Label className="menu-head">{children}</DropdownMenu.Label>
);
export const MenuLine = () => <DropdownMenu.Separator className="menu-line" />;
