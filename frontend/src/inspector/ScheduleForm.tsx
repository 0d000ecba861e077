/** When a schedule starts the flow: usual times to choose from, the expression itself, and its next times. */
import { Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import { tenantPath } from "@/api/queries";
import { useTenant } from "@/app/tenant";
import type { Params } from "@/document/types";
import classes from "./fields.module.css";
import { Labelled } from "./Labelled";

const USUAL = [
  { value: "30 6 * * 1-5", label: "Every weekday at 06:30" },
  { value: "0 7 * * 1-5", label: "Every weekday at 07:00" },
  { value: "0 7 * * *", label: "Every day at 07:00" },
  { value: "0 22 * * *", label: "Every day at 22:00" },
  { value: "0 * * * *", label: "Every hour" },
  { value: "*/15 * * * *", label: "Every 15 minutes" },
  { value: "0 8 * * 1", label: "Every Monday at 08:00" },
  { value: "0 6 1 * *", label: "On the first of every month at 06:00" },
];
const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const zones = () => Intl.supportedValuesOf?.("timeZone") ?? [];

export function ScheduleForm(props: {
  params: Params;
  problemAt: (path: string) => string | null;
  onChange: (params: Params, field: string) => void;
}) {
  const { params, problemAt, onChange } = props;
  const cron = String(params.cron ?? "");
  const zone = typeof params.time_zone === "string" && params.time_zone ? params.time_zone : "UTC";
  const choices = useMemo(() => [...new Set(["UTC", here(), zone, ...zones()])], [zone]);
  const times = useTimes(cron, zone);
  const problem = problemAt("params/cron");
  return (
    <>
      <Labelled label="When" path="cron" required problem={problem}>
        <Select
          aria-label="Usual times"
          data={USUAL}
          value={USUAL.some(({ value }) => value === cron) ? cron : null}
          placeholder="times of your own"
          onChange={(value) => value && onChange({ ...params, cron: value }, "cron")}
        />
        <TextInput
          aria-label="Times as cron text"
          className="mono"
          value={cron}
          placeholder="30 6 * * 1-5"
          error={Boolean(problem)}
          onChange={(event) => onChange({ ...params, cron: event.currentTarget.value }, "cron")}
        />
        <p className={classes.description}>Minute, hour, day, month, weekday; * is every one.</p>
      </Labelled>
      <Labelled label="Time zone" path="time_zone" problem={problemAt("params/time_zone")}>
        <Select
          aria-label="Time zone"
          searchable
          limit={60}
          data={choices}
          value={zone}
          allowDeselect={false}
          nothingFoundMessage="No time zone is called that"
          onChange={(value) => onChange({ ...params, time_zone: value ?? "UTC" }, "time_zone")}
        />
      </Labelled>
      {times && !problem && <Next {...times} zone={zone} />}
    </>
  );
}

interface Times {
  words: string;
  times: string[];
}

function Next({ words, times, zone }: Times & { zone: string }) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
  return (
    <section aria-label="Next times" data-testid="next-times" className={classes.field}>
      <p className={classes.words}>
        {words}, {zone}
      </p>
      <span className={classes.description}>Next, in your time ({here()}):</span>
      <ol className={classes.times}>
        {times.map((time) => (
          <li key={time}>
            <time dateTime={time}>{format.format(new Date(time))}</time>
          </li>
        ))}
      </ol>
    </section>
  );
}

function useTimes(cron: string, zone: string): Times | undefined {
  const { slug } = useTenant();
  const [asked] = useDebouncedValue(cron.trim(), 300);
  const { data, isError } = useQuery({
    queryKey: [slug, "schedule-times/", asked, zone],
    queryFn: ({ signal }) =>
      api.post<Times>(tenantPath(slug, "schedule-times/"), { cron: asked, time_zone: zone }, { signal }),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  return isError || asked === "" ? undefined : data;
}
