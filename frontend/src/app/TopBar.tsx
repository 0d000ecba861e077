/** The top bar: breadcrumb, environment, command palette, theme, and the person signed in. */
import { ActionIcon, Avatar, Menu, Tooltip, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { spotlight } from "@mantine/spotlight";
import {
  IconCheck,
  IconChevronDown,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSun,
} from "@tabler/icons-react";
import { Link } from "react-router";
import { tellError } from "@/ui/notify";
import { useCrumbs } from "./crumbs";
import { HelpMenu } from "./HelpMenu";
import { useSession, useSignOut } from "./session";
import classes from "./shell.module.css";
import { ENVIRONMENTS, useEnvironment, useTenant } from "./tenant";

const isMac = typeof navigator !== "undefined" && /Mac/.test(navigator.platform);

export function TopBar() {
  const crumbs = useCrumbs((state) => state.crumbs);
  return (
    <header className={classes.top}>
      <nav aria-label="Where you are" className={classes.crumbs}>
        {crumbs.map((crumb, at) => (
          <span key={crumb.title} className={classes.crumb}>
            {at > 0 && (
              <span className={classes.slash} aria-hidden>
                /
              </span>
            )}
            {crumb.to ? (
              <Link to={crumb.to} className={classes.crumbLink}>
                {crumb.title}
              </Link>
            ) : (
              <span className="truncate" aria-current="page">
                {crumb.title}
              </span>
            )}
          </span>
        ))}
      </nav>
      <EnvironmentSwitch />
      <UnstyledButton className={classes.search} onClick={spotlight.open} data-testid="open-palette">
        <IconSearch size={15} aria-hidden />
        <span>Find or do</span>
        <kbd>{isMac ? "⌘" : "Ctrl"} K</kbd>
      </UnstyledButton>
      <HelpMenu />
      <ThemeSwitch />
      <UserMenu />
    </header>
  );
}

function EnvironmentSwitch() {
  const [environment, choose] = useEnvironment();
  const title = ENVIRONMENTS.find(({ name }) => name === environment)?.title;
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <UnstyledButton
          className={classes.environment}
          data-environment={environment}
          data-testid="environment-switch"
          aria-label={`Environment: ${title}`}
        >
          <span className={classes.dot} aria-hidden />
          {title}
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Environment</Menu.Label>
        {ENVIRONMENTS.map((entry) => (
          <Menu.Item
            key={entry.name}
            onClick={() => choose(entry.name)}
            leftSection={<span className={classes.dot} data-environment={entry.name} aria-hidden />}
            rightSection={entry.name === environment && <IconCheck size={14} aria-label="chosen" />}
            data-testid={`environment-${entry.name}`}
          >
            {entry.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const SCHEMES = [
  { value: "light", title: "Light", icon: IconSun },
  { value: "dark", title: "Dark", icon: IconMoon },
  { value: "auto", title: "As the system", icon: IconDeviceDesktop },
] as const;

function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const chosen = SCHEMES.find(({ value }) => value === colorScheme) ?? SCHEMES[2];
  return (
    <Menu position="bottom-end" width={170}>
      <Menu.Target>
        <Tooltip position="bottom" label={`Theme: ${chosen.title}`}>
          <ActionIcon size="lg" aria-label={`Theme: ${chosen.title}`} data-testid="theme-switch">
            <chosen.icon size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, title, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={value === colorScheme && <IconCheck size={14} aria-label="chosen" />}
            onClick={() => setColorScheme(value)}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function UserMenu() {
  const user = useSession().data?.user;
  const tenant = useTenant();
  const signOut = useSignOut();
  const name = user?.name || user?.email || "";
  const initials = name
    .split(/[\s@.]+/, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <UnstyledButton
          className={classes.me}
          aria-label={`${initials}: signed in as ${name}`}
          data-testid="user-menu"
        >
          <Avatar size={28} radius="xl" color="indigo" alt="">
            {initials}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <strong>{name}</strong>
          <span className="faint truncate">{user?.email}</span>
          <span className="faint">
            {tenant.role} in {tenant.name}
          </span>
        </div>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => signOut().catch(tellError)}
          data-testid="sign-out"
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
