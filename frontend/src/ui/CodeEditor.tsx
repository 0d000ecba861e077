/** A code field: CodeMirror once it is loaded, a plain field of the same size until then. */
import { useEffect, useRef, useState } from "react";
import type { FunctionHelp, Json } from "@/api/types";
import classes from "./code.module.css";

/** A field that may be read, for completion and for what is shown under the pointer. */
export interface Completion {
  path: string;
  title?: string;
  type?: string;
  description?: string;
  origin?: string;
  value?: Json;
  sample?: string;
}

/** What is wrong in the text, and where. */
export interface Mark {
  from: number;
  to: number;
  message: string;
  severity: "error" | "warning";
}

export interface CodeOptions {
  value: string;
  language: "json" | "template" | "expression";
  label: string;
  singleLine?: boolean;
  readOnly?: boolean;
  invalid?: boolean;
  placeholder?: string;
  completions?: Completion[];
  functions?: FunctionHelp[];
  marks?: Mark[];
}

interface Handle {
  setText: (text: string) => void;
  refresh: () => void;
  insert: (text: string) => void;
  destroy: () => void;
}

export function CodeEditor(
  props: CodeOptions & { onChange: (text: string) => void; height?: number | string },
) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<Handle | null>(null);
  const latest = useRef(props);
  const [ready, setReady] = useState(false);
  latest.current = props;

  useEffect(() => {
    let isGone = false;
    void import("./codemirror").then(({ createEditor }) => {
      if (isGone || !host.current) return;
      view.current = createEditor(
        host.current,
        () => latest.current,
        (text) => {
          if (text !== latest.current.value) latest.current.onChange(text);
        },
      );
      setReady(true);
    });
    return () => {
      isGone = true;
      view.current?.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    if (ready) view.current?.setText(props.value);
  }, [props.value, ready]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor reads what is new by itself
  useEffect(() => {
    if (ready) view.current?.refresh();
  }, [props.marks, props.invalid, props.readOnly, ready]);

  return (
    <div
      className={classes.box}
      data-single={props.singleLine || undefined}
      data-invalid={props.invalid || undefined}
      style={{ height: props.height }}
    >
      {!ready && (
        <textarea
          className={classes.plain}
          aria-label={props.label}
          value={props.value}
          readOnly={props.readOnly}
          rows={props.singleLine ? 1 : 3}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
      <div ref={host} className={classes.host} hidden={!ready} />
    </div>
  );
}
