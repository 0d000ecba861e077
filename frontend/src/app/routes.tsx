/** Which address shows which page. Everything but the flows list is loaded when it is first opened. */
import { lazy } from "react";
import { Navigate, type RouteObject } from "react-router";
import { FlowsPage } from "@/operate/FlowsPage";
import { NoSuchPage } from "./NoSuchPage";

const EditorPage = lazy(() => import("@/canvas/EditorPage"));
const GalleryPage = lazy(() => import("@/templates/GalleryPage"));
const TemplatePage = lazy(() => import("@/templates/TemplatePage"));
const InstallPage = lazy(() => import("@/templates/InstallPage"));
const VersionsPage = lazy(() => import("@/versions/VersionsPage"));
const RunsPage = lazy(() => import("@/runs/RunsPage"));
const RunPage = lazy(() => import("@/runs/RunPage"));
const ComparePage = lazy(() => import("@/runs/ComparePage"));
const ConnectionsPage = lazy(() => import("@/connections/ConnectionsPage"));
const TablesPage = lazy(() => import("@/tables/TablesPage"));
const TablePage = lazy(() => import("@/tables/TablePage"));
const SandboxPage = lazy(() => import("@/sandbox/SandboxPage"));
const AdminPage = lazy(() => import("@/admin/AdminPage"));

export const routes: RouteObject[] = [
  { index: true, element: <Navigate to="flows" replace /> },
  { path: "flows", element: <FlowsPage /> },
  { path: "flows/:flow", element: <EditorPage /> },
  { path: "flows/:flow/versions", element: <VersionsPage /> },
  { path: "templates", element: <GalleryPage /> },
  { path: "templates/:template", element: <TemplatePage /> },
  { path: "templates/:template/install", element: <InstallPage /> },
  { path: "runs", element: <RunsPage /> },
  { path: "runs/:run", element: <RunPage /> },
  { path: "runs/:run/compare", element: <ComparePage /> },
  { path: "runs/:run/compare/:other", element: <ComparePage /> },
  { path: "connections", element: <ConnectionsPage /> },
  { path: "tables", element: <TablesPage /> },
  { path: "tables/:table", element: <TablePage /> },
  { path: "sandbox", element: <SandboxPage /> },
  { path: "admin", element: <AdminPage /> },
  { path: "admin/:section", element: <AdminPage /> },
  { path: "*", element: <NoSuchPage /> },
];
