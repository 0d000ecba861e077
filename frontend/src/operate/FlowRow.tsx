/** One flow in the list. */
import { ActionIcon, Menu, Table, Tooltip } from "@mantine/core";
import { IconCopy, IconDots, IconGitCompare, IconWorld } from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import { api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { Connector, FlowDetail, FlowSummary } from "@/api/types";
import { useCan, useTenant } from "@/app/tenant";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { tell, tellError } from "@/ui/notify";
import { StatusBadge, Tag } from "@/ui/status";
import { Ago } from "@/ui/time";
import { EnvironmentTag } from "@/versions/EnvironmentTag";
import classes from "./flows.module.css";
import { beginning, copyName } from "./flowWords";

interface Props {
  flow: FlowSummary;
  connectors: Connector[];
  names: string[];
}

export function FlowRow({ flow, connectors, names }: Props) {
  const { slug } = useTenant();
  const navigate = useNavigate();
  const to = `/t/${slug}/flows/${flow.id}`;
  const by = flow.updated_by;
  const person = typeof by === "string" ? by : (by?.name ?? "");
  return (
    <Table.Tr
      className={classes.row}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("a, button, [role=menu]")) navigate(to);
      }}
      data-testid={`flow-row-${flow.id}`}
      data-name={flow.name}
    >
      <Table.Td>
        <div className={classes.words}>
          <span className={classes.titleLine}>
            <Link to={to} className={`${classes.link} truncate`} title={flow.name}>
              {flow.name}
            </Link>
            {flow.problems_count > 0 && (
              <Tag tone="bad">
                {flow.problems_count === 1 ? "1 problem" : `${flow.problems_count} problems`}
              </Tag>
            )}
          </span>
          <span className={`${classes.description} truncate`} title={flow.description}>
            {beginning(flow, connectors)}
            {flow.steps !== undefined && ` · ${flow.steps === 1 ? "1 step" : `${flow.steps} steps`}`}
          </span>
        </div>
      </Table.Td>
      <Table.Td className={classes.wide}>
        <Systems names={flow.systems ?? []} connectors={connectors} />
      </Table.Td>
      <Table.Td>
        <Deployed flow={flow} />
      </Table.Td>
      <Table.Td>
        <LastRun flow={flow} />
      </Table.Td>
      <Table.Td className={`${classes.wide} faint`}>
        <Ago at={flow.updated_at} />
        {person && <div className={`${classes.description} truncate`}>{person}</div>}
      </Table.Td>
      <Table.Td>
        <RowMenu flow={flow} names={names} />
      </Table.Td>
    </Table.Tr>
  );
}

function Systems({ names, connectors }: { names: string[]; connectors: Connector[] }) {
  if (names.length === 0) return <span className="faint">none</span>;
  return (
    <div className={classes.tags}>
      {names.map((name) => {
        const connector = connectors.find((candidate) => candidate.name === name);
        const title = connector?.title ?? name;
        return (
          <Tooltip key={name} label={title}>
            <span>
              <ConnectorIcon name={title} url={connector?.icon_url} size={26} />
              <span className="visually-hidden">{title}</span>
            </span>
          </Tooltip>
        );
      })}
    </div>
  );
}

function Deployed({ flow }: { flow: FlowSummary }) {
  const active = flow.deployments.filter((deployment) => deployment.active);
  if (active.length === 0)
    return (
      <span className="faint">
        {flow.latest_version ? `nowhere, version ${flow.latest_version} is ready` : "not published"}
      </span>
    );
  return (
    <div className={classes.tags}>
      {active.map(({ id, environment, version, paused }) => (
        <EnvironmentTag key={id} name={environment} version={version} paused={paused} />
      ))}
    </div>
  );
}

function LastRun({ flow }: { flow: FlowSummary }) {
  const { slug } = useTenant();
  const run = flow.last_run;
  if (!run) return <span className="faint">no run yet</span>;
  return (
    <div className={classes.words}>
      <Link to={`/t/${slug}/runs/${run.id}`} className={classes.run} title={run.business_key}>
        <StatusBadge status={run.status} plain />
      </Link>
      <span className={classes.description}>
        <Ago at={run.created_at} />
        {flow.failed_day ? (
          <>
            {" · "}
            <Link to={`/t/${slug}/runs?flow=${flow.id}&status=failed,uncertain`} className={classes.bad}>
              {flow.failed_day} in trouble
            </Link>
          </>
        ) : null}
      </span>
    </div>
  );
}

function RowMenu({ flow, names }: { flow: FlowSummary; names: string[] }) {
  const { slug } = useTenant();
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  async function duplicate() {
    try {
      const { document, description } = await api.get<FlowDetail>(path(`flows/${flow.id}/`));
      const name = copyName(flow.name, names).slice(0, 200);
      await api.post<FlowDetail>(path("flows/"), { name, description, document });
      await refresh("flows/");
      tell("It is a draft of its own: nothing of it is at work.", `“${name}” is made`);
    } catch (error) {
      tellError(error, "The flow was not duplicated");
    }
  }
  const to = `/t/${slug}/flows/${flow.id}/versions`;
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon aria-label={`What to do with ${flow.name}`} data-testid={`flow-row-menu-${flow.id}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to={to} leftSection={<IconGitCompare size={16} />}>
          Versions and changes
        </Menu.Item>
        <Menu.Item component={Link} to={`${to}?view=work`} leftSection={<IconWorld size={16} />}>
          Where it works
        </Menu.Item>
        {can("edit_flows") && (
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={duplicate} data-testid="duplicate-flow">
            Duplicate
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
