/** The ready-made flows: what each does, which systems it needs, and the button that installs it. */
import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { useConnectors, useRefresh, useTemplates, useTenantPath } from "@/api/queries";
import type { FlowDetail, Template } from "@/api/types";
import { useCan, useTenant } from "@/app/tenant";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { tell, tellError } from "@/ui/notify";
import { EmptyState, Loaded } from "@/ui/states";
import classes from "./flows.module.css";
import { MiniFlow } from "./MiniFlow";

type Props = { inline: true } | { inline?: false; opened: boolean; onClose: () => void };

export function TemplateGallery(props: Props) {
  if (props.inline) {
    return (
      <section aria-label="Templates">
        <h2 className={classes.heading}>Templates</h2>
        <Cards />
      </section>
    );
  }
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Begin with a template" size="xl">
      <Cards />
    </Modal>
  );
}

function Cards() {
  const templates = useTemplates();
  return (
    <Loaded query={templates}>
      {(all) =>
        all.length === 0 ? (
          <EmptyState title="No templates are installed on this server">
            Begin with an empty canvas instead.
          </EmptyState>
        ) : (
          <div className={classes.cards}>
            {all.map((template) => (
              <Card key={template.name} template={template} />
            ))}
          </div>
        )
      }
    </Loaded>
  );
}

function Card({ template }: { template: Template }) {
  const { slug } = useTenant();
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const connectors = useConnectors().data ?? [];
  const [busy, setBusy] = useState(false);
  const needed = [...new Set(template.needs.map(({ connector }) => connector))];

  async function install() {
    setBusy(true);
    try {
      const flow = await api.post<FlowDetail>(path(`templates/${template.name}/install/`), {});
      await refresh("flows/", "lookup-tables/");
      tell("Look it over, then publish and deploy it.", `${template.title} is installed`);
      navigate(`/t/${slug}/flows/${flow.id}`);
    } catch (error) {
      tellError(error, "The template was not installed");
    } finally {
      setBusy(false);
    }
  }

  return (
    <article className={classes.card} data-testid={`template-${template.name}`}>
      <MiniFlow document={template.document} />
      <div className={classes.cardHead}>
        {needed.map((name) => {
          const connector = connectors.find((candidate) => candidate.name === name);
          return (
            <ConnectorIcon key={name} name={connector?.title ?? name} url={connector?.icon_url} size={22} />
          );
        })}
        <h3 className={classes.cardTitle}>{template.title}</h3>
      </div>
      <p className={classes.cardText}>{template.description}</p>
      <div className={classes.cardFoot}>
        <span className="faint">
          {template.document.nodes.length} steps
          {template.tables.length > 0 && ` · ${template.tables.length} tables`}
        </span>
        {can("edit_flows") && (
          <Button variant="light" loading={busy} onClick={install} data-testid={`install-${template.name}`}>
            Install
          </Button>
        )}
      </div>
    </article>
  );
}
