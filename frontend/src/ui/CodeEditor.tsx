/** A code field: CodeMirror once it is loaded, a plain field of the same size until then. */
import { useEffect, useRef, useState } from "react";
import classes from "./code.module.css";

export interface CodeOptions {
  value: string;
  language: "json" | "template" | "expression";
  label: string;
  singleLine?: boolean;
  readOnly?: boolean;
  invalid?: boolean;
  placeholder?: string;
  completions?: { path: string; sample?: string }[];
}

interface Handle {
  state: { doc: { toString: () => string; length: number } };
  dispatch: (change: { changes: { from: number; to: number; insert: string } }) => void;
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
      view.current = createEditor(host.current, latest.current, (text) => {
        if (text !== latest.current.value) latest.current.onChange(text);
      });
      setReady(true);
    });
    return () => {
      isGone = true;
      view.current?.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !ready) return;
    const text = editor.state.doc.toString();
    if (text !== props.value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value } });
  }, [props.value, ready]);

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
