/** The chosen sample with its origin and its age, large as a card and small as a link. */
import { UnstyledButton } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Sample } from "@/api/trials";
import { Ago } from "@/ui/time";
import { nameOfSample, originOf } from "./names";
import classes from "./trial.module.css";

export function SampleCard({ sample, children }: { sample: Sample; children?: ReactNode }) {
  return (
    <div className={classes.sample} data-testid="sample-card" data-source={sample.source}>
      <span className={classes.sampleIcon}>
        <IconFlask size={17} aria-hidden />
      </span>
      <div className={classes.sampleWords}>
        <div className={classes.sampleName}>{nameOfSample(sample.value)}</div>
        <p className={classes.small}>
          {originOf(sample.source)}, <Ago at={sample.at} />
        </p>
      </div>
      {children}
    </div>
  );
}

/** "sample: charge of Ada Muster, 3 min ago"; opens where it can be changed. */
export function SampleLink({ sample, onOpen }: { sample: Sample | undefined; onOpen: () => void }) {
  return (
    <UnstyledButton className={classes.link} onClick={onOpen} data-testid="sample-link">
      <IconFlask size={14} aria-hidden />
      {sample ? (
        <span className="truncate">
          sample: {nameOfSample(sample.value)}, <Ago at={sample.at} />
        </span>
      ) : (
        <span>choose a sample</span>
      )}
    </UnstyledButton>
  );
}
