/** The chain of one value: a card for each place, and between them in words how one became the other. */
import { IconArrowDown, IconPencil } from "@tabler/icons-react";
import { Link as RouteLink } from "react-router";
import { useRuleStages } from "@/api/queries";
import type { RuleStages } from "@/api/types";
import { useCan, useTenant } from "@/app/tenant";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { hintOf } from "@/ui/jsonRows";
import type { ProvenanceProps } from "./ProvenancePanel";
import { get, type Known, keyOf, type Place, valueAt } from "./places";
import type { Link } from "./provenance";
import classes from "./provenance.module.css";
import { connectorAt, editorField, howWords, placeWords, shortValue, textBehind } from "./provenanceWords";
import { alike } from "./sent";

type Props = Omit<ProvenanceProps, "place" | "reach"> & { link: Link };

export function ChainView(props: Props) {
  return (
    <ol className={classes.chain} data-testid="chain">
      <Part {...props} isFirst />
    </ol>
  );
}

function Part({ link, isFirst, ...props }: Props & { isFirst?: boolean }) {
  const main = mainOf(link);
  const others = link.from.filter((from) => from !== main);
  return (
    <>
      <PlaceCard {...props} link={link} isFirst={isFirst} />
      <li className={classes.how}>
        <HowView {...props} link={link} />
        <Others
          {...props}
          title="Also read"
          links={others.filter(({ role }) => role === "read" || role === "value")}
        />
        <Others {...props} title="Asked with as well" links={others.filter(({ role }) => role === "asked")} />
        <Others
          {...props}
          title="The change also reads"
          links={others.filter(({ role }) => role === "parameter")}
        />
        <Others
          {...props}
          title="Only under a condition on"
          links={others.filter(({ role }) => role === "tested")}
        />
        {main && (
          <span className={classes.arrow} aria-hidden>
            <IconArrowDown size={14} />
          </span>
        )}
      </li>
      {main && <Part {...props} link={main} />}
    </>
  );
}

/** The source that the value itself came from: the one that is like it, else the first that holds something. */
function mainOf(link: Link): Link | undefined {
  const own = link.from.filter(({ role }) => role === "value" || role === "read" || role === "asked");
  const isFound = (value: unknown) => value !== undefined && value !== null && value !== "";
  return (
    own.find(({ value }) => isFound(value) && alike(value, link.value)) ??
    own.find(({ value }) => isFound(value)) ??
    own[0] ??
    link.from.find(({ role }) => role === "tested" && link.how.way === "test")
  );
}

function PlaceCard({ link, isFirst, ...props }: Props & { isFirst?: boolean }) {
  const { known, connectors } = props;
  const told = placeWords(known, link.place, connectors);
  const connector = connectorAt(known.document, link.place.step, connectors);
  const hint = hintAt(known, link.place);
  return (
    <li
      className={classes.card}
      data-first={isFirst || undefined}
      data-side={link.place.side}
      data-testid="chain-link"
    >
      <button
        type="button"
        className={classes.place}
        onClick={() => (isFirst ? props.onChoose(link.place.step) : props.onAsk(link.place))}
        title={isFirst ? "Open the step" : "Follow this field"}
      >
        {connector && <ConnectorIcon name={connector.title} url={connector.icon_url} size={20} />}
        <span className={classes.words}>
          <span className={classes.where}>{told.where}</span>
          <span className={`${classes.field} mono`}>{told.field}</span>
        </span>
      </button>
      <div className={`${classes.value} mono`} title={JSON.stringify(link.value)}>
        {shortValue(link.value)}
        {hint && <span className={classes.hint}>{hint}</span>}
      </div>
    </li>
  );
}

function hintAt(known: Known, place: Place): string | null {
  const name = place.path.at(-1);
  const around = valueAt(known, { ...place, path: place.path.slice(0, -1) });
  return hintOf(name === undefined ? null : String(name), valueAt(known, place), around);
}

