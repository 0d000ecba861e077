/** Ready-made flows as cards: a picture of each, what it does in one sentence, which systems and tables it needs. */
import { Button } from "@mantine/core";
import { IconArrowRight, IconTable } from "@tabler/icons-react";
import { Link } from "react-router";
import { useConnectors } from "@/api/queries";
import type { Connector, Template } from "@/api/types";
import { useCan, useTenant } from "@/app/tenant";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { FlowPicture } from "./FlowPicture";
import classes from "./templates.module.css";

export function TemplateCards({ templates }: { templates: Template[] }) {
  const connectors = useConnectors().data ?? [];
  return (
    <div className={classes.cards}>
      {templates.map((template) => (
        <Card key={template.name} template={template} connectors={connectors} />
      ))}
    </div>
  );
}

/** Each system that a template needs, once. */
export function systemsOf(template: Template): string[] {
  return [...new Set(template.needs.map(({ connector }) => connector))];
}

export function Systems({
  names,
  connectors,
  size = 22,
}: {
  names: string[];
  connectors: Connector[];
  size?: number;
}) {
  return (
    <span className={classes.systems}>
      {names.map((name) => {
        const connector = connectors.find((candidate) => candidate.name === name);
        return (
          <ConnectorIcon key={name} name={connector?.title ?? name} url={connector?.icon_url} size={size} />
        );
      })}
    </span>
  );
}

function Card({ template, connectors }: { template: Template; connectors: Connector[] }) {
  const { slug } = useTenant();
  const can = useCan();
  const to = `/t/${slug}/templates/${template.name}`;
  const names = systemsOf(template);
  const said = names
    .map((name) => connectors.find((entry) => entry.name === name)?.title ?? name)
    .join(" and ");
  return (
    <article className={classes.card} data-testid={`template-${template.name}`}>
      <FlowPicture document={template.document} connectors={connectors} />
      <div className={classes.cardBody}>
        <div className={classes.cardHead}>
          <Systems names={names} connectors={connectors} />
          <span className={classes.purpose}>{template.purpose}</span>
        </div>
        <h3 className={classes.cardTitle}>
          <Link to={to} className={classes.cardLink}>
            {template.title}
          </Link>
        </h3>
        <p className={classes.cardText}>{template.summary}</p>
        <div className={classes.cardFoot}>
          <span className="faint">
            {template.document.nodes.length} steps, needs {said}
            {template.tables.length > 0 && (
              <>
                {" "}
                · <IconTable size={13} aria-hidden className={classes.inline} />{" "}
                {template.tables.length === 1 ? "1 table" : `${template.tables.length} tables`}
              </>
            )}
          </span>
          {can("edit_flows") && (
            <Button
              component={Link}
              to={`${to}/install`}
              variant="light"
              size="xs"
              rightSection={<IconArrowRight size={15} />}
              aria-label={`Install ${template.title}`}
              data-testid={`install-${template.name}`}
            >
              Install
            </Button>
          )}
        </div>
      </div>
    </article>
  );
}
