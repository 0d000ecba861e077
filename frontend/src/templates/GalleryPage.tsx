/** The gallery of ready-made flows: searched and filtered by system and purpose, all in the address. */
import { Chip, Group, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useConnectors, useTemplates } from "@/api/queries";
import type { Template } from "@/api/types";
import { useAddress } from "@/app/address";
import { usePageTitle } from "@/app/crumbs";
import { useTenant } from "@/app/tenant";
import { Page } from "@/ui/page";
import { EmptyState, Loaded } from "@/ui/states";
import { systemsOf, TemplateCards } from "./TemplateCards";
import classes from "./templates.module.css";

export default function GalleryPage() {
  const { slug } = useTenant();
  usePageTitle({ title: "Flows", to: `/t/${slug}/flows` }, { title: "Templates" });
  const templates = useTemplates();
  return (
    <Page title="Templates" lead="Flows that work as they are, and are yours to change once installed.">
      <Loaded query={templates}>{(all) => <Gallery all={all} />}</Loaded>
    </Page>
  );
}

function Gallery({ all }: { all: Template[] }) {
  const connectors = useConnectors().data ?? [];
  const [search, change] = useAddress();
  const put = (name: string, value: string) => change({ [name]: value });
  const wanted = {
    q: search.get("q") ?? "",
    system: search.get("system") ?? "",
    purpose: search.get("purpose") ?? "",
  };
  const shown = all.filter((template) => fits(template, wanted));
  const purposes = [...new Set(all.map(({ purpose }) => purpose))].sort();
  const systems = [...new Set(all.flatMap(systemsOf))].sort();
  if (all.length === 0)
    return (
      <EmptyState title="No templates are installed on this server">Begin with an empty canvas.</EmptyState>
    );
  return (
    <>
      <div className={classes.filters}>
        <TextInput
          w={260}
          leftSection={<IconSearch size={15} />}
          placeholder="Search templates"
          aria-label="Search templates"
          value={wanted.q}
          onChange={(event) => put("q", event.currentTarget.value)}
          data-testid="templates-search"
        />
        <Filter label="About" value={wanted.purpose} onChange={(value) => put("purpose", value)}>
          {purposes.map((purpose) => ({ value: purpose, title: purpose }))}
        </Filter>
        <Filter label="With" value={wanted.system} onChange={(value) => put("system", value)}>
          {systems.map((name) => ({
            value: name,
            title: connectors.find((connector) => connector.name === name)?.title ?? name,
          }))}
        </Filter>
      </div>
      <output className="visually-hidden">{shown.length} templates</output>
      {shown.length > 0 ? (
        <TemplateCards templates={shown} />
      ) : (
        <EmptyState title="No template fits">Search for less, or choose another system.</EmptyState>
      )}
    </>
  );
}

function fits(template: Template, wanted: { q: string; system: string; purpose: string }): boolean {
  const text = `${template.title} ${template.summary} ${template.description}`.toLowerCase();
  const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean);
  return (
    words.every((word) => text.includes(word)) &&
    (!wanted.purpose || template.purpose === wanted.purpose) &&
    (!wanted.system || systemsOf(template).includes(wanted.system))
  );
}

function Filter(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: { value: string; title: string }[];
}) {
  return (
    <Group gap={6} role="group" aria-label={props.label}>
      <span className="faint">{props.label}</span>
      {props.children.map(({ value, title }) => (
        <Chip
          key={value}
          size="xs"
          checked={props.value === value}
          onChange={(checked) => props.onChange(checked ? value : "")}
        >
          {title}
        </Chip>
      ))}
    </Group>
  );
}
