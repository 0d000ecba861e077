/** The catalogue of transforms: searched, grouped, each with what it does and an example. */
import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import classes from "./panel.module.css";
import { useMapper } from "./sheet";
import { exampleOf, grouped } from "./shelves";

export function Catalogue({ onChoose }: { onChoose: (fn: string) => void }) {
  const { specs } = useMapper();
  const [text, setText] = useState("");
  const groups = grouped(specs, text);
  return (
    <div className={classes.catalogue}>
      <TextInput
        size="xs"
        m={8}
        leftSection={<IconSearch size={14} />}
        placeholder="What should happen to the value?"
        aria-label="Search transforms"
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = groups[0]?.transforms[0];
          if (event.key === "Enter" && first) onChoose(first.fn);
        }}
      />
      <div className={classes.shelves}>
        {groups.map((group) => (
          <section key={group.name} aria-label={group.name}>
            <h4 className={classes.shelf}>{group.name}</h4>
            {group.transforms.map((spec) => {
              const example = exampleOf(spec);
              return (
                <button
                  key={spec.fn}
                  type="button"
                  className={classes.entry}
                  onClick={() => onChoose(spec.fn)}
                  data-testid={`catalogue-${spec.fn}`}
                >
                  <span className={classes.entryName}>{spec.title}</span>
                  <span className={classes.hint}>{spec.description}</span>
                  {example && (
                    <span className={`${classes.example} truncate`}>
                      {example.before} → {example.after}
                    </span>
                  )}
                </button>
              );
            })}
          </section>
        ))}
        {groups.length === 0 && (
          <p className={classes.hint}>Nothing is called that. Try “date”, “cents” or “join”.</p>
        )}
      </div>
    </div>
  );
}
