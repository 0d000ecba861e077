/** What is shown while there is no flow: the ways to a first one. */
import { Button } from "@mantine/core";
import { IconPlus, IconRoute } from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense } from "react";
import { useTemplates } from "@/api/queries";
import { Panel } from "@/ui/page";
import { EmptyState, Loaded } from "@/ui/states";
import classes from "./flows.module.css";

const TemplateCards = lazy(() =>
  import("@/templates/TemplateCards").then((module) => ({ default: module.TemplateCards })),
);

interface Props {
  mayEdit: boolean;
  onNew: () => void;
  /** A guided way to the first flow. */
  guide?: ReactNode;
}

export function FirstFlow({ mayEdit, onNew, guide }: Props) {
  const templates = useTemplates();
  return (
    <>
      <Panel>
        <EmptyState
          icon={<IconRoute size={26} />}
          title="Draw your first flow"
          action={
            mayEdit && (
              <>
                {guide}
                <Button variant="default" leftSection={<IconPlus size={16} />} onClick={onNew}>
                  Begin with an empty canvas
                </Button>
              </>
            )
          }
        >
          A flow begins with a trigger, such as a payment in a shop, and carries each event to its end: look
          up, map, decide, call another system. The quickest start is a template below.
        </EmptyState>
      </Panel>
      <section aria-label="Templates">
        <h2 className={classes.heading}>Templates</h2>
        <Suspense>
          <Loaded query={templates}>{(all) => <TemplateCards templates={all} />}</Loaded>
        </Suspense>
      </section>
    </>
  );
}