function HowView({ link, ...props }: Props) {
  const { known, connectors } = props;
  const text = textBehind(known.document, link);
  return (
    <div>
      <p className={classes.sentence}>{howWords(known, link, connectors)}</p>
      {text && <code className={`${classes.text} mono`}>{text}</code>}
      {link.how.rule && link.how.pointer && (link.how.rule.transforms?.length ?? 0) > 0 && (
        <Stages run={props.run} link={link} pointer={link.how.pointer} />
      )}
      {link.how.rule?.note && <p className={classes.note}>{link.how.rule.note}</p>}
      <EditLink {...props} link={link} />
    </div>
  );
}

function EditLink({ link, known, flow }: Props) {
  const { slug } = useTenant();
  const canEdit = useCan()("edit_flows");
  const place = link.how.pointer ? editorField(known.document, link.how.pointer) : null;
  if (!place) return null;
  const word = link.how.rule ? "mapping line" : "field";
  return (
    <RouteLink
      className={classes.edit}
      to={`/t/${slug}/flows/${flow}?node=${encodeURIComponent(place.node)}&field=${encodeURIComponent(place.field)}`}
    >
      <IconPencil size={12} aria-hidden />{" "}
      {canEdit ? `Open the ${word} in the editor` : `See the ${word} in the editor`}
    </RouteLink>
  );
}

/** The value after each transform, as the engine's own rule tells it. */
function Stages({ run, link, pointer }: { run: string; link: Link; pointer: string }) {
  const stages = useRuleStages(run, link.place.step, pointer);
  const told = stages.data;
  if (stages.isPending) return <p className="faint">…</p>;
  if (!told) return <TransformNames link={link} />;
  const at = link.place.path.filter((key): key is number => typeof key === "number");
  const item = (value: unknown) =>
    Array.isArray(value) ? (get(value, at.slice(0, depthOf(value, at))) ?? value) : value;
  return (
    <ol className={classes.stages} aria-label="Changes on the way" data-testid="stages">
      <Stage word="read" value={item(told.read)} />
      {told.stages.map((stage, place) => (
        <Stage key={place} word={wordOf(stage, link, place)} value={item(stage.value)} />
      ))}
      {told.error && <li className={classes.changed}>{told.error.message}</li>}
      {!told.error && hasChanged(told, link, item) && (
        <li className={classes.changed}>
          Worked out anew it gives {shortValue(item(told.value))}: a lookup table or a variable has changed
          since.
        </li>
      )}
    </ol>
  );
}

function depthOf(value: unknown, at: number[]): number {
  let depth = 0;
  for (let part = value; Array.isArray(part) && depth < at.length; depth += 1) part = part[at[depth] ?? 0];
  return depth;
}

function hasChanged(told: RuleStages, link: Link, item: (value: unknown) => unknown): boolean {
  const isScalar = link.value === null || typeof link.value !== "object";
  return isScalar && !told.skipped && !alike(item(told.value), link.value);
}

function wordOf(stage: RuleStages["stages"][number], link: Link, place: number): string {
  const { fn: _fn, ...params } = link.how.rule?.transforms?.[place] ?? { fn: "" };
  const named = Object.values(params).filter(
    (value) => typeof value === "string" || typeof value === "number",
  );
  return named.length ? `${stage.title} (${named.join(", ")})` : stage.title;
}

function Stage({ word, value }: { word: string; value: unknown }) {
  return (
    <li className={classes.stage}>
      <span className={classes.fn}>{word}</span>
      <span className={`${classes.result} mono`} title={JSON.stringify(value)}>
        {shortValue(value ?? null)}
      </span>
    </li>
  );
}

function TransformNames({ link }: { link: Link }) {
  return (
    <p className={classes.sentence}>
      {(link.how.rule?.transforms ?? []).map(({ fn }) => fn.replaceAll("_", " ")).join(", ")}
    </p>
  );
}

function Others({ title, links, ...props }: Omit<Props, "link"> & { title: string; links: Link[] }) {
  if (links.length === 0) return null;
  return (
    <div className={classes.others}>
      <span className="faint">{title}</span>
      <ul>
        {links.map((link) => {
          const told = placeWords(props.known, link.place, props.connectors);
          return (
            <li key={keyOf(link.place)}>
              <button
                type="button"
                className={classes.other}
                onClick={() => props.onAsk(link.place)}
                title={told.where}
              >
                <span className="mono">{told.field}</span>
                <span className={classes.otherValue}>{shortValue(link.value)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
