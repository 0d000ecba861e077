/** Where each simulated system answers and with which fake keys, so that any client can be pointed at it. */
import { useConnectors } from "@/api/queries";
import type { SandboxSystem } from "@/api/types-admin";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { CopyField } from "@/ui/copy";
import classes from "./sandbox.module.css";

export function SystemsPanel({ systems }: { systems: SandboxSystem[] }) {
  const connectors = useConnectors().data ?? [];
  return (
    <div className={classes.stack}>
      <p className={classes.quiet}>
        These keys are fake. The systems’ own official clients work against these addresses.
      </p>
      {systems.map(({ system, title, base_url, credentials }) => {
        const connector = connectors.find(({ name }) => name === system);
        const shown = title ?? connector?.title ?? system;
        return (
          <section key={system} className={classes.book} aria-label={shown}>
            <header className={classes.bookHead}>
              <ConnectorIcon name={shown} url={connector?.icon_url} size={26} />
              <h2>{shown}</h2>
            </header>
            <div className={classes.keys}>
              <CopyField label="address" value={base_url} />
              {Object.entries(credentials).map(([name, value]) => (
                <CopyField key={name} label={name} value={String(value)} />
              ))}
            </div>
          </section>
        );
      })}
    </div>
  );
}
