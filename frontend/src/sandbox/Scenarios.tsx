/** The cast: every scenario as a card with one verb. */
import { Button } from "@mantine/core";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import type { Scenario } from "@/api/types-admin";
import classes from "./sandbox.module.css";

const TITLES: Record<string, string> = { stripe_checkout: "A customer pays in the shop" };

export function scenarioTitle(scenario: Scenario): string {
  return scenario.title || TITLES[scenario.name] || scenario.name.replace(/_/g, " ");
}

export function Scenarios(props: {
  scenarios: Scenario[];
  playing: string | null;
  starting: string | null;
  last: string | null;
  mayPlay: boolean;
  onPlay: (name: string) => void;
}) {
  return (
    <section aria-label="Scenarios" className={classes.stack}>
      {props.scenarios.map((scenario, at) => {
        const isPlaying = props.playing === scenario.name;
        return (
          <article
            key={scenario.name}
            className={classes.scenario}
            data-first={at === 0 || undefined}
            data-playing={isPlaying || undefined}
          >
            <h2 className={classes.scenarioTitle}>{scenarioTitle(scenario)}</h2>
            {scenario.description && (
              <p className={classes.scenarioText} title={scenario.description}>
                {scenario.description}
              </p>
            )}
            <Button
              size={at === 0 ? "sm" : "xs"}
              fullWidth={at === 0}
              variant={at === 0 ? "filled" : "light"}
              leftSection={<IconPlayerPlayFilled size={at === 0 ? 16 : 12} />}
              disabled={!props.mayPlay || (props.playing !== null && !isPlaying)}
              loading={props.starting === scenario.name || isPlaying}
              onClick={() => props.onPlay(scenario.name)}
              aria-label={`Play: ${scenarioTitle(scenario)}`}
              data-testid={`play-${scenario.name}`}
            >
              {props.last === scenario.name && !isPlaying ? "Again" : "Play"}
            </Button>
          </article>
        );
      })}
    </section>
  );
}
