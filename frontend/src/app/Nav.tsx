/** The navigation: the tenant, the pages, and how many runs need a person. */
import { Menu, UnstyledButton } from "@mantine/core";
import { IconCheck, IconSelector } from "@tabler/icons-react";
import { NavLink, useLocation, useNavigate } from "react-router";
import { useRunStats } from "@/api/queries";
import { Mark } from "./Mark";
import { PAGES } from "./pages";
import { useSession } from "./session";
import classes from "./shell.module.css";
import { useEnvironment, useTenant } from "./tenant";

export function Nav() {
  const tenant = useTenant();
  const [environment] = useEnvironment();
  const stats = useRunStats(environment);
  const isTemplate = useLocation().pathname.includes(`/${tenant.slug}/templates`);
  const needsPerson = (stats.data?.counts.uncertain ?? 0) + (stats.data?.counts.failed ?? 0);
  return (
    <nav className={classes.nav} aria-label="Main">
      <TenantSwitch />
      <ul className={classes.links}>
        {PAGES.map(({ path, title, icon: Icon }) => (
          <li key={path}>
            <NavLink
              to={`/t/${tenant.slug}/${path}`}
              className={classes.link}
              data-within={(path === "flows" && isTemplate) || undefined}
              title={title}
              data-testid={`nav-${path}`}
            >
              <Icon size={18} stroke={1.7} aria-hidden />
              <span>{title}</span>
              {path === "runs" && needsPerson > 0 && (
                <span className={classes.count} title="Failed or uncertain in the last 24 hours">
                  {needsPerson}
                  <span className="visually-hidden"> failed or uncertain in the last 24 hours</span>
                </span>
              )}
            </NavLink>
          </li>
        ))}
      </ul>
      <p className={classes.foot}>
        <kbd>?</kbd> shows the keys
      </p>
    </nav>
  );
}

function TenantSwitch() {
  const tenant = useTenant();
  const tenants = useSession().data?.tenants ?? [];
  const navigate = useNavigate();
  return (
    <Menu position="bottom-start" width={220}>
      <Menu.Target>
        <UnstyledButton
          className={classes.tenant}
          aria-label={`Tenant ${tenant.name}`}
          data-testid="tenant-switch"
        >
          <Mark size={24} />
          <span className="truncate">{tenant.name}</span>
          <IconSelector size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Tenants</Menu.Label>
        {tenants.map(({ slug, name, role }) => (
          <Menu.Item
            key={slug}
            onClick={() => navigate(`/t/${slug}/flows`)}
            rightSection={slug === tenant.slug && <IconCheck size={14} aria-label="chosen" />}
          >
            {name} <span className="faint">{role}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
