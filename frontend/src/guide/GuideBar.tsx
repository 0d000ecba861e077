/** The guide of a first flow: a calm bar at the foot of the app that knows by itself what has been done. */
import { ActionIcon, Button, Popover, Tooltip, UnstyledButton } from "@mantine/core";
import { IconChevronUp, IconCircle, IconCircleCheck, IconPointer, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { watchRequests } from "@/api/client";
import { useSession } from "@/app/session";
import { useTenant } from "@/app/tenant";
import classes from "./guide.module.css";
import { pointAt } from "./point";
import { deedsOf, type GuideStep, STEPS } from "./steps";
import { useGuide } from "./store";

/** Listens as long as the app is open, so that nothing that was done is overlooked. */
export function useGuideWatch(): void {
  const { slug } = useTenant();
  const person = useSession().data?.user?.id ?? "";
  const { pathname } = useLocation();
  const { open, note, state } = useGuide();
  useEffect(() => open(`${slug}.${person}`), [open, slug, person]);
  useEffect(
    () =>
      watchRequests((finished) => {
        const { done, flow } = deedsOf(finished);
        if (done.length > 0) note(done, flow);
      }),
    [note],
  );
  useEffect(() => {
    if (state === "running" && pathname.endsWith("/sandbox")) note(["sandbox"]);
  }, [pathname, note, state]);
}

export function GuideBar() {
  useGuideWatch();
  const { state, done, putAway } = useGuide();
  const [open, setOpen] = useState(false);
  const show = useShow();
  if (state !== "running") return null;
  const next = STEPS.find(({ name }) => !done.includes(name));
  return (
    <aside className={classes.bar} aria-label="Your first flow" data-testid="guide">
      <Popover opened={open} onChange={setOpen} position="top-start" width={420} trapFocus>
        <Popover.Target>
          <UnstyledButton
            className={classes.progress}
            onClick={() => setOpen(!open)}
            aria-expanded={open}
            data-testid="guide-steps"
          >
            <strong>Your first flow</strong>
            <span className="tabular">
              {done.length} of {STEPS.length}
            </span>
            <IconChevronUp size={15} aria-hidden className={open ? classes.turned : undefined} />
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown>
          <ol className={classes.steps}>
            {STEPS.map((step) => (
              <StepRow
                key={step.name}
                step={step}
                isDone={done.includes(step.name)}
                isNext={step === next}
                onShow={() => {
                  setOpen(false);
                  show(step);
                }}
              />
            ))}
          </ol>
        </Popover.Dropdown>
      </Popover>
      <p className={classes.next} aria-live="polite">
        {next ? (
          <>
            <strong>{next.title}.</strong> <span className={classes.help}>{next.help}</span>
          </>
        ) : (
          <>
            <strong>Done: your first flow works.</strong>{" "}
            <span className={classes.help}>You find this guide again under Help.</span>
          </>
        )}
      </p>
      {next ? (
        <Button
          leftSection={<IconPointer size={15} />}
          onClick={() => show(next)}
          data-testid="guide-show"
          data-step={next.name}
        >
          Show me
        </Button>
      ) : (
        <Button onClick={putAway}>Close</Button>
      )}
      <Tooltip label="Put the guide away; it is under Help">
        <ActionIcon aria-label="Put the guide away" onClick={putAway} data-testid="guide-away">
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
    </aside>
  );
}

/** Goes to the page of a step's control, where one is not there yet, and points at it. */
function useShow(): (step: GuideStep) => void {
  const { slug } = useTenant();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const flow = useGuide((guide) => guide.flow);
  return (step) => {
    const base = `/t/${slug}`;
    const isInFlow = /\/flows\/[^/]+$/.test(pathname);
    const page = step.page === "flow" ? (flow ? `flows/${flow}` : "flows?new=1") : step.page;
    const isThere = step.page === "flow" ? isInFlow : pathname === `${base}/${step.page}`;
    if (!isThere) navigate(`${base}/${page}`);
    if (isThere || step.page !== "flow" || flow) void pointAt(step.targets);
  };
}

function StepRow(props: { step: GuideStep; isDone: boolean; isNext: boolean; onShow: () => void }) {
  const { step, isDone } = props;
  const Icon = isDone ? IconCircleCheck : IconCircle;
  return (
    <li
      className={classes.step}
      data-next={props.isNext || undefined}
      aria-current={props.isNext ? "step" : undefined}
    >
      <Icon size={18} className={isDone ? classes.done : classes.open} aria-hidden />
      <div>
        <span className={classes.title}>
          {step.title}
          <span className="visually-hidden">{isDone ? " (done)" : " (not done yet)"}</span>
        </span>
        <span className={classes.help}>{step.help}</span>
      </div>
      {!isDone && (
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={props.onShow}
          aria-label={`Show me: ${step.title}`}
        >
          Show me
        </Button>
      )}
    </li>
  );
}
