/** A button that opens what stands below it; Escape, a press elsewhere or one on a link or button within closes it. */
import { useEffect, useRef, type ReactNode } from "react";

interface MenuProps {
  label: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Menu({ label, className = "", children }: MenuProps) {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = () => {
      if (box.current !== null) box.current.open = false;
    };
    const pressed = (event: Event) => {
      const target = event.target as Element | null;
      const isOwn = box.current?.contains(target) ?? false;
      if (!isOwn || target?.closest("a, button") != null) close();
    };
    const escaped = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || box.current?.open !== true) return;
      event.preventDefault();
      close();
      box.current.querySelector("summary")?.focus();
    };
    window.addEventListener("click", pressed);
    window.addEventListener("keydown", escaped, true);
    return () => {
      window.removeEventListener("click", pressed);
      window.removeEventListener("keydown", escaped, true);
    };
  }, []);
  return (
    <details ref={box} className={`menu ${className}`}>
      <summary>
        <span className="menu-label">{label}</span>
      </summary>
      <div className="menu-content">{children}</div>
    </details>
  );
}
