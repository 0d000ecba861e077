/** Time travel: the run as lanes over time with a cursor, played or walked through fact by fact. */
import { ActionIcon, SegmentedControl, Tooltip } from "@mantine/core";
import {
  IconChevronDown,
  IconChevronUp,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconPlayerTrackPrev,
  IconZoomIn,
  IconZoomOut,
} from "@tabler/icons-react";
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Fact } from "@/api/types";
import type { FlowDocument } from "@/document/types";
import { type Lane, lanesOf } from "./lanes";
import { momentWords, scaleOf } from "./moment";
import { type Speed, usePlay } from "./play";
import classes from "./timeline.module.css";

export interface TimelineProps {
  facts: Fact[];
  document: FlowDocument;
  shown: number;
  isLive: boolean;
  isPast: boolean;
  chosen: string | null;
  onMove: (to: number) => void;
  onStep: (by: 1 | -1) => void;
  onChoose: (step: string) => void;
}

const ZOOMS = [1, 2, 4, 8, 16];

export function Timeline(props: TimelineProps) {
  const { facts, document, shown, onMove } = props;
  const [zoom, setZoom] = useState(1);
  const [layout, setLayout] = useState<"even" | "true">("even");
  const [isOpen, setOpen] = useState(() => window.innerHeight >= 700);
  const play = usePlay(facts, shown, onMove);
  const words = useMemo(() => momentWords(facts, shown, document), [facts, shown, document]);
  const keys = (event: KeyboardEvent) => {
    if (event.key === " ") play.toggle();
    else if (event.shiftKey && event.key === "ArrowLeft") props.onStep(-1);
    else if (event.shiftKey && event.key === "ArrowRight") props.onStep(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section className={classes.timeline} aria-label="Time travel" data-open={isOpen || undefined}>
      <div className={classes.bar}>
        <Buttons {...props} play={play} />
        <span className={classes.space} />
        <span
          className={classes.count}
          data-live={props.isLive || undefined}
          data-past={props.isPast || undefined}
        >
          {props.isLive ? "live" : props.isPast ? "in the past" : "at the end"} · {shown}/{facts.length}
        </span>
        {isOpen && (
          <>
            <SegmentedControl
              size="xs"
              aria-label="How time is laid out"
              data={[
                { value: "even", label: "Even" },
                { value: "true", label: "True time" },
              ]}
              value={layout}
              onChange={(value) => setLayout(value as "even" | "true")}
            />
            <Zoom zoom={zoom} onZoom={setZoom} />
          </>
        )}
        <Tooltip label={isOpen ? "Fold the lanes" : "Show the lanes"}>
          <ActionIcon
            aria-label={isOpen ? "Fold the lanes" : "Show the lanes"}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? <IconChevronDown size={15} /> : <IconChevronUp size={15} />}
          </ActionIcon>
        </Tooltip>
      </div>
      <output className={`${classes.words} truncate`} title={words} data-testid="moment" aria-live="off">
        {words}
      </output>
      <Plot {...props} zoom={zoom} isEven={layout === "even"} isOpen={isOpen} words={words} onKeys={keys} />
    </section>
  );
}

