/** The frame around every page: navigation on the left, where-am-I and environment on top. */
import { Suspense } from "react";
import { Outlet, useLocation } from "react-router";
import { GuideBar } from "@/guide/GuideBar";
import { RowsSkeleton } from "@/ui/states";
import { CommandPalette } from "./CommandPalette";
import { ErrorBoundary } from "./ErrorBoundary";
import { KeysHelp } from "./KeysHelp";
import { LostServer } from "./LostServer";
import { Nav } from "./Nav";
import classes from "./shell.module.css";
import { TopBar } from "./TopBar";
import { useEnvironment } from "./tenant";

/** Pages that need the width: the navigation shows only icons there on smaller screens. */
const WIDE = /\/(flows\/.+|runs\/.+|sandbox)$/;

export function Shell() {
  const [environment] = useEnvironment();
  const { pathname } = useLocation();
  return (
    <div
      className={classes.shell}
      data-environment={environment}
      data-wide={WIDE.test(pathname) || undefined}
    >
      <a href="#main" className={classes.jump}>
        To the content
      </a>
      <Nav />
      <TopBar />
      <main id="main" className={classes.main} tabIndex={-1}>
        <ErrorBoundary>
          <Suspense fallback={<RowsSkeleton />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
      <GuideBar />
      <LostServer />
      <CommandPalette />
      <KeysHelp />
    </div>
  );
}