function Buttons({ facts, shown, onMove, play }: TimelineProps & { play: ReturnType<typeof usePlay> }) {
  return (
    <div className={classes.buttons}>
      <Tooltip label="One fact back ( ← )">
        <ActionIcon aria-label="One fact back" disabled={shown <= 1} onClick={() => onMove(shown - 1)}>
          <IconPlayerTrackPrev size={15} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={play.isPlaying ? "Stop ( Space )" : "Play it again ( Space )"}>
        <ActionIcon
          aria-label={play.isPlaying ? "Stop" : "Play it again"}
          disabled={facts.length < 2}
          onClick={play.toggle}
          data-testid="play"
        >
          {play.isPlaying ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="One fact on ( → )">
        <ActionIcon
          aria-label="One fact on"
          disabled={shown >= facts.length}
          onClick={() => onMove(shown + 1)}
        >
          <IconPlayerTrackNext size={15} />
        </ActionIcon>
      </Tooltip>
      <SegmentedControl
        size="xs"
        aria-label="Speed"
        data={[
          { value: "1", label: "1×" },
          { value: "4", label: "4×" },
          { value: "instant", label: "Instant" },
        ]}
        value={play.speed}
        onChange={(speed) => play.setSpeed(speed as Speed)}
      />
    </div>
  );
}

function Zoom({ zoom, onZoom }: { zoom: number; onZoom: (zoom: number) => void }) {
  const at = ZOOMS.indexOf(zoom);
  return (
    <div className={classes.buttons}>
      <Tooltip label="Show more of the run">
        <ActionIcon
          aria-label="Show more of the run"
          disabled={at <= 0}
          onClick={() => onZoom(ZOOMS[at - 1] ?? 1)}
        >
          <IconZoomOut size={15} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Look closer">
        <ActionIcon
          aria-label="Look closer"
          disabled={at >= ZOOMS.length - 1}
          onClick={() => onZoom(ZOOMS[at + 1] ?? zoom)}
        >
          <IconZoomIn size={15} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

interface PlotProps extends TimelineProps {
  zoom: number;
  isEven: boolean;
  isOpen: boolean;
  words: string;
  onKeys: (event: KeyboardEvent) => void;
}

const percent = (share: number) => `${Math.round(share * 1e5) / 1e3}%`;

function Plot(props: PlotProps) {
  const { facts, document, shown, zoom, isEven, onMove } = props;
  const scale = useMemo(() => scaleOf(facts, isEven), [facts, isEven]);
  const lanes = useMemo(() => lanesOf(facts, document), [facts, document]);
  const scroller = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const fact = facts[shown - 1];
  const cursor = fact ? scale.at(Date.parse(fact.at)) : 0;

  useEffect(() => {
    const box = scroller.current;
    const wide = track.current?.clientWidth ?? 0;
    if (!box || zoom === 1) return;
    const x = cursor * wide;
    const room = box.clientWidth - 140;
    if (x < box.scrollLeft + 24 || x > box.scrollLeft + room - 24) box.scrollLeft = x - room / 2;
  }, [cursor, zoom]);

  const point = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (box && event.buttons === 1) onMove(scale.factAt((event.clientX - box.left) / box.width));
  };
  return (
    <div className={classes.scroller} ref={scroller} data-open={props.isOpen || undefined}>
      <div className={classes.plot} style={{ width: percent(zoom) }}>
        <div className={classes.names} aria-hidden>
          {props.isOpen &&
            lanes.map((lane) => (
              <button
                type="button"
                key={lane.node}
                tabIndex={-1}
                className={`${classes.name} truncate`}
                style={{ paddingLeft: 8 + lane.depth * 10 }}
                title={lane.title}
                data-chosen={props.chosen === lane.step || undefined}
                onClick={() => props.onChoose(lane.step)}
              >
                {lane.title}
              </button>
            ))}
        </div>
        <div className={classes.track} ref={track} onPointerDown={point} onPointerMove={point}>
          <Rail facts={facts} scale={scale} />
          {props.isOpen && <Lanes lanes={lanes} scale={scale} chosen={props.chosen} />}
          <span className={classes.cursor} style={{ left: percent(cursor) }} />
          <input
            type="range"
            className={classes.range}
            min={1}
            max={Math.max(1, facts.length)}
            value={shown}
            aria-label="Moment of the run"
            aria-valuetext={props.words}
            onChange={(event) => onMove(Number(event.currentTarget.value))}
            onKeyDown={props.onKeys}
            data-testid="scrubber"
          />
        </div>
      </div>
    </div>
  );
}

const MOST_TICKS = 400;

function Rail({ facts, scale }: { facts: Fact[]; scale: ReturnType<typeof scaleOf> }) {
  const every = Math.max(1, Math.ceil(facts.length / MOST_TICKS));
  return (
    <div className={classes.rail}>
      {facts.map((fact, at) => {
        const isTrouble = fact.type === "step_failed" || fact.type === "run_finished";
        if (at % every !== 0 && !isTrouble) return null;
        return (
          <span
            key={at}
            className={classes.tick}
            data-trouble={(fact.type === "step_failed" && (fact.retry_at ? "wait" : "bad")) || undefined}
            style={{ left: percent(scale.at(Date.parse(fact.at))) }}
          />
        );
      })}
    </div>
  );
}

function Lanes({
  lanes,
  scale,
  chosen,
}: {
  lanes: Lane[];
  scale: ReturnType<typeof scaleOf>;
  chosen: string | null;
}) {
  return lanes.map((lane) => (
    <div key={lane.node} className={classes.lane} data-chosen={chosen === lane.step || undefined}>
      {lane.bars.map((bar, at) => {
        const [from, to] = [scale.at(bar.from), scale.at(bar.to)];
        return (
          <span
            key={at}
            className={classes.mark}
            data-kind={bar.kind}
            data-tone={bar.tone}
            style={{ left: percent(from), width: `max(${percent(Math.max(0, to - from))}, 3px)` }}
          />
        );
      })}
    </div>
  ));
}
